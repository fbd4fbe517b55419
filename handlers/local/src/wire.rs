//! A request as the protocol modules see it, and the one body type of every answer.

use std::net::SocketAddr;

use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};
use notewarden_domain::Timestamp;

/// Any error of a streamed body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// The body of every answer.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;
/// Every answer.
pub type Response = http::Response<Body>;

/// A request whose body has been read whole.
#[derive(Debug)]
pub struct WireRequest {
    /// The request id: a UUID, echoed in the answer and in the decision log.
    pub id: String,
    /// Method, target and headers as they came.
    pub parts: Parts,
    /// The body.
    pub body: Bytes,
    /// Who sent it: the peer of the connection, whatever any header says.
    pub peer: SocketAddr,
    /// When its head had been read.
    pub received_at: Timestamp,
}

/// A body that is known whole.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// No body.
pub fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// An answer with a JSON body.
pub fn json(status: http::StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => with_type(status, "application/json", bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as json");
            with_type(
                http::StatusCode::INTERNAL_SERVER_ERROR,
                "application/json",
                r#"{"message":"Internal Server Error"}"#,
            )
        }
    }
}

/// An answer whose body is `bytes` of `content_type`.
pub fn with_type(
    status: http::StatusCode,
    content_type: &'static str,
    bytes: impl Into<Bytes>,
) -> Response {
    let mut response = Response::new(full(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static(content_type),
    );
    response
}
