//! HTTP events: what API Gateway and Function URLs hand a function, read to the request that the local gateway would
//! have handed to the router.

mod request;
mod v1;
mod v2;

use bytes::Bytes;
use http::{Method, Request};
use notewarden_api::{GatewayContext, Unserved};
use serde::Deserialize;

use crate::InvalidEvent;

/// How an event is written, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Payload format 1.0: REST APIs, and HTTP APIs that ask for it.
    V1,
    /// Payload format 2.0: HTTP APIs and Function URLs.
    V2,
}

/// One request.
#[derive(Debug)]
pub struct HttpEvent {
    /// How its answer is to be written.
    pub format: Format,
    /// Whether a REST API sent it, which leaves to the function what browsers are told.
    pub is_of_rest_api: bool,
    /// What the gateway says about it.
    pub context: GatewayContext,
    /// Its method; `GET` if it has none that HTTP has.
    pub method: Method,
    /// The request, or why the router cannot have it.
    pub request: Result<Request<Bytes>, Unserved>,
}

/// What tells the formats apart. An event of a REST API has no version.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    version: Option<String>,
    http_method: Option<String>,
}

impl HttpEvent {
    /// Reads an event.
    ///
    /// # Errors
    /// It is not one of HTTP in a format that is known here.
    pub fn read(json: &str) -> Result<Self, InvalidEvent> {
        let invalid = |error: serde_json::Error| InvalidEvent::at("HTTP", &error);
        let kind: Kind = serde_json::from_str(json).map_err(invalid)?;
        match (kind.version.as_deref(), kind.http_method) {
            (Some("2.0"), _) => {
                let event: v2::Event<'_> = serde_json::from_str(json).map_err(invalid)?;
                Ok(event.into_http())
            }
            (Some("1.0"), _) | (None, Some(_)) => {
                let event: v1::Event<'_> = serde_json::from_str(json).map_err(invalid)?;
                Ok(event.into_http())
            }
            _ => Err(InvalidEvent::unknown("HTTP")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_http_event_is_refused_without_being_quoted() {
        for event in [
            "null",
            "[]",
            r#""secret""#,
            "{}",
            r#"{"version":"3.0","secret":1}"#,
            r#"{"version":2,"secret":1}"#,
            r#"{"version":"2.0"}"#,
            r#"{"version":"2.0","requestContext":"secret"}"#,
            r#"{"httpMethod":"GET","path":"/","requestContext":{"requestId":["secret"]}}"#,
            r#"{"Records":[{"messageId":"1","body":"secret"}]}"#,
        ] {
            let error = HttpEvent::read(event).unwrap_err().to_string();
            assert!(error.contains("HTTP event"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
