//! Lambda triggers: functions of the pool's owner that are asked while users sign up, are confirmed and get tokens.
//! What is known here are the events and the answers, as Cognito documents them; how a function is called is for the
//! [`TriggerHost`].

mod event;
mod pre_sign_up;
mod pre_token_generation;

use async_trait::async_trait;
use serde_json::Value;

pub(crate) use self::{
    event::{Event, Source, confirmed},
    pre_sign_up::PreSignUp,
    pre_token_generation::TokenChanges,
};

/// When a function is called, by its name in a user pool's `LambdaConfig`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    /// Before a user is made.
    PreSignUp,
    /// After a sign-up was confirmed, or a password reset with a code.
    PostConfirmation,
    /// Before tokens are signed.
    PreTokenGeneration,
}

impl Trigger {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreSignUp => "PreSignUp",
            Self::PostConfirmation => "PostConfirmation",
            Self::PreTokenGeneration => "PreTokenGeneration",
        }
    }
}

/// The version of an event. Only that of [`Trigger::PreTokenGeneration`] has another than the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventVersion {
    /// `V1_0`: tells of ID tokens.
    #[default]
    V1,
    /// `V2_0`: tells of access tokens too.
    V2,
}

/// Calls the functions of the pool's owner.
#[async_trait]
pub trait TriggerHost: Send + Sync {
    /// The version of the events that the function for `trigger` takes; none if there is no function.
    fn version(&self, trigger: Trigger) -> Option<EventVersion>;

    /// Calls the function for `trigger` with `event`, and gives back what it answers, of a bounded size and after a
    /// bounded time.
    ///
    /// # Errors
    /// See [`TriggerFailure`].
    async fn call(&self, trigger: Trigger, event: Value) -> Result<Value, TriggerFailure>;
}

/// Why a function did not do what it was called for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TriggerFailure {
    /// It answered with an error: this is its message, which the client is told.
    #[error("the function answered with an error: {0}")]
    Refused(String),
    /// It could not be called, or did not answer in time.
    #[error("the function did not answer: {0}")]
    NoAnswer(String),
    /// It answered something else than an event.
    #[error("the function's answer is not valid: {0}")]
    InvalidAnswer(String),
}

impl TriggerFailure {
    /// The answer's member at `path` is not what it must be.
    fn member(path: &str, must_be: &str) -> Self {
        Self::InvalidAnswer(format!("`{path}` must be {must_be}"))
    }
}

/// The member `name` of an answer's `response`; none if it is missing or null.
fn response<'a>(answer: &'a Value, name: &str) -> Result<Option<&'a Value>, TriggerFailure> {
    let response = match answer.get("response") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(response)) => response,
        Some(_) => return Err(TriggerFailure::member("response", "an object")),
    };
    Ok(response.get(name).filter(|value| !value.is_null()))
}
