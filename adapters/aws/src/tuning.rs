//! How often and how long a request is tried.

use std::time::Duration;

use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::{
    retry::{RetryConfig, RetrySpec},
    timeout::TimeoutConfig,
};
use aws_types::SdkConfig;

/// How often and how long a request of a few kilobytes is tried. The default is meant for a function that has 15
/// seconds.
///
/// Requests that fail for a passing reason (no connection, no answer in time, status 500, 502, 503 or 504, throttling)
/// are sent again by the SDK's standard retry: after pauses that double and of which a random part is waited, and out
/// of a budget that all requests of the process to one service share, so that an outage is not made worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// How often a request is sent at most, at least 1.
    pub attempts: u32,
    /// The pause before the second attempt at most.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long an attempt may take until its answer is there.
    pub attempt_timeout: Duration,
    /// How long a request may take with all its attempts and pauses.
    pub request_timeout: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
            attempt_timeout: Duration::from_secs(2),
            request_timeout: Duration::from_secs(5),
        }
    }
}

impl Tuning {
    /// `config` with these retries and time-outs in place of its own, and with the SDK's present behaviour unless it
    /// names one.
    pub fn applied_to(&self, config: &SdkConfig) -> SdkConfig {
        let retries = RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.first_pause)
            .with_max_backoff(self.longest_pause)
            // The other pause of this revision comes after errors that are not throttling.
            .with_retry_spec(
                RetrySpec::v2_1().with_non_throttling_initial_backoff(self.first_pause),
            );
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .operation_timeout(self.request_timeout)
            .build();
        let behavior = config.behavior_version();
        config
            .to_builder()
            .retry_config(retries)
            .timeout_config(timeouts)
            .behavior_version(behavior.unwrap_or_else(BehaviorVersion::latest))
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_fit_into_the_time_of_the_whole() {
        let Tuning {
            connect_timeout,
            attempt_timeout,
            request_timeout,
            ..
        } = Tuning::default();
        assert!(connect_timeout < attempt_timeout);
        assert!(2 * attempt_timeout < request_timeout);
    }

    #[test]
    fn what_the_caller_set_for_itself_stays() {
        let config = SdkConfig::builder()
            .endpoint_url("http://localhost")
            .build();
        let applied = Tuning::default().applied_to(&config);
        assert_eq!(applied.endpoint_url(), Some("http://localhost"));
        assert!(applied.behavior_version().is_some());
        assert_eq!(applied.retry_config().unwrap().max_attempts(), 5);
        assert!(applied.timeout_config().unwrap().has_timeouts());
    }
}
