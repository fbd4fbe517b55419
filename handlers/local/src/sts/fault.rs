//! STS's errors: code, status and sentence as AWS has them.

use http::StatusCode;
use notewarden_domain::StoreError;
use notewarden_sigv4::Refusal;

use super::xml::Xml;
use crate::{access::Denied, refusals::Disbelief};

/// Why a request is not answered with a result.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// The form cannot be read.
    pub(super) fn malformed() -> Self {
        let message = "The query string contains a syntax error";
        Self::new(StatusCode::NOT_FOUND, "MalformedQueryString", message)
    }

    pub(super) fn missing_action() -> Self {
        let message = "Missing Action";
        Self::new(StatusCode::BAD_REQUEST, "MissingAction", message)
    }

    pub(super) fn unknown_operation(name: &str, version: &str) -> Self {
        let message = format!("Could not find operation {name} for version {version}");
        Self::new(StatusCode::BAD_REQUEST, "InvalidAction", message)
    }

    /// A parameter breaks its constraint.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationError", message)
    }

    /// A session policy is none.
    pub(super) fn malformed_policy(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MalformedPolicyDocument", message)
    }

    /// The token that was shown is not good.
    pub(super) fn invalid_token(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidIdentityToken", message)
    }

    /// The token that was shown has ended.
    pub(super) fn expired_token(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ExpiredTokenException", message)
    }

    /// The provider refuses the token that was shown, or what it says of its person.
    pub(super) fn rejected_claim(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "IDPRejectedClaim", message)
    }

    /// The provider does not answer.
    pub(super) fn provider_unavailable() -> Self {
        let message = "Error communicating with IDP";
        Self::new(StatusCode::BAD_REQUEST, "IDPCommunicationError", message)
    }

    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    /// The operation is not served, because of `reason`.
    pub(super) fn refused(operation: &str, reason: &str) -> Self {
        Self::denied(format!("{operation} is not served: {reason}"))
    }

    /// The answer's body.
    pub(super) fn document(&self, request_id: &str) -> String {
        let blame = if self.status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        };
        Xml::document("ErrorResponse", |xml| {
            xml.element("Error", |xml| {
                xml.text("Type", blame);
                xml.text("Code", self.code);
                xml.text("Message", &self.message);
            });
            xml.text("RequestId", request_id);
        })
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let forbidden = |code, message| Self::new(StatusCode::FORBIDDEN, code, message);
        match Disbelief::from(&refusal) {
            Disbelief::Unsigned => forbidden(
                "MissingAuthenticationToken",
                "Request is missing Authentication Token".to_owned(),
            ),
            Disbelief::UnknownToken(sentence) => {
                forbidden("InvalidClientTokenId", sentence.to_owned())
            }
            Disbelief::ExpiredToken(sentence) => forbidden("ExpiredToken", sentence.to_owned()),
            Disbelief::Mismatch(sentence) => forbidden("SignatureDoesNotMatch", sentence),
            Disbelief::Incomplete(sentence) => {
                Self::new(StatusCode::BAD_REQUEST, "IncompleteSignature", sentence)
            }
        }
    }
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        Self::denied(denied.to_string())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "sts failed");
        let message = "The request processing has failed because of an unknown error.";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalFailure",
            message,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_form_of_sts() {
        let fault = Fault::from(Refusal::UnknownAccessKey("AKIA".into()));
        assert_eq!(fault.status, StatusCode::FORBIDDEN);
        assert_eq!(
            fault.document("the-id"),
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
             <Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.\
             </Message></Error><RequestId>the-id</RequestId></ErrorResponse>"
        );
    }

    #[test]
    fn ten_30_refusals_of_session_tokens_have_the_codes_of_aws() {
        for (refusal, code) in [
            (Refusal::MissingAuthentication, "MissingAuthenticationToken"),
            (Refusal::MissingSessionToken, "InvalidClientTokenId"),
            (Refusal::WrongSessionToken, "InvalidClientTokenId"),
            (Refusal::ExpiredSessionToken, "ExpiredToken"),
            (Refusal::PayloadMismatch, "SignatureDoesNotMatch"),
        ] {
            let fault = Fault::from(refusal);
            assert_eq!((fault.status, fault.code), (StatusCode::FORBIDDEN, code));
        }
    }
}
