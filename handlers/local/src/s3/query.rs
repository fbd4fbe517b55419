//! The query of a request, read once, so that what is authorized is what is served.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use s3s::{S3Result, s3_error};

/// Everything but what RFC 3986 leaves unreserved.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same in a path, whose slashes stay.
pub const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Names and values, decoded; no name occurs twice.
#[derive(Clone, Debug, Default)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part after `?`.
    ///
    /// # Errors
    /// `InvalidURI` if it is not UTF-8, `InvalidArgument` if a name occurs twice: two readers could then
    /// read two values.
    pub fn parse(text: &str) -> S3Result<Self> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if pairs.iter().any(|(known, _)| *known == name) {
                return Err(s3_error!(
                    InvalidArgument,
                    "The query parameter {name} is repeated"
                ));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Takes out the pairs whose name is chosen.
    pub fn take(&mut self, mut is_chosen: impl FnMut(&str) -> bool) -> Vec<(String, String)> {
        self.0.extract_if(.., |(name, _)| is_chosen(name)).collect()
    }

    /// Writes it in one unambiguous way.
    pub fn encode(&self) -> String {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        pairs.join("&")
    }
}

fn decode(text: &str) -> S3Result<String> {
    let spaced = text.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(error) => Err(s3_error!(
            error,
            InvalidURI,
            "Couldn't parse the specified URI."
        )),
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_once_and_written_in_one_way() {
        let query = Query::parse("prefix=a%252F+b%2Bc&uploads&max-keys=").unwrap();
        assert_eq!(query.get("prefix"), Some("a%2F b+c"));
        assert_eq!(query.get("uploads"), Some(""));
        assert_eq!(query.get("absent"), None);
        assert_eq!(query.encode(), "prefix=a%252F%20b%2Bc&uploads=&max-keys=");
    }

    #[test]
    fn what_has_two_readings_is_refused() {
        for bad in ["prefix=a&prefix=b", "a=1&%61=2", "k=%ff"] {
            assert!(Query::parse(bad).is_err(), "{bad}");
        }
    }
}
