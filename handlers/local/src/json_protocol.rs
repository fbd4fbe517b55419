//! AWS JSON 1.1, which both of Cognito's services speak: a JSON object comes, one goes, and refusals name
//! their type in the body and in a header.

pub mod operation;
pub mod violations;

use http::{HeaderValue, StatusCode, header};
use notewarden_domain::Timestamp;
use notewarden_sigv4::Refusal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    access::Denied,
    refusals::Disbelief,
    wire::{self, Response, WireRequest},
};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A refusal, as the protocol has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    status: StatusCode,
    kind: &'static str,
    /// Without one, the body has none.
    message: Option<String>,
}

impl Exception {
    /// The client's fault: status 400.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind,
            message: Some(message.into()),
        }
    }

    /// The server's fault, of which the client learns nothing more: status 500.
    pub fn internal() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            kind: "InternalErrorException",
            message: Some("Something went wrong".to_owned()),
        }
    }

    /// The service has no operation of this name.
    pub fn unknown_operation() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "UnknownOperationException",
            message: None,
        }
    }

    /// The local server has no use for `operation`, because of `reason`.
    pub fn not_served(operation: &str, reason: &str) -> Self {
        let message = format!("{operation} is not served: {reason}.");
        Self::new("UnsupportedOperationException", message)
    }

    /// The exception's name.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it says.
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }
}

/// The members of a request.
///
/// # Errors
/// `SerializationException` if the body is no JSON object, or a member has another type.
pub fn parse<T: DeserializeOwned>(request: &WireRequest) -> Result<T, Exception> {
    let refuse = |message: String| Exception::new("SerializationException", message);
    let members: Value = match request.body.as_ref() {
        // Clients leave out the body of a request without members.
        [] => json!({}),
        body => serde_json::from_slice(body)
            .map_err(|_| refuse("The request body is not valid JSON".to_owned()))?,
    };
    if !members.is_object() {
        return Err(refuse("The request body is not a JSON object".to_owned()));
    }
    // The words of the parser are not repeated: they may hold a password that stood in the wrong place.
    serde_json::from_value(members)
        .map_err(|_| refuse("A member of the request body has the wrong type".to_owned()))
}

/// The members of an answer.
///
/// # Errors
/// They cannot be written, which is the server's fault.
pub fn to_json(answer: impl Serialize) -> Result<Value, Exception> {
    serde_json::to_value(answer).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as json");
        Exception::internal()
    })
}

/// Seconds since the Unix epoch, as the protocol writes dates.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds are exact in an f64 for 285,000 years"
)]
pub fn epoch_seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1_000.0
}

/// The response to the request `request_id`.
pub fn answer(request_id: &str, outcome: Result<Value, Exception>) -> Response {
    let (status, body, kind) = match outcome {
        Ok(members) => (StatusCode::OK, members, None),
        Err(exception) => {
            let body = match &exception.message {
                Some(message) => json!({ "__type": exception.kind, "message": message }),
                None => json!({ "__type": exception.kind }),
            };
            (exception.status, body, Some(exception))
        }
    };
    let mut response = wire::with_type(status, CONTENT_TYPE, body.to_string());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-requestid", id);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(exception) = kind {
        if let Ok(kind) = HeaderValue::from_str(&format!("{}:", exception.kind)) {
            headers.insert("x-amzn-errortype", kind);
        }
        if let Ok(message) = HeaderValue::from_str(exception.message()) {
            headers.insert("x-amzn-errormessage", message);
        }
    }
    response
}

impl From<Refusal> for Exception {
    fn from(refusal: Refusal) -> Self {
        match Disbelief::from(&refusal) {
            Disbelief::Unsigned => Self::new(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ),
            Disbelief::UnknownToken(sentence) => Self::new("UnrecognizedClientException", sentence),
            Disbelief::ExpiredToken(sentence) => Self::new("ExpiredTokenException", sentence),
            Disbelief::Mismatch(sentence) => Self::new("InvalidSignatureException", sentence),
            Disbelief::Incomplete(sentence) => Self::new("IncompleteSignatureException", sentence),
        }
    }
}

impl From<Denied> for Exception {
    fn from(denied: Denied) -> Self {
        Self::new("AccessDeniedException", denied.to_string())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_refusal_is_named_in_body_and_header() {
        let exception = Exception::new("NotAuthorizedException", "Incorrect username or password.");
        let response = answer("the-id", Err(exception));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let headers = response.headers();
        assert_eq!(headers["content-type"], "application/x-amz-json-1.1");
        assert_eq!(headers["x-amzn-errortype"], "NotAuthorizedException:");
        assert_eq!(headers["x-amzn-requestid"], "the-id");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            r#"{"__type":"NotAuthorizedException","message":"Incorrect username or password."}"#
        );
    }

    #[test]
    fn refusals_of_signatures_have_the_names_of_aws() {
        for (refusal, kind) in [
            (
                Refusal::MissingAuthentication,
                "MissingAuthenticationTokenException",
            ),
            (
                Refusal::UnknownAccessKey("AKIA".into()),
                "UnrecognizedClientException",
            ),
            (Refusal::WrongSessionToken, "UnrecognizedClientException"),
            (Refusal::ExpiredSessionToken, "ExpiredTokenException"),
            (Refusal::PayloadMismatch, "InvalidSignatureException"),
            (Refusal::MissingDate, "IncompleteSignatureException"),
        ] {
            assert_eq!(Exception::from(refusal).kind(), kind);
        }
    }
}
