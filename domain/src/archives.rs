//! The use cases of archives: asking for a zip of many files, following it, downloading it.
//!
//! A worker makes the zip later: these use cases check what is asked for, keep the job and tell the worker. As
//! everywhere, what is not the caller's does not exist.

mod request;
mod select;

use std::sync::Arc;

use crate::{
    Caller, Invalid, ObjectKey, Scope, StoreError,
    archive::{ArchiveId, Job, Limits, State, Status},
    caller::NotAllowed,
    file::ContentType,
    files::{LINK_LIFETIME, attachment},
    ports::{
        ArchivePage, ArchiveQuery, ArchiveStore, Clock, DownloadTerms, FileIndex, FileStore,
        IdSource, IdempotencyStore, LinkSigner, SignedLink, WorkQueue,
    },
};

pub use select::Wanted;

/// The most archives on one page of a list.
pub const MAX_PAGE_ARCHIVES: usize = 1_000;

/// How often a job is tried anew that a worker changed between reading and writing.
const ATTEMPTS: usize = 8;

/// What a person does with their archives.
#[derive(Clone)]
pub struct Archives {
    /// The jobs.
    pub store: Arc<dyn ArchiveStore>,
    /// The objects: files and zips.
    pub files: Arc<dyn FileStore>,
    /// What is known of all files.
    pub index: Arc<dyn FileIndex>,
    /// Links to zips.
    pub links: Arc<dyn LinkSigner>,
    /// The requests that are not to be done twice.
    pub claims: Arc<dyn IdempotencyStore>,
    /// The way to the worker.
    pub queue: Arc<dyn WorkQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// How much one person may ask for.
    pub limits: Limits,
}

impl Archives {
    /// A page of the caller's jobs, the latest first: up to `limit` of them, behind `after`.
    pub async fn list(
        &self,
        caller: &Caller,
        after: Option<ArchiveId>,
        limit: usize,
    ) -> Result<ArchivePage, ArchivesError> {
        caller.require(Scope::ArchivesRead)?;
        let query = ArchiveQuery {
            after,
            limit: limit.clamp(1, MAX_PAGE_ARCHIVES),
        };
        let page = self.store.list(&caller.identity, &query).await?;
        let jobs = page.jobs.into_iter().map(|job| self.as_of_now(job));
        Ok(ArchivePage {
            jobs: jobs.collect(),
            more: page.more,
        })
    }

    /// The job.
    pub async fn get(&self, caller: &Caller, id: ArchiveId) -> Result<Job, ArchivesError> {
        caller.require(Scope::ArchivesRead)?;
        Ok(self.as_of_now(self.current(caller, id).await?))
    }

    /// A link to the zip, which works as long as the zip is kept, and for [`LINK_LIFETIME`] at most.
    pub async fn download(
        &self,
        caller: &Caller,
        id: ArchiveId,
    ) -> Result<SignedLink, ArchivesError> {
        caller.require(Scope::ArchivesRead)?;
        let job = self.as_of_now(self.current(caller, id).await?);
        match job.state {
            State::Ready { .. } => {}
            State::Expired => return Err(ArchivesError::Expired),
            _ => return Err(ArchivesError::NotReady(job.status())),
        }
        let terms = DownloadTerms {
            content_disposition: attachment(job.name.as_str()),
            content_type: ContentType::of_stored(Some("application/zip")),
            lifetime: LINK_LIFETIME.min(job.expires_at.since(self.clock.now())),
        };
        let key = ObjectKey::archive(&job.owner, id);
        Ok(self.links.download(&key, &terms).await?)
    }

    /// Cancels the job if it waits or runs, and otherwise removes it with its zip.
    ///
    /// The zip goes first: should the process end in between, the job is still there to be removed.
    pub async fn delete(&self, caller: &Caller, id: ArchiveId) -> Result<(), ArchivesError> {
        caller.require(Scope::ArchivesWrite)?;
        for _ in 0..ATTEMPTS {
            let job = self.current(caller, id).await?;
            let version = job.version;
            let changed = match job.clone().cancel() {
                Ok(cancelled) if cancelled != job => self.store.replace(&cancelled, version).await,
                _ => {
                    self.files
                        .delete(&ObjectKey::archive(&job.owner, id))
                        .await?;
                    self.store.delete(&job.owner, id, version).await
                }
            };
            match changed {
                // Whoever else removed it has done what was asked for.
                Ok(()) | Err(StoreError::NotFound) => return Ok(()),
                Err(StoreError::PreconditionFailed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ArchivesError::Busy)
    }

    async fn current(&self, caller: &Caller, id: ArchiveId) -> Result<Job, ArchivesError> {
        let found = self.store.get(&caller.identity, id).await?;
        found.ok_or(ArchivesError::NotFound)
    }

    /// The job as it is by the clock, although nobody may have come yet to write it down: a zip whose time is over
    /// has expired, and what nobody works on any more has failed.
    fn as_of_now(&self, job: Job) -> Job {
        let now = self.clock.now();
        let ended = match job.state {
            State::Ready { .. } => job.clone().expire(now),
            _ => job.clone().give_up(&self.limits, now),
        };
        ended.unwrap_or(job)
    }
}

/// Why a use case of archives did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchivesError {
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller has no archive with this id.
    #[error("the archive does not exist")]
    NotFound,
    /// There is no zip to download, or none yet.
    #[error("the archive is {0}")]
    NotReady(Status),
    /// The zip was removed when its time was over.
    #[error("the archive has expired")]
    Expired,
    /// The archive that this very request asked for the first time was removed by its owner.
    #[error("the archive that was asked for under this idempotency key was deleted")]
    Deleted,
    /// As many jobs of the caller wait or run as are allowed.
    #[error("at most {most} archives may be under way at once")]
    TooManyUnderWay {
        /// How many are allowed.
        most: u32,
    },
    /// The idempotency key belongs to another request of the caller.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The caller's credentials do not reach this far.
    #[error(transparent)]
    Forbidden(#[from] NotAllowed),
    /// A worker changed the job each time it was about to be changed; the call may be repeated.
    #[error("the archive is being changed by a worker")]
    Busy,
    /// The worker cannot be told of the job; the call may be repeated.
    #[error("the worker cannot be told of the archive")]
    NotSent(#[source] StoreError),
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}
