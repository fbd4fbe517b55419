//! Which headers a signature covers, and which it has to.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, header};

use crate::{Form, Malformation, Refusal, fields::fields};

/// Prefix of the headers that change what a request means to AWS.
const AMZ: &str = "x-amz-";
pub(crate) static AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
pub(crate) static AMZ_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");
pub(crate) static AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// `host;x-amz-date`: lower case, sorted, unique, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedHeaders<'a>(Cow<'a, str>);

impl<'a> SignedHeaders<'a> {
    pub(crate) fn parse(text: Cow<'a, str>) -> Result<Self, Refusal> {
        let mut previous = "";
        for name in fields(&text, b';') {
            // An empty name is not greater than any.
            let is_name = name > previous
                && name
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'));
            if !is_name {
                return Err(Refusal::Malformed(Malformation::SignedHeaders));
            }
            previous = name;
        }
        Ok(Self(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        fields(&self.0, b';')
    }

    fn contains(&self, name: &str) -> bool {
        self.names().any(|signed| signed == name)
    }

    /// `host`, `x-amz-date` and every other `x-amz-*` header that is present must be covered, and no
    /// header that has one meaning may be there twice.
    pub(crate) fn check(&self, headers: &HeaderMap, form: Form) -> Result<(), Refusal> {
        let must_sign = |name: &HeaderName| Err(Refusal::UnsignedHeader(name.as_str().into()));
        if !self.contains(header::HOST.as_str()) {
            return must_sign(&header::HOST);
        }
        if form == Form::Header && !self.contains(AMZ_DATE.as_str()) {
            return must_sign(&AMZ_DATE);
        }
        if headers.len() != headers.keys_len()
            && let Some(name) = headers
                .keys()
                .find(|name| is_single(name) && headers.get_all(*name).iter().nth(1).is_some())
        {
            return Err(Refusal::DuplicateHeader(name.as_str().into()));
        }
        let unsigned = headers.keys().find(|name| {
            name.as_str().starts_with(AMZ)
                && *name != AMZ_CONTENT_SHA256
                && !self.contains(name.as_str())
        });
        unsigned.map_or(Ok(()), must_sign)
    }
}

/// Headers that cannot be a list. Joined by commas in the canonical request, two of them would read
/// like one value that somebody else signed.
fn is_single(name: &HeaderName) -> bool {
    let name = name.as_str();
    match name.strip_prefix(AMZ) {
        Some(rest) => !rest.starts_with("meta-") && rest != "object-attributes",
        None => name == header::HOST || name == header::AUTHORIZATION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_sorted_lower_case_names_once_each() {
        for text in ["host", "host;x-amz-date", "a;host;x-amz-meta-a.b_c"] {
            assert!(SignedHeaders::parse(text.into()).is_ok(), "{text}");
        }
        for text in [
            "",
            ";",
            "host;",
            ";host",
            "host;host",
            "x-amz-date;host",
            "Host",
            "host; x-amz-date",
            "host,x-amz-date",
            "host;h\u{f6}st",
        ] {
            assert!(SignedHeaders::parse(text.into()).is_err(), "{text}");
        }
    }
}
