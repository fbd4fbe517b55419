//! The parts of a request, whichever event they come in.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use notewarden_api::{Unserved, decode_path, encode_path};

/// The stage that has no name of its own in paths.
const DEFAULT_STAGE: &str = "$default";

/// A path as an event has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path<'a> {
    /// As the client spelled it: REST APIs and Function URLs.
    Spelled(&'a str),
    /// Percent-decoded, behind the stage's name unless that is `$default`: HTTP APIs, in both formats.
    Decoded {
        /// The path.
        path: &'a str,
        /// The stage.
        stage: &'a str,
    },
}

impl Path<'_> {
    /// The one spelling of the path for the router.
    fn encoded(self) -> Option<String> {
        let decoded = match self {
            Self::Spelled(path) => decode_path(path)?,
            Self::Decoded { path, stage } => {
                // What the gateway decoded is held to the same rules as what is decoded here.
                decode_path(&encode_path(without_stage(path, stage)))?
            }
        };
        Some(encode_path(&decoded))
    }
}

/// The path behind `/<stage>`. One that does not begin with it came by a domain of its own, which has none.
fn without_stage<'a>(path: &'a str, stage: &str) -> &'a str {
    if stage == DEFAULT_STAGE {
        return path;
    }
    let behind = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(stage));
    behind
        .filter(|behind| behind.starts_with('/'))
        .unwrap_or(path)
}

/// A request before it is one.
pub(super) struct Draft<'a> {
    pub(super) method: &'a Method,
    pub(super) path: Path<'a>,
    /// As it comes behind the question mark, or empty.
    pub(super) query: &'a str,
    /// `None` if one of them is none that HTTP has.
    pub(super) headers: Option<HeaderMap>,
    pub(super) body: Option<&'a str>,
    pub(super) is_base64_encoded: bool,
}

impl Draft<'_> {
    pub(super) fn finish(self) -> Result<Request<Bytes>, Unserved> {
        let path = self.path.encoded().ok_or(Unserved::NoSuchRoute)?;
        let uri: Uri = if self.query.is_empty() {
            path.parse()
        } else {
            format!("{path}?{}", self.query).parse()
        }
        .map_err(|_| Unserved::BrokenHead)?;
        let body = match self.body {
            None => Bytes::new(),
            Some(text) if self.is_base64_encoded => STANDARD
                .decode(text)
                .map_err(|_| Unserved::BrokenBody)?
                .into(),
            Some(text) => Bytes::copy_from_slice(text.as_bytes()),
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.ok_or(Unserved::BrokenHead)?;
        Ok(request)
    }
}

/// The method of this name, or `None` if HTTP has no such names.
pub(super) fn method(name: &str) -> Option<Method> {
    Method::from_bytes(name.as_bytes()).ok()
}

/// Header lines, or `None` if one of them is none that HTTP has.
pub(super) fn headers<'a>(
    lines: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readings_of_a_path_end_in_one_spelling() {
        let decoded = |path, stage| Path::Decoded { path, stage }.encoded();
        let spelled = |path| Path::Spelled(path).encoded();
        for (sent, given) in [
            ("/notes", "/notes"),
            ("/n%6Ftes", "/notes"),
            ("/notes/a%20b", "/notes/a b"),
            ("/notes/%C3%A4", "/notes/ä"),
            ("/notes/%2541", "/notes/%41"),
            ("/notes/%25", "/notes/%"),
            ("/notes/a%3Fb%23c", "/notes/a?b#c"),
            ("/notes/..", "/notes/.."),
            ("/notes//1", "/notes//1"),
            ("/", "/"),
        ] {
            assert_eq!(spelled(sent), decoded(given, "$default"), "{sent}");
        }
        assert_eq!(spelled("/notes/%2541").as_deref(), Some("/notes/%2541"));
        assert_eq!(spelled("/notes/a%2Fb"), None);
        assert_eq!(decoded("", "$default"), None);
    }

    #[test]
    fn the_stage_is_no_part_of_the_route() {
        for (path, stage, behind) in [
            ("/notes/1", "$default", "/notes/1"),
            ("/live/notes/1", "live", "/notes/1"),
            ("/notes/1", "live", "/notes/1"),
            ("/livenotes/1", "live", "/livenotes/1"),
            ("/live", "live", "/live"),
        ] {
            assert_eq!(without_stage(path, stage), behind);
        }
    }
}
