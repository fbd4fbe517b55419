//! The work queue of the domain.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use notewarden_aws::{Deferred, Failure, Tuning, store_error};
use notewarden_domain::{StoreError, ports::WorkQueue, work::Work};

const SEND: &str = "SendMessage";

/// The longest that SQS holds a message back, in seconds.
const LONGEST_DELAY: i32 = 15 * 60;

/// A queue that a worker is started for. Clones share one client.
///
/// A message whose answer is lost is sent again, and so may arrive twice, as any message may.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Deferred<Client>,
    url: String,
}

impl SqsQueue {
    /// The queue with this URL, in the account and region of `config`.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> Self {
        Self::tuned(config, url, &Tuning::default())
    }

    /// The queue with this URL, where requests are tried as often and as long as `tuning` says.
    pub fn tuned(config: &SdkConfig, url: impl Into<String>, tuning: &Tuning) -> Self {
        let config = tuning.applied_to(config);
        Self {
            client: Deferred::new(move || Client::new(&config)),
            url: url.into(),
        }
    }
}

#[async_trait]
impl WorkQueue for SqsQueue {
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError> {
        let Some(seconds) = whole_seconds(delay) else {
            let cause = format!("a delay of {delay:?} is longer than 15 minutes");
            return Err(StoreError::unavailable(Failure::new(SEND, cause)));
        };
        let message = self.client.send_message().queue_url(&self.url);
        let message = message.message_body(work.message()).delay_seconds(seconds);
        match message.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(store_error(SEND, &error)),
        }
    }
}

/// The delay as SQS takes it, rounded up: no worker may see the message before. `None` if it is too long.
fn whole_seconds(delay: Duration) -> Option<i32> {
    let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
    let seconds = i32::try_from(seconds).ok()?;
    (seconds <= LONGEST_DELAY).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_rounded_up_to_what_a_queue_takes() {
        let millis = Duration::from_millis;
        for (delay, seconds) in [
            (millis(0), Some(0)),
            (millis(1), Some(1)),
            (millis(1_000), Some(1)),
            (millis(1_001), Some(2)),
            (millis(900_000), Some(900)),
            (millis(900_001), None),
            (Duration::from_secs(u64::MAX - 1), None),
        ] {
            assert_eq!(whole_seconds(delay), seconds, "{delay:?}");
        }
    }
}
