//! Jobs of archives.

use async_trait::async_trait;

use crate::{
    IdentityId, StoreError, Version,
    archive::{ArchiveId, Job, Selection},
    idempotency::{Creation, IdempotencyClaim},
};

/// Which of a person's archives to list: the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveQuery {
    /// Only those older than this one.
    pub after: Option<ArchiveId>,
    /// At most this many, at least 1.
    pub limit: usize,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchivePage {
    /// The jobs, the latest first.
    pub jobs: Vec<Job>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// Stores the jobs of archives, each with what it is of. Every call touches one person's archives only.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// Stores a new job with what it is of, and the claim on its idempotency key: all or nothing. A claim that has
    /// expired at the job's `created_at` counts as absent, and a claim of an earlier request is answered whatever
    /// else there is.
    ///
    /// # Errors
    /// `AlreadyExists` if the owner has an archive with this id; `PreconditionFailed` if `most_under_way` of the
    /// owner's jobs wait or run, which two requests at once do not get around.
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&'a IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError>;

    /// The job, or `None` if the owner has none with this id.
    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError>;

    /// What the job is of, or `None` if the owner has none with this id.
    async fn selection(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError>;

    /// A page of the owner's jobs.
    async fn list(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError>;

    /// The owner's jobs that wait or run, in no order.
    async fn under_way(&self, owner: &IdentityId) -> Result<Vec<Job>, StoreError>;

    /// Replaces the job that is at version `expected`.
    ///
    /// # Errors
    /// `NotFound` if there is none, `PreconditionFailed` if it is at another version.
    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError>;

    /// Forgets the job that is at version `expected`, and what it is of.
    ///
    /// # Errors
    /// `NotFound` if there is none, `PreconditionFailed` if it is at another version.
    async fn delete(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError>;
}
