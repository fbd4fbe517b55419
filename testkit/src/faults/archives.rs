//! Faults in front of archives and the way to their worker.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Version,
    archive::{ArchiveId, Job, Selection},
    idempotency::{Creation, IdempotencyClaim},
    ports::{ArchivePage, ArchiveQuery, ArchiveStore, WorkQueue},
    work::Work,
};

use super::{Call, Faults};

/// A store of archives with faults in front of it.
pub struct FaultyArchives {
    inner: Arc<dyn ArchiveStore>,
    faults: Arc<Faults>,
}

impl FaultyArchives {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<dyn ArchiveStore>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl ArchiveStore for FaultyArchives {
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&'a IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError> {
        let run = self.inner.create(job, selection, claim, most_under_way);
        self.faults.around(Call::CreateArchive, run).await
    }

    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError> {
        let run = self.inner.get(owner, id);
        self.faults.around(Call::ReadArchive, run).await
    }

    async fn selection(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        let run = self.inner.selection(owner, id);
        self.faults.around(Call::ReadArchive, run).await
    }

    async fn list(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError> {
        let run = self.inner.list(owner, query);
        self.faults.around(Call::ReadArchive, run).await
    }

    async fn under_way(&self, owner: &IdentityId) -> Result<Vec<Job>, StoreError> {
        let run = self.inner.under_way(owner);
        self.faults.around(Call::ReadArchive, run).await
    }

    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        let run = self.inner.replace(job, expected);
        self.faults.around(Call::ReplaceArchive, run).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let run = self.inner.delete(owner, id, expected);
        self.faults.around(Call::DeleteArchive, run).await
    }
}

/// A queue with faults in front of it.
pub struct FaultyQueue {
    inner: Arc<dyn WorkQueue>,
    faults: Arc<Faults>,
}

impl FaultyQueue {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<dyn WorkQueue>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl WorkQueue for FaultyQueue {
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError> {
        let run = self.inner.send(work, delay);
        self.faults.around(Call::Send, run).await
    }
}
