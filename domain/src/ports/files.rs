//! Files in people's folders.

use async_trait::async_trait;

use crate::{ObjectKey, StoreError, Timestamp};

/// What is known of a stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    /// Its length in bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was stored.
    pub modified_at: Timestamp,
}

/// Stores files as objects.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait FileStore: Send + Sync {
    /// What is known of the object, or `None` if there is none.
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError>;

    /// Removes the object. An object that is not there counts as removed.
    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError>;
}
