//! How long the adapter tries, and the client that does so.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{
        BehaviorVersion, ConfigBag, Intercept, RuntimeComponents, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::{
    context::BeforeTransmitInterceptorContextRef, dyn_dispatch_hint,
};
use aws_types::SdkConfig;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// How long, and how often, a request is tried. The default is meant for a function that has 15 seconds.
///
/// Requests that fail for a passing reason (no connection, no answer in time, status 500 and 503, throttling) are
/// sent again by the SDK's standard retry: after pauses that double and of which a random part is waited, and out of
/// a budget that all requests of the process share, so that an outage is not made worse.
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
    /// How long an attempt may take until its answer is there as a whole: at most 1 MB.
    pub attempt_timeout: Duration,
    /// How long a request may take with all its attempts and pauses. A method of the store makes one or two
    /// requests, and a list one for each megabyte.
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
    /// A client with these settings, and all else as `config` has it.
    pub(crate) fn client(&self, config: &SdkConfig) -> Client {
        let retries = RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(self.first_pause)
            .with_max_backoff(self.longest_pause);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.connect_timeout)
            .operation_attempt_timeout(self.attempt_timeout)
            .operation_timeout(self.request_timeout)
            .build();
        let config = aws_sdk_dynamodb::config::Builder::from(config)
            .behavior_version(BehaviorVersion::v2026_01_12())
            .retry_config(retries)
            .timeout_config(timeouts)
            .build();
        Client::from_conf(config)
    }

    /// The pauses between attempts of a transaction that meets others, which the SDK does not repeat.
    pub(crate) fn pauses(&self) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .with_jitter()
            .build()
    }
}

/// Counts how often a request is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// Whether an attempt before the one that was answered may have had its effect: it was sent, and either its
    /// answer was lost, or it was an error that does not tell.
    pub(crate) fn are_several(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

#[dyn_dispatch_hint]
impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
