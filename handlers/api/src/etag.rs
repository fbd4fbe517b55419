//! Entity tags and the preconditions made of them (RFC 9110, 8.8.3, 13.1.1 and 13.1.2).
//!
//! A note's tag is its version in quotes. Tags of another form are valid, and match no note.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use notewarden_domain::{
    Note, Version,
    notes::{Precondition, Versions},
};

use crate::problem::Problem;

/// The tag of a note as it is.
pub(crate) fn of(note: &Note) -> HeaderValue {
    // INVARIANT: digits and quotes are valid in a header.
    HeaderValue::from_str(&format!("\"{}\"", note.version.get()))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The precondition that a request's headers state. `If-Match` compares strongly: a weak tag matches
/// nothing. `If-None-Match` compares weakly.
pub(crate) fn precondition(headers: &HeaderMap) -> Result<Precondition, Problem> {
    Ok(Precondition {
        matches: versions(headers, header::IF_MATCH, "If-Match", Weak::MatchNothing)?,
        excludes: versions(headers, header::IF_NONE_MATCH, "If-None-Match", Weak::Match)?,
    })
}

/// What the tags with the prefix `W/` do in a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weak {
    Match,
    MatchNothing,
}

fn versions(
    headers: &HeaderMap,
    name: HeaderName,
    spelled: &'static str,
    weak: Weak,
) -> Result<Option<Versions>, Problem> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|line| line.as_bytes())
        .collect();
    if lines.is_empty() {
        return Ok(None);
    }
    // Several lines of one header are one list.
    let list = lines.join(&b',');
    let tags = Tags::parse(&list).ok_or_else(|| {
        Problem::malformed(spelled, "must be `*` or a list of entity tags in quotes")
    })?;
    Ok(Some(tags.versions(weak)))
}

/// The value of a precondition header.
#[derive(Debug, PartialEq, Eq)]
enum Tags<'a> {
    Any,
    List(Vec<Tag<'a>>),
}

#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    is_weak: bool,
    opaque: &'a [u8],
}

impl<'a> Tags<'a> {
    /// `"*" / #entity-tag`, where a list may have empty elements (RFC 9110, 5.6.1.2).
    fn parse(value: &'a [u8]) -> Option<Self> {
        if value.trim_ascii() == b"*" {
            return Some(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = value;
        loop {
            rest = skip_whitespace(rest);
            rest = match rest {
                [] => return Some(Self::List(tags)),
                [b',', behind @ ..] => behind,
                _ => {
                    let (tag, behind) = Tag::parse(rest)?;
                    tags.push(tag);
                    match skip_whitespace(behind) {
                        [] => return Some(Self::List(tags)),
                        [b',', behind @ ..] => behind,
                        _ => return None,
                    }
                }
            };
        }
    }

    fn versions(&self, weak: Weak) -> Versions {
        match self {
            Self::Any => Versions::Any,
            Self::List(tags) => {
                let comparable = tags
                    .iter()
                    .filter(|tag| !tag.is_weak || weak == Weak::Match);
                Versions::OneOf(comparable.filter_map(Tag::version).collect())
            }
        }
    }
}

impl<'a> Tag<'a> {
    /// `[ "W/" ] DQUOTE *etagc DQUOTE`, and what is behind it.
    fn parse(value: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (is_weak, value) = match value.strip_prefix(b"W/") {
            Some(value) => (true, value),
            None => (false, value),
        };
        let value = value.strip_prefix(b"\"")?;
        let end = value.iter().position(|byte| *byte == b'"')?;
        let (opaque, behind) = value.split_at_checked(end)?;
        let is_valid = opaque
            .iter()
            .all(|byte| matches!(byte, 0x21..=0x7e | 0x80..));
        let tag = Self { is_weak, opaque };
        is_valid.then_some((tag, behind.strip_prefix(b"\"")?))
    }

    /// The version that has this tag.
    fn version(&self) -> Option<Version> {
        let text = std::str::from_utf8(self.opaque).ok()?;
        let number: u64 = text.parse().ok()?;
        (number.to_string() == text).then_some(Version::new(number))
    }
}

fn skip_whitespace(value: &[u8]) -> &[u8] {
    let is_other = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_other).unwrap_or(value.len());
    value.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_of(versions: &[u64]) -> Versions {
        Versions::OneOf(versions.iter().copied().map(Version::new).collect())
    }

    #[test]
    fn tags_are_read_by_the_grammar() {
        for (value, strong, weak) in [
            (r#""1""#, &[1][..], &[1][..]),
            (r#"W/"1""#, &[], &[1]),
            (r#""1", W/"2" ,"3""#, &[1, 3], &[1, 2, 3]),
            (r#", ,"1",,	"#, &[1], &[1]),
            ("", &[], &[]),
            (r#""""#, &[], &[]),
            (r#""01", "+1", "-1", "x""#, &[], &[]),
            (r#""a,b", "1""#, &[1], &[1]),
            ("\"\u{e9}\", \"1\"", &[1], &[1]),
            (r#""18446744073709551616""#, &[], &[]),
        ] {
            let tags = Tags::parse(value.as_bytes()).expect(value);
            assert_eq!(tags.versions(Weak::MatchNothing), one_of(strong), "{value}");
            assert_eq!(tags.versions(Weak::Match), one_of(weak), "{value}");
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for value in [
            "1",
            r#""1"#,
            r#"1""#,
            r#"w/"1""#,
            r#"W/ "1""#,
            "W/",
            r#""1" "2""#,
            r#"*, "1""#,
            r#""1", *"#,
            "**",
            r#""a"b""#,
            r#""1 ""#,
            "\"\u{7f}\"",
            "'1'",
        ] {
            assert_eq!(Tags::parse(value.as_bytes()), None, "{value}");
        }
        assert_eq!(Tags::parse(b" * "), Some(Tags::Any));
    }

    proptest! {
        #[test]
        fn a_list_reads_back(tags in prop::collection::vec((any::<bool>(), "[!#-~]{0,8}"), 0..6)) {
            let spelled: Vec<_> = tags
                .iter()
                .map(|(is_weak, opaque)| format!("{}\"{opaque}\"", if *is_weak { "W/" } else { "" }))
                .collect();
            let spelled = spelled.join(" , ");
            let expected = tags
                .iter()
                .map(|(is_weak, opaque)| Tag { is_weak: *is_weak, opaque: opaque.as_bytes() })
                .collect();
            prop_assert_eq!(Tags::parse(spelled.as_bytes()), Some(Tags::List(expected)));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Tags::parse(&bytes);
        }
    }
}
