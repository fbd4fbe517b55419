//! What can go wrong on the way to DynamoDB, and what that is to the port.

use std::{error::Error, fmt};

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use notewarden_domain::StoreError;

/// Error codes of requests that went over a table's, a partition's or the account's throughput.
const THROTTLED: [&str; 5] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    // As reasons why a transaction was cancelled.
    "ProvisionedThroughputExceeded",
    "ThrottlingError",
];

/// Error codes of requests whose credentials are not good, or not good enough.
const DENIED: [&str; 7] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
];

/// Why a call did not come to its answer.
#[derive(Debug)]
pub(crate) enum Fault {
    Denied(Failure),
    Throttled(Failure),
    Unavailable(Failure),
    /// What the port has its own word for.
    Store(StoreError),
}

/// A failed request, in words that hold nothing of its items.
#[derive(Debug)]
pub(crate) struct Failure {
    operation: &'static str,
    cause: String,
    request_id: Option<String>,
}

impl Failure {
    pub(crate) fn new(
        operation: &'static str,
        cause: impl Into<String>,
        request_id: Option<&str>,
    ) -> Self {
        Self {
            operation,
            cause: cause.into(),
            request_id: request_id.map(str::to_owned),
        }
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

impl Fault {
    /// The error that the SDK answered `operation` with. Its `Debug` would show the raw answer, and with it notes:
    /// only its codes and sentences are kept.
    pub(crate) fn of_sdk<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let code = error.code().unwrap_or_default();
        let cause = match error {
            SdkError::ServiceError(answer) if !code.is_empty() => {
                let message = answer.err().message().unwrap_or("no message");
                format!("{code}: {message}")
            }
            SdkError::ServiceError(answer) => {
                format!("status {}", answer.raw().status())
            }
            other => sentences(other),
        };
        Self::of_code(code, Failure::new(operation, cause, error.request_id()))
    }

    /// The failure of a request that was answered with the error `code`.
    pub(crate) fn of_code(code: &str, failure: Failure) -> Self {
        if THROTTLED.contains(&code) {
            Self::Throttled(failure)
        } else if DENIED.contains(&code) {
            Self::Denied(failure)
        } else {
            Self::Unavailable(failure)
        }
    }
}

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

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            // These two words of the port have no room for a cause, so this is where it is told.
            Fault::Denied(failure) => {
                tracing::error!(%failure, "DynamoDB refuses the function's credentials");
                Self::Denied
            }
            Fault::Throttled(failure) => {
                tracing::warn!(%failure, "DynamoDB throttles");
                Self::Throttled
            }
            Fault::Unavailable(failure) => Self::unavailable(failure),
            Fault::Store(error) => error,
        }
    }
}
