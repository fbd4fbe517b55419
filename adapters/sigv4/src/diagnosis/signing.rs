//! The string to sign and the signing key as clients make them by mistake.

use time::{Date, Duration, Month};

use super::{Mistake, upper_case};
use crate::{
    Credentials, Service,
    claim::{ALGORITHM, Claim},
    hexadecimal,
    scope::TERMINATOR,
    signing_key::SigningKey,
};

/// Regions that clients are set up for, and the one that they take where they are not.
const REGIONS: [&str; 18] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "eu-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "sa-east-1",
    "aws-global",
];
/// Services that clients take for each other.
const SERVICES: [&str; 9] = [
    "execute-api",
    "apigateway",
    "s3",
    "sts",
    "iam",
    "lambda",
    "appsync",
    "cognito-idp",
    "cognito-identity",
];

/// A way to make a signature of a canonical request.
pub(super) struct Signing {
    key: SigningKey,
    /// The string to sign up to the hash.
    head: String,
    lines: Lines,
    pub(super) mistakes: Vec<Mistake>,
}

/// How the lines of both texts are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Right,
    /// Lines end as on Windows.
    Crlf,
    /// The hash has upper-case digits.
    UpperHash,
    /// The string to sign ends with a newline.
    NewlineAfter,
}

/// What the scope and the key are made of.
#[derive(Clone)]
struct Scope<'a> {
    day: String,
    region: &'a str,
    service: &'a str,
}

impl Signing {
    /// As it should be.
    pub(super) fn right(
        claim: &Claim<'_>,
        region: &str,
        service: Service,
        credentials: &Credentials,
    ) -> Self {
        let scope = Scope::right(claim, region, service);
        let key = scope.key(credentials.secret());
        Self::new(claim, &scope, key, Vec::new())
    }

    fn new(claim: &Claim<'_>, scope: &Scope<'_>, key: SigningKey, mistakes: Vec<Mistake>) -> Self {
        let Scope {
            day,
            region,
            service,
        } = scope;
        let date = claim.date.as_str();
        Self {
            key,
            head: format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/{TERMINATOR}\n"),
            lines: Lines::Right,
            mistakes,
        }
    }

    /// The canonical request with its lines as this signing ends them.
    pub(super) fn lines(&self, canonical_request: Vec<u8>) -> Vec<u8> {
        match self.lines {
            Lines::Crlf => super::canonical::replace(&canonical_request, b"\n", b"\r\n"),
            Lines::Right | Lines::UpperHash | Lines::NewlineAfter => canonical_request,
        }
    }

    pub(super) fn string_to_sign(&self, hash: &[u8; 32]) -> Vec<u8> {
        let mut text = self.head.clone().into_bytes();
        match self.lines {
            Lines::UpperHash => text.extend(upper_case(hash)),
            _ => hexadecimal::write(hash, &mut text),
        }
        match self.lines {
            Lines::Crlf => super::canonical::replace(&text, b"\n", b"\r\n"),
            Lines::NewlineAfter => [&text[..], b"\n"].concat(),
            Lines::Right | Lines::UpperHash => text,
        }
    }

    /// The signature for a canonical request with this hash.
    pub(super) fn sign(&self, hash: &[u8; 32]) -> [u8; 32] {
        self.key.sign(&self.string_to_sign(hash))
    }
}

impl<'a> Scope<'a> {
    fn right(claim: &Claim<'_>, region: &'a str, service: Service) -> Self {
        Self {
            day: claim.date.day().to_owned(),
            region,
            service: service.name(),
        }
    }

    fn key(&self, secret: &str) -> SigningKey {
        SigningKey::derive(secret, &self.day, self.region, self.service)
    }
}

/// All other ways that are known.
pub(super) fn variants(
    claim: &Claim<'_>,
    region: &str,
    service: Service,
    credentials: &Credentials,
) -> Vec<Signing> {
    let right = Scope::right(claim, region, service);
    let secret = credentials.secret();
    let mut variants = Vec::new();
    let mut scopes = Vec::new();
    for other in REGIONS.into_iter().filter(|other| *other != region) {
        let scope = Scope {
            region: other,
            ..right.clone()
        };
        scopes.push((scope, Mistake::Region(other)));
    }
    for other in SERVICES.into_iter().filter(|it| *it != service.name()) {
        let scope = Scope {
            service: other,
            ..right.clone()
        };
        scopes.push((scope, Mistake::Service(other)));
    }
    for day in neighbours(&right.day) {
        let scope = Scope {
            day: day.clone(),
            ..right.clone()
        };
        scopes.push((scope, Mistake::Day(day.into())));
    }
    for (scope, mistake) in &scopes {
        // In both texts, only in the key, only in the string to sign.
        let of = |one: &Scope<'_>, other: &Scope<'_>| {
            Signing::new(claim, one, other.key(secret), vec![mistake.clone()])
        };
        variants.extend([of(scope, scope), of(&right, scope), of(scope, &right)]);
    }
    for (secret, mistake) in secrets(secret) {
        let key = right.key(&secret);
        variants.push(Signing::new(claim, &right, key, vec![mistake]));
    }
    let keys = [
        (
            SigningKey::derive_plain(secret, &right.day, region, service.name()),
            Mistake::KeyWithoutPrefix,
        ),
        (
            SigningKey::derive_of_digits(secret, &right.day, region, service.name()),
            Mistake::KeyOfDigits,
        ),
    ];
    for (key, mistake) in keys {
        variants.push(Signing::new(claim, &right, key, vec![mistake]));
    }
    for (lines, mistake) in [
        (Lines::Crlf, Mistake::LineEnds),
        (Lines::UpperHash, Mistake::HashInUpperCase),
        (Lines::NewlineAfter, Mistake::NewlineAfter),
    ] {
        let key = right.key(secret);
        variants.push(Signing {
            lines,
            ..Signing::new(claim, &right, key, vec![mistake])
        });
    }
    variants
}

/// What becomes of a secret on its way through files and shells.
fn secrets(secret: &str) -> Vec<(String, Mistake)> {
    let encoded = percent_encoding::utf8_percent_encode(secret, crate::canonical::RESERVED);
    vec![
        (format!("{secret}\n"), Mistake::SecretSpace),
        (format!("{secret}\r"), Mistake::SecretSpace),
        (format!("{secret}\r\n"), Mistake::SecretSpace),
        (format!("{secret} "), Mistake::SecretSpace),
        (format!(" {secret}"), Mistake::SecretSpace),
        (format!("\"{secret}\""), Mistake::SecretQuoted),
        (format!("'{secret}'"), Mistake::SecretQuoted),
        (encoded.to_string(), Mistake::SecretEncoded),
        (secret.replace('+', " "), Mistake::SecretEncoded),
        (secret.replace('/', ""), Mistake::SecretEncoded),
        (String::new(), Mistake::SecretEmpty),
    ]
}

/// The days before and after, as a clock of another time zone has them.
fn neighbours(day: &str) -> Vec<String> {
    let read = || {
        let year = day.get(..4)?.parse().ok()?;
        let month = Month::try_from(day.get(4..6)?.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year, month, day.get(6..)?.parse().ok()?).ok()
    };
    let Some(date) = read() else {
        return Vec::new();
    };
    [Duration::DAY, -Duration::DAY]
        .into_iter()
        .filter_map(|by| date.checked_add(by))
        .map(|date| {
            let (year, month, day) = date.to_calendar_date();
            format!("{year:04}{:02}{day:02}", u8::from(month))
        })
        .collect()
}
