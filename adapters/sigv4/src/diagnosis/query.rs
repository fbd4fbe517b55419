//! The query as clients make it by mistake.

use percent_encoding::percent_decode;

use super::{
    Mistake,
    canonical::{Part, Variant, keep_punctuation, lower_escapes, replace},
};
use crate::{
    Form,
    canonical::{RESERVED, query, write_encoded},
    claim::Claim,
    fields::{cut, fields},
    presigned::{SECURITY_TOKEN, SIGNATURE},
};

/// A parameter's name and value, encoded.
type Pair = (Vec<u8>, Vec<u8>);

pub(super) fn variants(raw: &str, claim: &Claim<'_>) -> Vec<Variant> {
    if raw.is_empty() {
        return Vec::new();
    }
    let pairs = pairs(raw, |text| text.replace('+', "%20"));
    let sorted = sorted(pairs.clone());
    let right = joined(&sorted);
    let as_sent = fields(raw, b'&').filter(|pair| cut(pair, b'=').0 != SIGNATURE);
    let as_sent = as_sent.collect::<Vec<_>>().join("&");
    let mut variants = vec![
        new(joined(&pairs), Mistake::QueryUnsorted),
        new(joined(&without_case(&pairs)), Mistake::QueryUnsorted),
        new(replace(&right, b"%20", b"+"), Mistake::QueryPlusForSpace),
        new(
            joined(&self::sorted(self::pairs(raw, |text| {
                text.replace('+', "%2B")
            }))),
            Mistake::QueryPlusMeant,
        ),
        new(bare(&sorted), Mistake::QueryWithoutEqualsSigns),
        new(keep_punctuation(&right), Mistake::PunctuationKept),
        new(lower_escapes(&right), Mistake::EscapesInLowerCase),
        new(encoded_twice(&sorted), Mistake::QueryEncodedTwice),
        new(as_sent.into_bytes(), Mistake::QueryAsSent),
        new(replace(&right, b"%2F", b"/"), Mistake::QueryNotEncoded),
        new(decoded(&right), Mistake::QueryNotEncoded),
        new(decoded(&joined(&pairs)), Mistake::QueryNotEncoded),
        new(Vec::new(), Mistake::QueryLeftOut),
    ];
    if claim.form == Form::Presigned {
        let without_token = |(name, _): &&Pair| name != SECURITY_TOKEN.as_bytes();
        let pairs: Vec<_> = sorted.iter().filter(without_token).cloned().collect();
        variants.push(new(joined(&pairs), Mistake::QueryWithoutToken));
    }
    variants
}

fn new(text: Vec<u8>, mistake: Mistake) -> Variant {
    Variant::new(Part::Query, text, mistake)
}

/// The parameters in the order in which they came, without the signature; `read_plus` says what a `+` is.
fn pairs(raw: &str, read_plus: impl Fn(&str) -> String) -> Vec<Pair> {
    let encode = |text: &[u8]| {
        let mut out = Vec::new();
        write_encoded(text, RESERVED, &mut out);
        out
    };
    query::pairs(&read_plus(raw))
        .filter(|(name, _)| name.as_ref() != SIGNATURE.as_bytes())
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect()
}

fn sorted(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_unstable();
    pairs
}

/// As languages sort for people.
fn without_case(pairs: &[Pair]) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    pairs.sort_by_key(|(name, value)| (name.to_ascii_lowercase(), value.to_ascii_lowercase()));
    pairs
}

fn joined(pairs: &[Pair]) -> Vec<u8> {
    let joined = pairs
        .iter()
        .map(|(name, value)| [&name[..], value].join(&b'='));
    joined.collect::<Vec<_>>().join(&b'&')
}

fn bare(pairs: &[Pair]) -> Vec<u8> {
    let joined = pairs.iter().map(|(name, value)| {
        if value.is_empty() {
            name.clone()
        } else {
            [&name[..], value].join(&b'=')
        }
    });
    joined.collect::<Vec<_>>().join(&b'&')
}

fn encoded_twice(pairs: &[Pair]) -> Vec<u8> {
    let again = |text: &[u8]| replace(text, b"%", b"%25");
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (again(name), again(value)))
        .collect();
    joined(&pairs)
}

fn decoded(text: &[u8]) -> Vec<u8> {
    percent_decode(text).collect()
}
