//! How often a request was sent, and the pauses before a write is tried again that the SDK does not repeat.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::{
    context::BeforeTransmitInterceptorContextRef, dyn_dispatch_hint,
};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use notewarden_aws::Tuning;

/// One less than the attempts: each doubles the last, and a random part of it is added.
pub(crate) fn pauses(tuning: &Tuning) -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(tuning.first_pause)
        .with_max_delay(tuning.longest_pause)
        .with_max_times(tuning.attempts.saturating_sub(1) as usize)
        .with_jitter()
        .build()
}

/// Counts how often the SDK sends a request.
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
