//! Claims on idempotency keys.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    StoreError, Timestamp,
    idempotency::{Creation, IdempotencyClaim},
};

/// Stores claims on idempotency keys. What a request creates is stored with its claim by the store of what is created,
/// and the claims of all of them are the same claims: a key is one key, whatever it is used for.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Claims the key at `now` for a request that creates nothing but an answer, which `id` stands for.
    async fn claim(
        &self,
        claim: &IdempotencyClaim,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Creation, StoreError>;

    /// What a claim would be answered at `now` because an earlier request holds the key; `None` if the key is free or
    /// its claim has expired.
    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError>;
}
