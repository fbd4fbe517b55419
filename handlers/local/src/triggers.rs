//! Lambda triggers without Lambda: a program that reads an event and writes its answer, or a URL of this machine that
//! takes one and gives the other, as Lambda's own emulators do.

mod program;
mod settings;
mod url;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use notewarden_userpool::triggers::{EventVersion, Trigger, TriggerFailure, TriggerHost};
use serde_json::Value;
use tokio::{sync::Semaphore, time::timeout};

pub use self::settings::TriggersError;
use self::{
    program::Program,
    settings::{Function, Target},
    url::FunctionUrl,
};

/// How long a function may take, which is what Cognito waits.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// The longest answer, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// The longest message of a function's error that clients are told, in characters.
const MAX_MESSAGE: usize = 1_024;
/// How many functions run at once: anybody may sign up.
const MOST_CALLS: usize = 16;

/// The functions of a file.
pub struct Triggers {
    functions: settings::Functions,
    room: Arc<Semaphore>,
    time_limit: Duration,
}

impl Triggers {
    /// Reads which functions there are from the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or does not say what it must.
    pub fn read(path: &Path) -> Result<Self, TriggersError> {
        Ok(Self {
            functions: settings::read(path)?,
            room: Arc::new(Semaphore::new(MOST_CALLS)),
            time_limit: TIME_LIMIT,
        })
    }

    /// As [`read`](Self::read), with another time limit: for tests of it.
    #[cfg(test)]
    fn with_time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    fn function(&self, trigger: Trigger) -> Option<&Function> {
        self.functions.get(&trigger)
    }
}

#[async_trait]
impl TriggerHost for Triggers {
    fn version(&self, trigger: Trigger) -> Option<EventVersion> {
        self.function(trigger).map(|function| function.version)
    }

    async fn call(&self, trigger: Trigger, event: Value) -> Result<Value, TriggerFailure> {
        let Some(function) = self.function(trigger) else {
            return Err(TriggerFailure::NoAnswer("there is no function".to_owned()));
        };
        let called = timeout(self.time_limit, async {
            // Nothing closes the room.
            let _place = self.room.acquire().await;
            match &function.target {
                Target::Program(program) => program.call(&event).await,
                Target::Url(url) => url.call(&event).await,
            }
        });
        let answer = match called.await {
            Ok(answer) => answer.and_then(|answer| read_answer(&answer)),
            Err(_) => Err(TriggerFailure::NoAnswer(format!(
                "it took longer than {} s",
                self.time_limit.as_secs_f32()
            ))),
        };
        if let Err(failure) = &answer {
            tracing::warn!(
                trigger = trigger.as_str(),
                error = failure as &dyn std::error::Error,
                "a trigger's function did not do what it was called for"
            );
        }
        answer
    }
}

/// The event that a function has answered with.
fn read_answer(bytes: &[u8]) -> Result<Value, TriggerFailure> {
    let answer: Value = serde_json::from_slice(bytes)
        .map_err(|_| TriggerFailure::InvalidAnswer("it is not valid json".to_owned()))?;
    if !answer.is_object() {
        let reason = "it is not a json object";
        return Err(TriggerFailure::InvalidAnswer(reason.to_owned()));
    }
    match error_in(&answer) {
        Some(message) => Err(TriggerFailure::Refused(message)),
        None => Ok(answer),
    }
}

/// The message of an error, as Lambda's runtimes write one.
fn error_in(answer: &Value) -> Option<String> {
    let message = answer.get("errorMessage")?.as_str()?;
    let is_event = answer.get("response").is_some();
    let told = message.chars().filter(|c| !c.is_control());
    (!is_event).then(|| told.take(MAX_MESSAGE).collect())
}

#[cfg(test)]
mod tests;
