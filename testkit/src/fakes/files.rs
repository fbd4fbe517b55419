//! A file store that remembers what is known of each object, and nothing of its bytes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    ports::{FileMeta, FileStore},
};

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryFiles(Mutex<BTreeMap<ObjectKey, FileMeta>>);

impl MemoryFiles {
    /// Stores an object of `size` bytes at `key`, as an upload would.
    pub fn put(&self, key: &ObjectKey, size: u64, modified_at: Timestamp) {
        let etag = format!("{size:032x}");
        let meta = FileMeta {
            size,
            etag,
            modified_at,
        };
        self.lock().insert(key.clone(), meta);
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> Vec<ObjectKey> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, FileMeta>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FileStore for MemoryFiles {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        Ok(self.lock().get(key).cloned())
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.lock().remove(key);
        Ok(())
    }
}
