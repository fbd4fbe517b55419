//! API keys.

use async_trait::async_trait;

use crate::{
    IdentityId, StoreError, Timestamp,
    api_key::{ApiKey, ApiKeyId},
};

/// Stores API keys, with the hashes of their secrets. What has been answered is durable, and seen by every later call.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ApiKeyStore: Send + Sync {
    /// Stores a new key; `AlreadyExists` if anybody has one with its id.
    async fn create(&self, key: &ApiKey) -> Result<(), StoreError>;

    /// The key with this id, whoever has it.
    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError>;

    /// Every key of `owner`, in no particular order.
    async fn list(&self, owner: &IdentityId) -> Result<Vec<ApiKey>, StoreError>;

    /// Notes that the key was used at `at`; `NotFound` if `owner` has no such key.
    async fn note_use(
        &self,
        owner: &IdentityId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Removes the key; `NotFound` if `owner` has no such key, whoever else has.
    async fn delete(&self, owner: &IdentityId, id: ApiKeyId) -> Result<(), StoreError>;
}
