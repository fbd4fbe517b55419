//! A worker's hold on a job: every change of it goes through here, and says when the job is another's.

use std::{sync::Arc, time::Duration};

use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    archive::{ArchiveId, Attempt, Job, LEASE, Limits, Refused, State},
    ports::{ArchiveStore, Clock},
};
use tokio::{sync::Mutex, time::sleep};

use crate::{assembly::Tally, retry::patiently};

/// How often a job is looked at while it is worked on. An owner who cancels waits no longer than a second.
const LOOK: Duration = Duration::from_millis(700);

/// Why a worker does not have the job any more, or never had it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    /// There is no such job.
    #[error("there is no such archive")]
    Gone,
    /// It is not for this worker.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody knows.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Replaces a job by what `change` makes of it, whatever others do meanwhile. If the answer of the store is lost, and
/// nobody else can have made of the job what `change` did, because it `is_ours`, it is found to be stored.
async fn change<T>(
    archives: &dyn ArchiveStore,
    mut job: Job,
    is_ours: bool,
    mut change: impl FnMut(Job) -> Result<(Job, T), Refused>,
) -> Result<(Job, T), Lost> {
    loop {
        let before = job.version;
        let (changed, with) = change(job.clone())?;
        if changed.version == before {
            return Ok((changed, with));
        }
        match patiently(|| archives.replace(&changed, before)).await {
            Ok(()) => return Ok((changed, with)),
            Err(StoreError::NotFound) => return Err(Lost::Gone),
            Err(StoreError::PreconditionFailed) => {}
            Err(error) => return Err(error.into()),
        }
        let (owner, id) = (&changed.owner, changed.id);
        let now = patiently(|| archives.get(owner, id)).await?;
        job = now.ok_or(Lost::Gone)?;
        if is_ours && job == changed {
            return Ok((changed, with));
        }
    }
}

/// A job that a worker has.
pub(super) struct Claim {
    archives: Arc<dyn ArchiveStore>,
    clock: Arc<dyn Clock>,
    job: Mutex<Job>,
    attempt: Attempt,
    /// When the attempt began.
    pub began_at: Timestamp,
}

impl Claim {
    /// Takes the job, or ends it if it was begun too often or waited too long: then it is [`Refused::Over`].
    pub async fn take(
        archives: &Arc<dyn ArchiveStore>,
        clock: &Arc<dyn Clock>,
        limits: &Limits,
        (owner, id): (&IdentityId, ArchiveId),
    ) -> Result<Self, Lost> {
        let job = patiently(|| archives.get(owner, id)).await?;
        let job = job.filter(|job| job.owner == *owner).ok_or(Lost::Gone)?;
        let now = clock.now();
        // Another worker that claims it in the same millisecond makes the same of it.
        let (job, attempt) = change(&**archives, job, false, |job| {
            if let Ok(given_up) = job.clone().give_up(limits, now) {
                return Ok((given_up, None));
            }
            let (job, attempt) = job.claim(LEASE, limits, now)?;
            Ok((job, Some(attempt)))
        })
        .await?;
        let Some(attempt) = attempt else {
            return Err(Refused::Over(job.status()).into());
        };
        Ok(Self {
            archives: archives.clone(),
            clock: clock.clone(),
            job: Mutex::new(job),
            attempt,
            began_at: now,
        })
    }

    /// The worker's number.
    pub const fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// The job as this worker knows it.
    pub async fn job(&self) -> Job {
        self.job.lock().await.clone()
    }

    /// Changes the job.
    pub async fn change(
        &self,
        mut with: impl FnMut(Job, Attempt, Timestamp) -> Result<Job, Refused>,
    ) -> Result<(), Lost> {
        let mut job = self.job.lock().await;
        let now = self.clock.now();
        let attempt = self.attempt;
        let changing = change(&*self.archives, job.clone(), true, |job| {
            Ok((with(job, attempt, now)?, ()))
        });
        let (changed, ()) = changing.await?;
        *job = changed;
        Ok(())
    }

    /// Says how far the worker is; for a lease from now the job is its own.
    pub async fn report(&self, tally: &Tally) -> Result<(), Lost> {
        self.change(|job, attempt, now| {
            let mut progress = tally.progress();
            // What is made anew has been counted before.
            progress.files = progress.files.min(job.files_total).max(job.progress.files);
            progress.bytes = progress.bytes.min(job.bytes_total).max(job.progress.bytes);
            let mut missing = tally.missing();
            if missing.count() <= job.missing.count() {
                missing.clone_from(&job.missing);
            }
            progress.files = progress.files.max(missing.count());
            job.report(attempt, progress, missing, LEASE, now)
        })
        .await
    }

    /// Reports again and again, until the job is another's or nobody's.
    pub async fn keep(&self, tally: &Tally) -> Lost {
        let mut reported = None;
        let mut leased_at = self.clock.now();
        loop {
            sleep(LOOK).await;
            let progress = tally.progress();
            let is_due = self.clock.now().since(leased_at) > LEASE / 3;
            let result = if reported != Some(progress) || is_due {
                reported = Some(progress);
                leased_at = self.clock.now();
                self.report(tally).await
            } else {
                self.look().await
            };
            match result {
                Ok(()) => {}
                Err(Lost::Store(error)) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the progress of an archive was not stored");
                }
                Err(lost) => return lost,
            }
        }
    }

    /// Is the job still this worker's?
    async fn look(&self) -> Result<(), Lost> {
        let job = self.job().await;
        let now = patiently(|| self.archives.get(&job.owner, job.id)).await?;
        match now.ok_or(Lost::Gone)?.state {
            State::Running { attempt, .. } if attempt == self.attempt => Ok(()),
            State::Running { .. } | State::Queued => Err(Refused::Taken.into()),
            state => Err(Refused::Over(state.status()).into()),
        }
    }
}
