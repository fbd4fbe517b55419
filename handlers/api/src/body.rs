//! JSON bodies: how long they may be, what they may call themselves, and how their members are read.

use axum::extract::FromRequest;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use notewarden_domain::{
    file::MAX_KEY_BYTES,
    note::{MAX_ATTACHMENTS, MAX_CONTENT_CHARS},
};
use serde::de::DeserializeOwned;

use crate::problem::{Kind, Problem};

/// The longest body: the longest note with each character as two escapes of UTF-16 (12 bytes), the longest
/// names with each byte as one (6 bytes), and room for white space and members that are ignored.
pub const MAX_BODY_BYTES: usize =
    MAX_CONTENT_CHARS * 12 + (MAX_ATTACHMENTS + 1) * MAX_KEY_BYTES * 6 + 64 * 1_024;

/// A body that is to be JSON.
pub(crate) struct JsonBody(pub(crate) Bytes);

impl JsonBody {
    /// The object that the body is, as its `members`.
    pub(crate) fn members<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        // An array would be taken for the members in their order.
        if !self.0.trim_ascii_start().starts_with(b"{") {
            return Err(Problem::malformed("body", "must be a JSON object"));
        }
        serde_json::from_slice(&self.0)
            .map_err(|error| Problem::malformed("body", format!("must be a JSON object: {error}")))
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request<axum::body::Body>, state: &S) -> Result<Self, Problem> {
        check_encoding(request.headers())?;
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let detail = format!("the body must be at most {MAX_BODY_BYTES} bytes");
                Problem::new(Kind::TooLarge, detail)
            } else {
                Problem::malformed("body", "must arrive whole")
            }
        })
    }
}

/// Refuses what does not even claim to be JSON.
///
/// A body without a media type is taken for JSON, and so are the types that `fetch` and `curl` give to a
/// body whose sender named none: signatures, not media types, keep forged requests out here.
fn check_encoding(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |detail| Err(Problem::new(Kind::UnsupportedMediaType, detail));
    if let Some(media_type) = headers.get(header::CONTENT_TYPE) {
        let essence = media_type.as_bytes().split(|byte| *byte == b';').next();
        let essence = essence
            .unwrap_or_default()
            .trim_ascii()
            .to_ascii_lowercase();
        let is_taken = matches!(
            essence.as_slice(),
            b"" | b"application/json" | b"text/plain" | b"application/x-www-form-urlencoded"
        ) || (essence.starts_with(b"application/") && essence.ends_with(b"+json"));
        if !is_taken {
            return refuse("the body must be `application/json`");
        }
    }
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refuse("the body must not be compressed");
    }
    Ok(())
}
