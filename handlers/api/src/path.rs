//! Paths: one reading of each, which a route is chosen by, the policy sees and the router serves.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a segment has percent-encoded: all but the unreserved characters (RFC 3986, 2.3).
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Decodes the path of a request line, once. `None` for one that names no route under any reading: an empty, `.` or
/// `..` segment, an encoded slash, a control character, or what is not UTF-8.
pub fn decode_path(path: &str) -> Option<String> {
    let mut decoded = String::with_capacity(path.len());
    for raw in path.strip_prefix('/')?.split('/') {
        let segment = percent_decode_str(raw).decode_utf8().ok()?;
        let is_ambiguous = matches!(&*segment, "" | "." | "..") || segment.contains(['/', '\\']);
        if is_ambiguous || segment.chars().any(char::is_control) {
            return None;
        }
        decoded.push('/');
        decoded.push_str(&segment);
    }
    Some(decoded)
}

/// The one spelling of a decoded path: what the router is to be handed, whichever way a client spelled it.
pub fn encode_path(decoded: &str) -> String {
    let mut path = String::with_capacity(decoded.len());
    for (index, segment) in decoded.split('/').enumerate() {
        if index > 0 {
            path.push('/');
        }
        path.extend(utf8_percent_encode(segment, RESERVED));
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_authorized_is_what_is_served() {
        assert_eq!(decode_path("/notes").as_deref(), Some("/notes"));
        assert_eq!(decode_path("/n%6Ftes/%C3%A4").as_deref(), Some("/notes/ä"));
        for path in [
            "",
            "/",
            "notes",
            "/notes/",
            "//notes",
            "/notes//1",
            "/notes/..",
            "/notes/%2e%2e",
            "/notes/%2E",
            "/notes/a%2Fb",
            "/notes/a%5cb",
            "/notes/%00",
            "/notes/%ff",
            "/x/../notes",
            "/x/./notes",
        ] {
            assert_eq!(decode_path(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_has_one_spelling() {
        for spelling in [
            "/n%6Ftes/a%20b%3A%25",
            "/notes/a b:%25",
            "/%6E%6f%74%65%73/a%20b%3a%25",
        ] {
            let decoded = decode_path(spelling).unwrap();
            assert_eq!(encode_path(&decoded), "/notes/a%20b%3A%25");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_to_the_same(path in "(/[^/\\\\\\p{Cc}]{1,9}){1,4}") {
            let is_dotted = path.split('/').any(|segment| matches!(segment, "." | ".."));
            let encoded = encode_path(&path);
            prop_assert!(encoded.is_ascii());
            prop_assert_eq!(decode_path(&encoded), (!is_dotted).then_some(path));
        }
    }
}
