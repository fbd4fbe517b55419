//! The canonical URI, in the two ways that services make it.

use percent_encoding::percent_decode;

use super::{RESERVED_IN_PATH, write_encoded};

/// Amazon S3's: the key as it is, encoded exactly once, whatever way the client encoded it. `None` if
/// a `%` is not followed by two hexadecimal digits.
pub(crate) fn write_verbatim(path: &str, out: &mut Vec<u8>) -> Option<()> {
    let well_formed = path.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if !well_formed {
        return None;
    }
    let decoded: std::borrow::Cow<'_, [u8]> = percent_decode(path.as_bytes()).into();
    write_encoded(or_root(&decoded), RESERVED_IN_PATH, out);
    Some(())
}

/// Everybody else's: dot segments and empty segments removed (RFC 3986, 5.2.4), then encoded once more
/// on top of the client's own encoding.
pub(crate) fn write_normalized(path: &str, out: &mut Vec<u8>) {
    if !path.contains("/.") && !path.contains("//") {
        return write_encoded(or_root(path.as_bytes()), RESERVED_IN_PATH, out);
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    for segment in &segments {
        out.push(b'/');
        write_encoded(segment.as_bytes(), RESERVED_IN_PATH, out);
    }
    let is_directory = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
    if segments.is_empty() || is_directory {
        out.push(b'/');
    }
}

fn or_root(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"/" } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(path: &str) -> String {
        let mut out = Vec::new();
        write_normalized(path, &mut out);
        String::from_utf8(out).expect("ascii")
    }

    fn verbatim(path: &str) -> Option<String> {
        let mut out = Vec::new();
        write_verbatim(path, &mut out)?;
        Some(String::from_utf8(out).expect("ascii"))
    }

    #[test]
    fn normalizes_and_encodes_twice() {
        for (path, canonical) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/.", "/"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("/a/b/..", "/a/"),
            ("/a/b/.", "/a/b/"),
            ("/a//b/", "/a/b/"),
            ("/../../a", "/a"),
            ("/.hidden/..a", "/.hidden/..a"),
            ("/a%20b", "/a%2520b"),
            ("/%2e%2e/b", "/%252e%252e/b"),
            ("/us-east-1:1", "/us-east-1%3A1"),
        ] {
            assert_eq!(normalized(path), canonical, "{path}");
        }
    }

    #[test]
    fn keeps_a_key_as_it_is() {
        for (path, canonical) in [
            ("", Some("/")),
            ("//a//", Some("//a//")),
            ("/a/../b", Some("/a/../b")),
            ("/a:b", Some("/a%3Ab")),
            ("/a%3Ab", Some("/a%3Ab")),
            ("/a%3ab", Some("/a%3Ab")),
            ("/%7E", Some("/~")),
            ("/a+b", Some("/a%2Bb")),
            ("/a%252Fb", Some("/a%252Fb")),
            ("/%E1%88%B4", Some("/%E1%88%B4")),
            ("/\u{1234}", Some("/%E1%88%B4")),
            ("/100%", None),
            ("/%g0", None),
            ("/%1", None),
        ] {
            assert_eq!(verbatim(path).as_deref(), canonical, "{path}");
        }
    }
}
