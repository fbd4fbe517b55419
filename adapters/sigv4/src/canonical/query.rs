//! The canonical query string: decoded, encoded in one way, sorted by name and value.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::{RESERVED, write_encoded};
use crate::{
    fields::{cut, fields},
    presigned::SIGNATURE,
};

/// The decoded pairs of a query, as servers read them: `+` is a space, a name without `=` has an empty
/// value, and nothing between two `&` is nothing.
pub(crate) fn pairs(raw: &str) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    fields(raw, b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = cut(pair, b'=');
            (decode(name), decode(value.unwrap_or_default()))
        })
}

fn decode(raw: &str) -> Cow<'_, [u8]> {
    if raw.contains('+') {
        Cow::Owned(percent_decode(raw.replace('+', " ").as_bytes()).collect())
    } else {
        percent_decode(raw.as_bytes()).into()
    }
}

/// Appends the canonical query string, without `X-Amz-Signature`.
pub(crate) fn write(raw: &str, out: &mut Vec<u8>) {
    if raw.is_empty() {
        return;
    }
    let mut encoded: Vec<(Vec<u8>, Vec<u8>)> = pairs(raw)
        .filter(|(name, _)| name.as_ref() != SIGNATURE.as_bytes())
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect();
    encoded.sort_unstable();
    for (at, (name, value)) in encoded.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    write_encoded(bytes, RESERVED, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_name_and_then_by_value() {
        for (raw, canonical) in [
            ("", ""),
            ("lifecycle", "lifecycle="),
            ("&&a&", "a="),
            ("b=1&a=2", "a=2&b=1"),
            ("a=b&a=a", "a=a&a=b"),
            ("a-=1&a=2", "a=2&a-=1"),
            ("A=1&a=0", "A=1&a=0"),
            ("a=b=c", "a=b%3Dc"),
            ("a=x+y&b=x%20y", "a=x%20y&b=x%20y"),
            ("a=%2f%7e~", "a=%2F~~"),
            ("a=%zz", "a=%25zz"),
            ("a=1&X-Amz-Signature=0", "a=1"),
            ("a=1&X%2DAmz-Signature=0", "a=1"),
        ] {
            let mut out = Vec::new();
            write(raw, &mut out);
            assert_eq!(String::from_utf8(out).expect("ascii"), canonical, "{raw}");
        }
    }
}
