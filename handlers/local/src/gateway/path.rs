//! The path that a route is chosen by, and that the policy sees.

use percent_encoding::percent_decode_str;

/// Decodes a path. `None` for one that names no route under any reading: an empty, `.` or `..` segment, an
/// encoded slash, a control character, or what is not UTF-8.
pub fn decode(path: &str) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_authorized_is_what_is_served() {
        assert_eq!(decode("/notes").as_deref(), Some("/notes"));
        assert_eq!(decode("/n%6Ftes/%C3%A4").as_deref(), Some("/notes/ä"));
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
            assert_eq!(decode(path), None, "{path}");
        }
    }
}
