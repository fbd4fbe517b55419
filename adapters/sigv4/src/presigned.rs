//! The presigned query: `X-Amz-Algorithm`, `X-Amz-Credential`, … in the URL.

use std::{borrow::Cow, time::Duration};

use crate::{
    Form, Malformation, Refusal, Request,
    canonical::query,
    claim::{ALGORITHM, Claim, signature},
    date::AmzDate,
    signed_headers::{AMZ_SECURITY_TOKEN, SignedHeaders},
};

pub(crate) const ALGORITHM_PARAMETER: &str = "X-Amz-Algorithm";
pub(crate) const CREDENTIAL: &str = "X-Amz-Credential";
pub(crate) const DATE: &str = "X-Amz-Date";
pub(crate) const EXPIRES: &str = "X-Amz-Expires";
pub(crate) const SIGNED_HEADERS: &str = "X-Amz-SignedHeaders";
pub(crate) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
const CONTENT_SHA256: &str = "X-Amz-Content-Sha256";
/// The one parameter that the canonical query leaves out.
pub(crate) const SIGNATURE: &str = "X-Amz-Signature";

/// The parameters of the protocol itself, which have one spelling each.
const PROTOCOL: [&str; 8] = [
    ALGORITHM_PARAMETER,
    CREDENTIAL,
    DATE,
    EXPIRES,
    SIGNED_HEADERS,
    SECURITY_TOKEN,
    CONTENT_SHA256,
    SIGNATURE,
];

/// Seven days, in seconds.
const EXPIRES_MAX: u64 = 7 * 24 * 60 * 60;

/// Which signature a query carries.
pub(crate) enum Detected {
    No,
    Version2,
    Version4,
}

/// Whether any parameter of a signature is there, in whatever case: half a signature is one that is
/// refused, never an unsigned request.
pub(crate) fn detect(raw: &str) -> Detected {
    const VERSION_4: [&str; 3] = [ALGORITHM_PARAMETER, CREDENTIAL, SIGNATURE];
    let mut detected = Detected::No;
    for (name, _) in query::pairs(raw) {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if VERSION_4.into_iter().any(is) {
            return Detected::Version4;
        }
        if name.as_ref() == b"AWSAccessKeyId" {
            detected = Detected::Version2;
        }
    }
    detected
}

/// Reads the claim of a presigned request.
pub(crate) fn read<'a>(request: &Request<'a>) -> Result<Claim<'a>, Refusal> {
    let parameters = Parameters::read(request.query)?;
    let algorithm = parameters.required(ALGORITHM_PARAMETER)?;
    if algorithm != ALGORITHM {
        return Err(Refusal::UnsupportedAlgorithm(algorithm.into()));
    }
    if request.headers.contains_key(&AMZ_SECURITY_TOKEN) {
        return Err(Refusal::MultipleAuthentication);
    }
    let date = parameters.required(DATE)?;
    Ok(Claim {
        form: Form::Presigned,
        signature: signature(parameters.required(SIGNATURE)?.as_bytes())?,
        date: AmzDate::parse(date.as_bytes()).ok_or(Refusal::Malformed(Malformation::Date))?,
        lasts: Some(lasts(&parameters.required(EXPIRES)?)?),
        signed_headers: SignedHeaders::parse(parameters.required(SIGNED_HEADERS)?)?,
        credential: parameters.required(CREDENTIAL)?,
        session_token: parameters
            .optional(SECURITY_TOKEN)
            .map(|token| match token {
                Cow::Borrowed(token) => Cow::Borrowed(token.as_bytes()),
                Cow::Owned(token) => Cow::Owned(token.into_bytes()),
            }),
        content_sha256: parameters.optional(CONTENT_SHA256),
    })
}

/// 1 to 604,800 seconds.
pub(crate) fn lasts(text: &str) -> Result<Duration, Refusal> {
    let malformed = Refusal::Malformed(Malformation::Expires);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed);
    }
    // Digits only, so that what does not fit is too large.
    match text.parse().unwrap_or(u64::MAX) {
        0 => Err(malformed),
        seconds @ 1..=EXPIRES_MAX => Ok(Duration::from_secs(seconds)),
        seconds => Err(Refusal::PresignedTooLong { seconds }),
    }
}

/// The `X-Amz-*` parameters of a query, decoded, each there once.
struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    fn read(raw: &'a str) -> Result<Self, Refusal> {
        let mut parameters: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::with_capacity(PROTOCOL.len());
        for (name, value) in query::pairs(raw) {
            let is_amz = name
                .get(..6)
                .is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"X-Amz-"));
            if !is_amz {
                continue;
            }
            let refuse = |name: &str| {
                Refusal::Malformed(Malformation::Parameter(name.chars().take(64).collect()))
            };
            let name = text(name).ok_or_else(|| refuse("X-Amz-"))?;
            let value = text(value).ok_or_else(|| refuse(&name))?;
            let misspelt = PROTOCOL
                .iter()
                .any(|&known| name.eq_ignore_ascii_case(known) && name != known);
            let repeated = parameters
                .iter()
                .any(|(other, _)| other.eq_ignore_ascii_case(&name));
            if misspelt || repeated {
                return Err(refuse(&name));
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    fn optional(&self, name: &str) -> Option<Cow<'a, str>> {
        self.0
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.clone())
    }

    fn required(&self, name: &'static str) -> Result<Cow<'a, str>, Refusal> {
        self.optional(name)
            .ok_or(Refusal::Malformed(Malformation::MissingParameter(name)))
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}
