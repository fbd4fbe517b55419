//! What is done later, by a worker.

use std::time::Duration;

use async_trait::async_trait;

use crate::{StoreError, work::Work};

/// A queue that gives what was sent to a worker: at least once, in no order, and again until it is done.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Sends `work`, which no worker sees before `delay` is over: at most 15 minutes.
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError>;
}
