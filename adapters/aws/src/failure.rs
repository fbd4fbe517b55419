//! The SDK's errors in the ports' vocabulary.

use std::{error::Error, fmt};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use notewarden_domain::StoreError;

/// Codes by which AWS's services ask to slow down. The SDK has retried them by the time that an adapter sees one.
const THROTTLING: [&str; 12] = [
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Codes by which AWS's services refuse who asks, which those with JSON answer with status 400.
const DENIED: [&str; 14] = [
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// A failed request, in words that hold nothing of what it asked and was answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    operation: &'static str,
    cause: String,
    request_id: Option<String>,
}

impl Failure {
    /// The failure of `operation`, as AWS names it, because of `cause`, which is fit for a log.
    pub fn new(operation: &'static str, cause: impl Into<String>) -> Self {
        Self {
            operation,
            cause: cause.into(),
            request_id: None,
        }
    }

    /// What the SDK's error says; its `Debug` would show the whole answer, and the SDK's own types.
    pub fn of_sdk<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let cause = match error {
            SdkError::ServiceError(answer) => match (answer.err().code(), answer.err().message()) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (Some(code), None) => code.to_owned(),
                (None, _) => format!("status {}", answer.raw().status()),
            },
            other => sentences(other),
        };
        let headers = error.raw_response().map(HttpResponse::headers);
        let request_id = headers.and_then(|headers| {
            let known = ["x-amzn-requestid", "x-amz-request-id"];
            known.iter().find_map(|name| headers.get(*name))
        });
        Self {
            request_id: request_id.map(str::to_owned),
            ..Self::new(operation, cause)
        }
    }

    /// The same failure, with more of its cause if there is any.
    #[must_use]
    pub fn because(mut self, more: &str) -> Self {
        if !more.is_empty() {
            self.cause = format!("{}: {more}", self.cause);
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` failed: {}", self.operation, self.cause)?;
        match &self.request_id {
            Some(id) => write!(f, " (request `{id}`)"),
            None => Ok(()),
        }
    }
}

impl Error for Failure {}

/// The error and its causes.
fn sentences(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// What an error of `operation` is to a port, once the adapter has looked for what the operation itself may answer:
/// `Throttled`, `Denied`, and `Unavailable` for everything else. What never left this machine for want of credentials
/// is unavailable too: nobody has refused them.
pub fn store_error<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let failure = Failure::of_sdk(operation, error);
    let code = error.code().unwrap_or_default();
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    // Two of the port's words have no room for a cause, so this is where it is told.
    if THROTTLING.contains(&code) || status == Some(429) {
        tracing::warn!(%failure, "AWS throttles");
        StoreError::Throttled
    } else if DENIED.contains(&code) || matches!(status, Some(401 | 403)) {
        tracing::error!(%failure, "AWS refuses our credentials");
        StoreError::Denied
    } else {
        StoreError::unavailable(failure)
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};

    use super::*;

    const OPERATION: &str = "DoThings";

    fn answered(status: u16, code: Option<&str>) -> StoreError {
        let error = ErrorMetadata::builder();
        let error = match code {
            Some(code) => error.code(code),
            None => error,
        };
        let status = status.try_into().unwrap();
        let answer = HttpResponse::new(status, SdkBody::empty());
        store_error(OPERATION, &SdkError::service_error(error.build(), answer))
    }

    #[test]
    fn services_that_ask_to_slow_down_are_throttling() {
        for (status, code) in [
            (503, Some("SlowDown")),
            (400, Some("ThrottlingException")),
            (400, Some("ProvisionedThroughputExceededException")),
            (400, Some("TooManyRequestsException")),
            (429, None),
        ] {
            let found = answered(status, code);
            assert!(matches!(found, StoreError::Throttled), "{code:?}: {found}");
        }
    }

    #[test]
    fn refused_credentials_are_denied() {
        for (status, code) in [
            (403, None),
            (401, None),
            (403, Some("RequestTimeTooSkewed")),
            (400, Some("AccessDeniedException")),
            (400, Some("UnrecognizedClientException")),
            (400, Some("ExpiredTokenException")),
        ] {
            let found = answered(status, code);
            assert!(matches!(found, StoreError::Denied), "{code:?}: {found}");
        }
    }

    #[test]
    fn everything_else_is_unavailable_with_its_cause() {
        for (status, code) in [
            (500, Some("InternalError")),
            (503, Some("ServiceUnavailable")),
            (400, Some("ResourceNotFoundException")),
            (301, None),
        ] {
            let found = answered(status, code);
            assert!(found.source().is_some(), "{code:?}: {found}");
        }
        let reset = ConnectorError::io("reset".into());
        for error in [
            SdkError::dispatch_failure(reset),
            SdkError::timeout_error("late"),
            SdkError::<ErrorMetadata, _>::construction_failure("no region"),
        ] {
            let found = store_error(OPERATION, &error);
            assert!(matches!(found, StoreError::Unavailable { .. }), "{found}");
        }
    }

    #[test]
    fn a_failure_says_what_failed_and_nothing_of_its_content() {
        let mut answer = HttpResponse::new(500.try_into().unwrap(), SdkBody::from("a secret"));
        answer.headers_mut().insert("x-amzn-requestid", "1-2-3");
        let metadata = ErrorMetadata::builder();
        let metadata = metadata.code("InternalError").message("We slept.");
        let error = SdkError::service_error(metadata.build(), answer);
        let failure = Failure::of_sdk(OPERATION, &error);
        assert_eq!(
            failure.to_string(),
            "`DoThings` failed: InternalError: We slept. (request `1-2-3`)"
        );
        assert!(!format!("{failure:?}").contains("secret"));
        assert_eq!(
            failure.because("").because("It was late.").to_string(),
            "`DoThings` failed: InternalError: We slept.: It was late. (request `1-2-3`)"
        );

        let reset = ConnectorError::io("connection reset".into());
        let error = SdkError::<ErrorMetadata, _>::dispatch_failure(reset);
        assert_eq!(
            Failure::of_sdk(OPERATION, &error).to_string(),
            "`DoThings` failed: dispatch failure: io error: connection reset"
        );
    }
}
