//! A store of archives that is nothing but a map.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Version,
    archive::{ArchiveId, Job, Selection},
    idempotency::{Creation, IdempotencyClaim},
    ports::{ArchivePage, ArchiveQuery, ArchiveStore},
};
use uuid::Uuid;

use super::MemoryClaims;

/// Jobs of archives in memory.
#[derive(Debug, Default)]
pub struct MemoryArchives {
    claims: Arc<MemoryClaims>,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    archives: BTreeMap<(IdentityId, ArchiveId), (Job, Selection)>,
}

impl MemoryArchives {
    /// No archives yet, with claims that other stores have too.
    pub fn sharing(claims: Arc<MemoryClaims>) -> Self {
        Self {
            claims,
            ..Self::default()
        }
    }

    /// The job, if there is one.
    pub fn job(&self, owner: &IdentityId, id: ArchiveId) -> Option<Job> {
        let tables = self.lock();
        let stored = tables.archives.get(&(owner.clone(), id));
        stored.map(|(job, _)| job.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    /// The owner's jobs, the earliest first.
    fn of<'a>(&'a self, owner: &IdentityId) -> impl DoubleEndedIterator<Item = &'a Job> + use<'a> {
        let first = (owner.clone(), ArchiveId::new(Uuid::nil()));
        let last = (owner.clone(), ArchiveId::new(Uuid::max()));
        self.archives.range(first..=last).map(|(_, (job, _))| job)
    }

    fn under_way<'a>(&'a self, owner: &IdentityId) -> impl Iterator<Item = &'a Job> + use<'a> {
        self.of(owner).filter(|job| job.status().is_under_way())
    }

    /// The job to change, which must be at version `expected`.
    fn at_version(
        &mut self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<&mut Job, StoreError> {
        let key = (owner.clone(), id);
        let (job, _) = self.archives.get_mut(&key).ok_or(StoreError::NotFound)?;
        if job.version == expected {
            Ok(job)
        } else {
            Err(StoreError::PreconditionFailed)
        }
    }
}

#[async_trait]
impl ArchiveStore for MemoryArchives {
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&'a IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError> {
        let mut tables = self.lock();
        let mut claims = self.claims.lock();
        if let Some(earlier) = claim.and_then(|claim| claims.held(claim, job.created_at)) {
            return Ok(earlier);
        }
        let key = (job.owner.clone(), job.id);
        if tables.archives.contains_key(&key) {
            return Err(StoreError::AlreadyExists);
        }
        let most = usize::try_from(most_under_way).unwrap_or(usize::MAX);
        if tables.under_way(&job.owner).count() >= most {
            return Err(StoreError::PreconditionFailed);
        }
        tables
            .archives
            .insert(key, (job.clone(), selection.clone()));
        if let Some(claim) = claim {
            claims.hold(claim, job.id.as_uuid(), job.created_at);
        }
        Ok(Creation::Stored)
    }

    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError> {
        Ok(self.job(owner, id))
    }

    async fn selection(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        let tables = self.lock();
        let found = tables.archives.get(&(owner.clone(), id));
        Ok(found.map(|(_, selection)| selection.clone()))
    }

    async fn list(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError> {
        let tables = self.lock();
        let mut behind = tables
            .of(owner)
            .rev()
            .filter(|job| query.after.is_none_or(|after| job.id < after));
        let jobs = behind.by_ref().take(query.limit).cloned().collect();
        let more = behind.next().is_some();
        Ok(ArchivePage { jobs, more })
    }

    async fn under_way(&self, owner: &IdentityId) -> Result<Vec<Job>, StoreError> {
        Ok(self.lock().under_way(owner).cloned().collect())
    }

    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        *self.lock().at_version(&job.owner, job.id, expected)? = job.clone();
        Ok(())
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        tables.at_version(owner, id, expected)?;
        tables.archives.remove(&(owner.clone(), id));
        Ok(())
    }
}
