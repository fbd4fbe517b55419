//! XML documents on their way to `s3s`.

use std::borrow::Cow;

use bytes::Bytes;
use s3s::{S3Result, s3_error};

/// Prepares a document for `s3s`.
///
/// A document type is refused: no S3 document has one, and entities come with it. Passages in `CDATA` are
/// too, because `s3s` leaves them out. References to characters outside the Basic Multilingual Plane, which
/// `s3s` refuses, are written as the characters themselves.
///
/// # Errors
/// `MalformedXML`.
pub fn prepare(document: &Bytes) -> S3Result<Bytes> {
    let malformed = || {
        s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        )
    };
    let text = std::str::from_utf8(document).map_err(|_| malformed())?;
    if text.contains("<!DOCTYPE") || text.contains("<![CDATA[") {
        return Err(malformed());
    }
    Ok(match expand(text) {
        Cow::Borrowed(_) => document.clone(),
        Cow::Owned(expanded) => expanded.into(),
    })
}

fn expand(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices("&#") {
        let Some((name, rest)) = text.get(at + 2..).and_then(|rest| rest.split_once(';')) else {
            break;
        };
        let number = match name.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => name.parse(),
        };
        let character = number
            .ok()
            .and_then(char::from_u32)
            .filter(|character| *character > '\u{ffff}');
        if let (Some(character), Some(before)) = (character, text.get(done..at)) {
            out.push_str(before);
            out.push(character);
            done = text.len() - rest.len();
        }
    }
    match text.get(done..) {
        Some(rest) if done > 0 => Cow::Owned(out + rest),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_characters_are_written_out_and_nothing_else() {
        assert_eq!(
            expand("a&#128512;b&#x1F600;&#13;&amp;&#60;"),
            "a😀b😀&#13;&amp;&#60;"
        );
        for unchanged in [
            "",
            "&#",
            "&#;",
            "&#x;",
            "&#99999999999;",
            "&#xd800;",
            "&#65",
        ] {
            assert!(matches!(expand(unchanged), Cow::Borrowed(_)), "{unchanged}");
        }
    }

    #[test]
    fn documents_with_entities_are_refused() {
        for bad in ["<!DOCTYPE a>", "<a><![CDATA[x]]></a>"] {
            assert!(prepare(&Bytes::from_static(bad.as_bytes())).is_err());
        }
        assert!(prepare(&Bytes::from_static(b"<a>\xff</a>")).is_err());
    }
}
