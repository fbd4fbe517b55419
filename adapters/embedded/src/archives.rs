//! Jobs of archives, in tables whose keys start with the owner, and in the order in which they come due.

mod item;
mod tables;

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Timestamp, Version,
    archive::{ArchiveId, Job, Selection},
    idempotency::{Creation, IdempotencyClaim},
    ports::{ArchivePage, ArchiveQuery, ArchiveStore},
};

use self::tables::Written;
use crate::{claims, database::Database};

/// Archives in the database of a data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedArchives {
    database: Database,
}

impl EmbeddedArchives {
    /// The archives in `database`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Up to `limit` jobs whose time is over at `now`, the longest overdue first: zips to be removed and jobs to be
    /// given up while they wait, run or are ready, and what may be forgotten once they have ended otherwise. It costs
    /// the same however many jobs there are.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Job>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::due(transaction, now, limit)?))
    }
}

#[async_trait]
impl ArchiveStore for EmbeddedArchives {
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&'a IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError> {
        let (written, selection) = (Written::new(job)?, item::encode_selection(selection)?);
        let (claim, created_at) = (claim.cloned(), job.created_at);
        let create = move |transaction: &_| {
            if let Some(claim) = &claim {
                let id = written.id.as_uuid();
                if let Some(earlier) = claims::claim(transaction, claim, id, created_at)? {
                    return Ok(earlier);
                }
            }
            tables::create(transaction, &written, &selection, most_under_way)?;
            Ok(Creation::Stored)
        };
        self.database.write(create).await
    }

    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::get(transaction, owner, id)?))
    }

    async fn selection(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::selection(transaction, owner, id)?))
    }

    async fn list(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError> {
        self.database
            .read(|transaction| Ok(tables::list(transaction, owner, query)?))
    }

    async fn under_way(&self, owner: &IdentityId) -> Result<Vec<Job>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::under_way(transaction, owner)?))
    }

    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        let written = Written::new(job)?;
        let replace = move |transaction: &_| Ok(tables::replace(transaction, &written, expected)?);
        self.database.write(replace).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let owner = owner.clone();
        let delete = move |transaction: &_| Ok(tables::delete(transaction, &owner, id, expected)?);
        self.database.write(delete).await
    }
}
