//! Faults in front of the objects that archives are made of.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{
    ObjectKey, StoreError,
    ports::{ArchiveObjects, ArchiveUpload, ByteSource, StoredPart},
};

use super::{Call, Faults};

/// Objects with faults in front of them.
pub struct FaultyObjects {
    inner: Arc<dyn ArchiveObjects>,
    faults: Arc<Faults>,
}

impl FaultyObjects {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<dyn ArchiveObjects>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl ArchiveObjects for FaultyObjects {
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let run = self.inner.read(key, etag, range);
        self.faults.around(Call::ReadObject, run).await
    }

    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        let run = self.inner.put(key, bytes);
        self.faults.around(Call::PutObject, run).await
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        let run = self.inner.begin(key);
        self.faults.around(Call::BeginUpload, run).await
    }

    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        let run = self.inner.put_part(upload, number, bytes);
        self.faults.around(Call::PutPart, run).await
    }

    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        let run = self.inner.copy_part(upload, number, source, etag, range);
        self.faults.around(Call::CopyPart, run).await
    }

    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let run = self.inner.complete(upload, parts);
        self.faults.around(Call::CompleteUpload, run).await
    }

    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let run = self.inner.abort_all(key);
        self.faults.around(Call::AbortUploads, run).await
    }
}
