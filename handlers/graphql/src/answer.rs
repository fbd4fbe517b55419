//! The value of a field, or its error, from the HTTP API's answer.

use bytes::Bytes;
use http::{header, response::Parts};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::arguments::ArgumentError;

/// What the template's response handler makes a field of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Resolution {
    /// The field's value.
    Value(Value),
    /// Why it has none.
    Error(FieldError),
}

/// Why a field has no value: the problem of the HTTP API, in GraphQL's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldError {
    /// `errorType`: the last part of the problem's URN in upper camel case, as `NotFound`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A sentence.
    pub message: String,
    /// `errorInfo`: the problem's `type` and `status`, the id of the request, and the `field` at fault if there is one.
    pub info: Map<String, Value>,
}

impl Resolution {
    /// The status that the HTTP API's answer has.
    pub fn status(&self) -> u16 {
        match self {
            Self::Value(_) => 200,
            Self::Error(error) => {
                let status = error.info.get("status").and_then(Value::as_u64);
                status
                    .and_then(|status| status.try_into().ok())
                    .unwrap_or(500)
            }
        }
    }
}

/// What of an answer is the field's value.
#[derive(Debug)]
pub(crate) enum Shape {
    /// The body.
    Body,
    /// The body's items, and the cursor of the next page.
    Page,
    /// The link that the answer leads to.
    Link,
    /// The body, whose headers are a list: GraphQL knows no maps.
    Upload,
    /// What was named is gone: its name.
    Done(String),
}

impl FieldError {
    fn new(urn: &str, status: u16, message: &str, request_id: &str) -> Self {
        let last = urn.rsplit(':').next().unwrap_or_default();
        let words = last.split('-').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        let info = [
            ("type", json!(urn)),
            ("status", json!(status)),
            ("requestId", json!(request_id)),
        ];
        Self {
            kind: words.collect(),
            message: message.to_owned(),
            info: info
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect(),
        }
    }

    /// Something of ours failed, of which nobody learns more.
    pub fn internal(request_id: &str) -> Self {
        Self::new(
            "urn:notewarden:problem:internal",
            500,
            "internal error",
            request_id,
        )
    }

    /// Something is out of reach or overloaded; the field may be asked for again.
    pub fn unavailable(request_id: &str) -> Self {
        let urn = "urn:notewarden:problem:unavailable";
        Self::new(urn, 503, "unavailable for the moment", request_id)
    }

    /// The field was asked for in a way that the schema does not have.
    pub(crate) fn of_arguments(error: &ArgumentError, request_id: &str) -> Self {
        let urn = "urn:notewarden:problem:malformed-request";
        Self::new(urn, 400, &error.to_string(), request_id)
    }

    /// The error that an answer is.
    fn of(status: u16, body: &[u8], request_id: &str) -> Self {
        let problem: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| problem.get(name).and_then(Value::as_str);
        match (text("type"), text("detail")) {
            (Some(urn), Some(detail)) => {
                let mut error = Self::new(urn, status, detail, request_id);
                if let Some(field) = text("field") {
                    error.info.insert("field".to_owned(), json!(field));
                }
                error
            }
            // No route has such a path: an empty name is nobody's.
            _ if status == 404 => {
                let urn = "urn:notewarden:problem:not-found";
                Self::new(urn, 404, "nothing has this name", request_id)
            }
            _ => Self::internal(request_id),
        }
    }
}

/// What a field of this `shape` is by the answer.
pub(crate) fn resolution(
    shape: Shape,
    parts: &Parts,
    body: &Bytes,
    request_id: &str,
) -> Resolution {
    let status = parts.status;
    if status.is_client_error() || status.is_server_error() {
        return Resolution::Error(FieldError::of(status.as_u16(), body, request_id));
    }
    match value(shape, parts, body) {
        Some(value) => Resolution::Value(value),
        None => {
            tracing::error!(request_id, %status, "an answer is not what a field is made of");
            Resolution::Error(FieldError::internal(request_id))
        }
    }
}

fn value(shape: Shape, parts: &Parts, body: &Bytes) -> Option<Value> {
    let header = |name| {
        parts
            .headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str())
    };
    Some(match shape {
        Shape::Body => serde_json::from_slice(body).ok()?,
        Shape::Page => {
            let items: Value = serde_json::from_slice(body).ok()?;
            let link = header(header::LINK).transpose().ok()?;
            json!({ "items": items, "cursor": link.map(cursor) })
        }
        Shape::Link => json!({ "url": header(header::LOCATION)?.ok()? }),
        Shape::Upload => {
            let mut created: Value = serde_json::from_slice(body).ok()?;
            let headers = created.pointer_mut("/upload/headers")?;
            let list = headers.as_object()?.iter();
            *headers = list
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect();
            created
        }
        Shape::Done(name) => name.into(),
    })
}

/// The cursor in the link to the next page, which stands last.
fn cursor(link: &str) -> Option<&str> {
    let (_, cursor) = link.split_once("cursor=")?;
    cursor.split(['&', '>']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_type_is_the_end_of_the_urn() {
        let body =
            br#"{"type":"urn:notewarden:problem:precondition-failed","detail":"d","field":"f"}"#;
        let error = FieldError::of(412, body, "r");
        assert_eq!(error.kind, "PreconditionFailed");
        assert_eq!(error.message, "d");
        assert_eq!(
            Value::Object(error.info),
            json!({
                "type": "urn:notewarden:problem:precondition-failed",
                "status": 412,
                "requestId": "r",
                "field": "f"
            })
        );
        assert_eq!(FieldError::of(500, b"", "r").kind, "Internal");
        assert_eq!(FieldError::of(404, b"", "r").kind, "NotFound");
    }

    #[test]
    fn a_cursor_is_what_the_link_has_last() {
        let link = "</notes?limit=1&order=oldest&cursor=abc_-9>; rel=\"next\"";
        assert_eq!(cursor(link), Some("abc_-9"));
        assert_eq!(cursor("</notes>"), None);
    }
}
