//! The parameters of `/_local/`'s lists.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// How many entries a page has unless it is asked for another number.
const USUAL: usize = 100;

/// Which part of a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameters<'a> {
    /// How many entries at most.
    pub(super) limit: usize,
    /// What the page comes after.
    pub(super) after: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    /// Reads a query, whose `limit` may be `most`.
    pub(super) fn read(query: &'a str, most: usize) -> Result<Self, String> {
        let mut parameters = Self {
            limit: USUAL.min(most),
            after: None,
        };
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=').unwrap_or((parameter, "")) {
                ("limit", number) => {
                    parameters.limit = number
                        .parse()
                        .ok()
                        .filter(|number| (1..=most).contains(number))
                        .ok_or_else(|| format!("`limit` must be a number from 1 to {most}"))?;
                }
                ("after", text) => {
                    let text = percent_decode_str(text).decode_utf8();
                    parameters.after = Some(text.map_err(|_| "`after` must be UTF-8")?);
                }
                (name, _) => return Err(format!("`{name}` is no parameter here")),
            }
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded_and_positions_decoded() {
        let limit = |query| Parameters::read(query, 1_000).map(|it| it.limit);
        assert_eq!(limit(""), Ok(100));
        assert_eq!(limit("limit=1"), Ok(1));
        for bad in [
            "limit=0",
            "limit=1001",
            "limit=x",
            "limit=",
            "limit",
            "other=1",
            "after=%FF",
        ] {
            assert!(limit(bad).is_err(), "{bad}");
        }
        let after = Parameters::read("after=a%2Bb&limit=2", 10).unwrap();
        assert_eq!((after.limit, after.after.as_deref()), (2, Some("a+b")));
        assert_eq!(Parameters::read("", 60).unwrap().limit, 60);
    }
}
