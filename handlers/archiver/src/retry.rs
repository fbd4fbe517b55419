//! Patience with stores: what may pass is tried again.

use std::{future::Future, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use notewarden_domain::StoreError;
use tokio::time::sleep;

/// The pauses between attempts, some three seconds together: the adapters have been patient before.
pub(crate) fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_factor(2.0)
        .with_max_times(5)
        .build()
}

/// May it go well the next time?
pub(crate) fn may_pass(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Throttled | StoreError::Unavailable { .. }
    )
}

/// Calls a store until it answers, or has failed too often.
pub(crate) async fn patiently<T, F>(mut call: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    for pause in pauses() {
        match call().await {
            Err(error) if may_pass(&error) => sleep(pause).await,
            answer => return answer,
        }
    }
    call().await
}
