//! The path as clients make it by mistake.

use percent_encoding::percent_decode;

use super::{
    Mistake,
    canonical::{Part, Variant, keep_punctuation, lower_escapes},
};
use crate::{
    Service,
    canonical::{RESERVED_IN_PATH, path, write_encoded, write_path},
    service::PathRule,
};

pub(super) fn variants(raw: &str, service: Service) -> Vec<Variant> {
    let mut right = Vec::new();
    if write_path(raw, service, &mut right).is_err() {
        return Vec::new();
    }
    let decoded: Vec<u8> = percent_decode(raw.as_bytes()).collect();
    let mut variants = match service.path {
        PathRule::Verbatim => vec![
            new(encoded(&right), Mistake::PathEncodedTwice),
            new(once(&normalized(raw)), Mistake::PathNormalized),
            Variant {
                part: Part::Path,
                text: encoded(&normalized(raw)),
                mistakes: vec![Mistake::PathNormalized, Mistake::PathEncodedTwice],
            },
        ],
        PathRule::Normalized => vec![
            new(once(&normalized(raw)), Mistake::PathEncodedOnce),
            new(encoded(raw.as_bytes()), Mistake::PathNotNormalized),
            Variant {
                part: Part::Path,
                text: once(raw.as_bytes()),
                mistakes: vec![Mistake::PathNotNormalized, Mistake::PathEncodedOnce],
            },
        ],
    };
    variants.push(new(keep_punctuation(&right), Mistake::PunctuationKept));
    variants.push(new(lower_escapes(&right), Mistake::EscapesInLowerCase));
    variants.push(new(raw.as_bytes().to_vec(), Mistake::PathAsSent));
    variants.push(new(decoded, Mistake::PathNotEncoded));
    variants.push(match right.strip_suffix(b"/") {
        Some(without) => new(without.to_vec(), Mistake::PathEndSlash),
        None => new([&right[..], b"/"].concat(), Mistake::PathEndSlash),
    });
    if let Some(slash) = right.iter().skip(1).position(|&byte| byte == b'/') {
        let rest = right.get(slash + 1..).unwrap_or_default();
        variants.push(new(rest.to_vec(), Mistake::PathWithoutFirstSegment));
    } else {
        variants.push(new(b"/".to_vec(), Mistake::PathWithoutFirstSegment));
    }
    variants.push(new(b"/".to_vec(), Mistake::PathLeftOut));
    variants.push(new(Vec::new(), Mistake::PathLeftOut));
    variants
}

fn new(text: Vec<u8>, mistake: Mistake) -> Variant {
    Variant::new(Part::Path, text, mistake)
}

/// `path` encoded once more than it is.
fn encoded(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_encoded(path, RESERVED_IN_PATH, &mut out);
    out
}

/// What `path` means, encoded once.
fn once(path: &[u8]) -> Vec<u8> {
    encoded(&percent_decode(path).collect::<Vec<u8>>())
}

/// `raw` without dot segments and empty ones, encoded as it was.
fn normalized(raw: &str) -> Vec<u8> {
    let mut twice = Vec::new();
    path::write_normalized(raw, &mut twice);
    percent_decode(&twice).collect()
}
