//! Randomness and ids.

use uuid::Uuid;

use crate::Timestamp;

/// Makes ids and secrets.
#[cfg_attr(feature = "mock", mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A new UUIDv7 for `now`: later calls give greater values, also within one millisecond.
    fn uuid_v7(&self, now: Timestamp) -> Uuid;

    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}
