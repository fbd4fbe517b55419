//! What came back, with the claims that tests make about it.

use bytes::Bytes;
use http::{StatusCode, response::Parts};
use serde_json::Value;

/// An answer: each claim about it fails the test with what came instead.
#[derive(Clone, Debug)]
pub struct Answer {
    parts: Parts,
    body: Bytes,
}

impl Answer {
    /// The answer with this head and body.
    pub fn new(parts: Parts, body: Bytes) -> Self {
        Self { parts, body }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The value of the header `name`, which is there once, or `None`.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(values.next().is_none(), "more than one header `{name}`");
        Some(value.to_str().expect("the header is text"))
    }

    /// The body as it is.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        let Ok(json) = serde_json::from_slice(&self.body) else {
            panic!("not JSON: {self}")
        };
        json
    }

    /// The string member `name` of the JSON body.
    pub fn text(&self, name: &str) -> String {
        match self.json().get(name) {
            Some(Value::String(text)) => text.clone(),
            _ => panic!("no string `{name}`: {self}"),
        }
    }

    /// The target of the `Link` with `rel="next"`, if there is one.
    pub fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let target = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"");
        Some(target.expect("the link is to the next page").to_owned())
    }

    /// It has this status.
    #[track_caller]
    pub fn has(self, status: StatusCode) -> Self {
        assert_eq!(self.parts.status, status, "{self}");
        self
    }

    /// 200.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.has(StatusCode::OK)
    }

    /// 201.
    #[track_caller]
    pub fn created(self) -> Self {
        self.has(StatusCode::CREATED)
    }

    /// 204, and nothing in it.
    #[track_caller]
    pub fn no_content(self) -> Self {
        assert!(self.body.is_empty(), "{self}");
        self.has(StatusCode::NO_CONTENT)
    }

    /// 304, and nothing in it.
    #[track_caller]
    pub fn not_modified(self) -> Self {
        assert!(self.body.is_empty(), "{self}");
        self.has(StatusCode::NOT_MODIFIED)
    }

    /// A problem: 400.
    #[track_caller]
    pub fn bad_request(self) -> Self {
        self.problem(StatusCode::BAD_REQUEST)
    }

    /// A problem: 403.
    #[track_caller]
    pub fn forbidden(self) -> Self {
        self.problem(StatusCode::FORBIDDEN)
    }

    /// A problem: 404.
    #[track_caller]
    pub fn not_found(self) -> Self {
        self.problem(StatusCode::NOT_FOUND)
    }

    /// A problem: 412.
    #[track_caller]
    pub fn precondition_failed(self) -> Self {
        self.problem(StatusCode::PRECONDITION_FAILED)
    }

    /// A problem: 422.
    #[track_caller]
    pub fn unprocessable(self) -> Self {
        self.problem(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Problem details (RFC 9457) with this status, whole and consistent.
    #[track_caller]
    pub fn problem(self, status: StatusCode) -> Self {
        let media_type = self.header("content-type");
        assert_eq!(media_type, Some("application/problem+json"), "{self}");
        let body = self.json();
        assert_eq!(body["status"], status.as_u16(), "{self}");
        assert!(self.text("type").starts_with("urn:"), "{self}");
        assert!(!self.text("title").is_empty(), "{self}");
        assert!(!self.text("requestId").is_empty(), "{self}");
        assert_eq!(self.text("detail"), self.text("error"), "{self}");
        self.has(status)
    }

    /// The problem is with this member, parameter or header, and says so in words.
    #[track_caller]
    pub fn naming(self, field: &str) -> Self {
        assert_eq!(self.text("field"), field, "{self}");
        assert!(
            self.text("detail").contains(&format!("`{field}`")),
            "{self}"
        );
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {:?} {body}", self.parts.status, self.parts.headers)
    }
}
