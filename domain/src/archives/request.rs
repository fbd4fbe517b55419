//! Asking for an archive, once.

use std::time::Duration;

use super::{Archives, ArchivesError, Wanted};
use crate::{
    Caller, IdentityId, Scope, StoreError, Timestamp,
    archive::{ArchiveId, ArchiveName, Job, Progress, Selection, Status},
    idempotency::{Creation, IdempotencyClaim, Once},
    work::Work,
};

impl Archives {
    /// Asks for a zip of what is `wanted`. The same request repeated under the same key within 24 hours makes no
    /// second one and is answered as the first time; if no worker has begun yet, the worker is told again, for the
    /// first message may have been lost.
    ///
    /// Whoever may not read files or notes gets none in an archive either.
    pub async fn request(
        &self,
        caller: &Caller,
        wanted: Wanted,
        name: ArchiveName,
        once: Option<Once>,
    ) -> Result<Job, ArchivesError> {
        caller.require(Scope::ArchivesWrite)?;
        caller.require(Scope::FilesRead)?;
        if wanted.with_notes {
            caller.require(Scope::NotesRead)?;
        }
        let owner = &caller.identity;
        let now = self.clock.now();
        let claim = once.map(|once| once.claim(owner, now));
        // Before the files are looked for, which the first request has found.
        if let Some(claim) = &claim
            && let Some(earlier) = self.claims.claimed(claim, now).await?
        {
            return self.again(owner, name, earlier).await;
        }
        let (selection, total) = self.select(owner, wanted).await?;
        let id = ArchiveId::new(self.ids.uuid_v7(now));
        let job = Job::queued(owner.clone(), id, name, total, now);
        match self.create(&job, &selection, claim.as_ref()).await? {
            Creation::Stored => {}
            earlier => return self.again(owner, job.name, earlier).await,
        }
        if let Err(error) = self.send(&job).await {
            // Whoever has a key tells the worker by repeating the request; nobody else could.
            if claim.is_none() {
                self.store.delete(owner, id, job.version).await?;
            }
            return Err(ArchivesError::NotSent(error));
        }
        Ok(job)
    }

    /// Stores the job, in the place of one that nobody works on any more if need be.
    async fn create(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&IdempotencyClaim>,
    ) -> Result<Creation, ArchivesError> {
        let most = self.limits.jobs_under_way;
        let created = self.store.create(job, selection, claim, most).await;
        let Err(StoreError::PreconditionFailed) = created else {
            return Ok(created?);
        };
        self.give_up_stale(&job.owner, job.created_at).await?;
        match self.store.create(job, selection, claim, most).await {
            Err(StoreError::PreconditionFailed) => Err(ArchivesError::TooManyUnderWay { most }),
            created => Ok(created?),
        }
    }

    /// Ends those of the owner's jobs that no worker will end.
    async fn give_up_stale(&self, owner: &IdentityId, now: Timestamp) -> Result<(), StoreError> {
        for job in self.store.under_way(owner).await? {
            let version = job.version;
            let Ok(failed) = job.give_up(&self.limits, now) else {
                continue;
            };
            match self.store.replace(&failed, version).await {
                // It is not stale any more, or gone.
                Ok(()) | Err(StoreError::PreconditionFailed | StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What the first request was answered with.
    async fn again(
        &self,
        owner: &IdentityId,
        name: ArchiveName,
        earlier: Creation,
    ) -> Result<Job, ArchivesError> {
        let Creation::Replayed { id, created_at } = earlier else {
            return Err(ArchivesError::KeyReused);
        };
        let stored = self.store.get(owner, ArchiveId::new(id)).await?;
        let stored = stored.ok_or(ArchivesError::Deleted)?;
        if stored.status() == Status::Queued {
            self.send(&stored).await.map_err(ArchivesError::NotSent)?;
        }
        let total = Progress {
            files: stored.files_total,
            bytes: stored.bytes_total,
        };
        Ok(Job::queued(
            stored.owner,
            stored.id,
            name,
            total,
            created_at,
        ))
    }

    async fn send(&self, job: &Job) -> Result<(), StoreError> {
        let work = Work::Archive {
            identity_id: job.owner.clone(),
            archive_id: job.id,
        };
        self.queue.send(&work, Duration::ZERO).await
    }
}
