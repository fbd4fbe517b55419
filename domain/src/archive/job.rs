//! An archive's job: who works on it, how far it is, and how it ended.

mod id;
mod state;
mod toll;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    id::{ArchiveId, ArchiveName},
    state::{Attempt, Failure, State, Status},
    toll::Toll,
};
use super::Limits;
use crate::{FileName, IdentityId, Timestamp, Version};

/// How long a finished zip is kept. A job that is not ready by then has failed.
pub const ARCHIVE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a worker that says nothing is taken to be at work.
pub const LEASE: Duration = Duration::from_secs(60);

/// How many missing files a job names. The zip's `MISSING.txt` names all.
pub const MAX_MISSING_NAMES: usize = 100;

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The files that are in the zip, or known to be missing.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Files that were selected and were gone when the zip was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    names: Vec<FileName>,
    count: u64,
}

impl Missing {
    /// One more.
    pub fn add(&mut self, name: &FileName) {
        self.count = self.count.saturating_add(1);
        if self.names.len() < MAX_MISSING_NAMES {
            self.names.push(name.clone());
        }
    }

    /// The first of them, at most [`MAX_MISSING_NAMES`].
    pub fn names(&self) -> &[FileName] {
        &self.names
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// Why a job is not moved on. The job stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has ended.
    #[error("the archive is {0}")]
    Over(Status),
    /// Another worker is at work on it, or has taken it over.
    #[error("another worker has the archive")]
    Taken,
    /// It was begun as often as is allowed.
    #[error("the archive was begun too often")]
    Exhausted,
    /// It is not ready, or not yet old enough to expire.
    #[error("the archive has not expired")]
    TooEarly,
    /// A worker reports fewer files or bytes than it did, or more than there are.
    #[error("the progress is not one of this archive")]
    Progress,
}

/// A person's archive and the job that makes it.
///
/// Each transition gives the job as it is afterwards, one [`Version`] on, or the reason why not. A store keeps
/// it only if the stored job is still of the version before: of two workers that claim a job at once, one wins.
/// A worker shows its [`Attempt`] with whatever it reports, so what a worker says that was taken for dead and
/// replaced counts for nothing. Ready, failed and cancelled are final; only a zip that is ready expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Whose it is.
    pub owner: IdentityId,
    /// Its id, unique for ever.
    pub id: ArchiveId,
    /// What the zip is called when it is downloaded.
    pub name: ArchiveName,
    /// How many files were selected.
    pub files_total: u64,
    /// How many bytes they had.
    pub bytes_total: u64,
    /// How far it is.
    pub progress: Progress,
    /// The files that were gone.
    pub missing: Missing,
    /// What the plan of the last worker expects.
    pub expected: Option<Toll>,
    /// What the zip has taken, once it is ready.
    pub actual: Option<Toll>,
    /// Where it is in its life.
    pub state: State,
    /// How often a worker has begun it.
    pub attempts: u32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the zip is removed, or the job given up.
    pub expires_at: Timestamp,
    /// How often it has been written; the precondition of changes.
    pub version: Version,
}

impl Job {
    /// A job that waits for a worker.
    pub fn queued(
        owner: IdentityId,
        id: ArchiveId,
        name: ArchiveName,
        selected: Progress,
        now: Timestamp,
    ) -> Self {
        Self {
            owner,
            id,
            name,
            files_total: selected.files,
            bytes_total: selected.bytes,
            progress: Progress::default(),
            missing: Missing::default(),
            expected: None,
            actual: None,
            state: State::Queued,
            attempts: 0,
            created_at: now,
            expires_at: now.plus(ARCHIVE_LIFETIME),
            version: Version::FIRST,
        }
    }

    /// Where it is in its life, as its owner sees it.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// The length of the zip in bytes, while there is one.
    pub fn size(&self) -> Option<u64> {
        match self.state {
            State::Ready { size, .. } => Some(size),
            _ => None,
        }
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<Failure> {
        match self.state {
            State::Failed { failure } => Some(failure),
            _ => None,
        }
    }

    /// A worker begins: it has the job until its lease ends without word from it. What another has done before
    /// does not count; the zip is made anew from its plan.
    ///
    /// # Errors
    /// [`Refused::Over`]; [`Refused::Taken`] while another's lease lasts; [`Refused::Exhausted`].
    pub fn claim(
        self,
        lease: Duration,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(Self, Attempt), Refused> {
        self.must_be_free(now)?;
        if self.attempts >= limits.attempts {
            return Err(Refused::Exhausted);
        }
        let attempts = self.attempts.saturating_add(1);
        let attempt = Attempt::new(attempts);
        let claimed = Self {
            attempts,
            progress: Progress::default(),
            missing: Missing::default(),
            expected: None,
            ..self.moved_to(State::Running {
                attempt,
                lease_until: now.plus(lease),
            })
        };
        Ok((claimed, attempt))
    }

    /// The worker has a plan, before it does anything of it; its lease starts again.
    ///
    /// # Errors
    /// As of [`report`](Self::report).
    pub fn plan(
        self,
        attempt: Attempt,
        expected: Toll,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        self.must_be_run_by(attempt)?;
        Ok(Self {
            expected: Some(expected),
            ..self.moved_to(State::Running {
                attempt,
                lease_until: now.plus(lease),
            })
        })
    }

    /// The worker is alive and so far; its lease starts again.
    ///
    /// # Errors
    /// [`Refused::Over`], also when the owner has cancelled: the worker stops and cleans up. [`Refused::Taken`];
    /// [`Refused::Progress`].
    pub fn report(
        self,
        attempt: Attempt,
        progress: Progress,
        missing: Missing,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        self.must_be_run_by(attempt)?;
        let is_onward = progress.files >= self.progress.files
            && progress.bytes >= self.progress.bytes
            && missing.count >= self.missing.count;
        let is_within = progress.files <= self.files_total && missing.count <= progress.files;
        if !is_onward || !is_within {
            return Err(Refused::Progress);
        }
        Ok(Self {
            progress,
            missing,
            ..self.moved_to(State::Running {
                attempt,
                lease_until: now.plus(lease),
            })
        })
    }

    /// The worker stops before the zip is ready, and leaves the job to another.
    ///
    /// # Errors
    /// [`Refused::Over`]; [`Refused::Taken`].
    pub fn release(self, attempt: Attempt) -> Result<Self, Refused> {
        self.must_be_run_by(attempt)?;
        Ok(self.moved_to(State::Queued))
    }

    /// The zip is there, of so many bytes, and has taken so much. Said again by the same worker, it changes nothing.
    ///
    /// # Errors
    /// [`Refused::Over`]; [`Refused::Taken`].
    pub fn finish(
        self,
        attempt: Attempt,
        size: u64,
        actual: Toll,
        now: Timestamp,
    ) -> Result<Self, Refused> {
        if matches!(self.state, State::Ready { attempt: by, .. } if by == attempt) {
            return Ok(self);
        }
        self.must_be_run_by(attempt)?;
        let progress = Progress {
            files: self.files_total,
            bytes: self.bytes_total.max(self.progress.bytes),
        };
        Ok(Self {
            progress,
            actual: Some(actual),
            expires_at: now.plus(ARCHIVE_LIFETIME),
            ..self.moved_to(State::Ready { attempt, size })
        })
    }

    /// The worker cannot make the zip, and neither could another.
    ///
    /// # Errors
    /// [`Refused::Over`]; [`Refused::Taken`].
    pub fn fail(self, attempt: Attempt, failure: Failure) -> Result<Self, Refused> {
        self.must_be_run_by(attempt)?;
        Ok(self.moved_to(State::Failed { failure }))
    }

    /// Nobody works on the job, and it was begun too often or has waited too long: it has failed.
    ///
    /// # Errors
    /// [`Refused::Over`]; [`Refused::Taken`] while a lease lasts; [`Refused::TooEarly`].
    pub fn give_up(self, limits: &Limits, now: Timestamp) -> Result<Self, Refused> {
        self.must_be_free(now)?;
        let failure = if self.attempts >= limits.attempts {
            Failure::Exhausted
        } else if now >= self.expires_at {
            Failure::TooLate
        } else {
            return Err(Refused::TooEarly);
        };
        Ok(self.moved_to(State::Failed { failure }))
    }

    /// The owner does not want it any more. The worker learns of it when it reports. Said again, it changes
    /// nothing.
    ///
    /// # Errors
    /// [`Refused::Over`] if it ended otherwise.
    pub fn cancel(self) -> Result<Self, Refused> {
        match self.state {
            State::Cancelled => Ok(self),
            State::Queued | State::Running { .. } => Ok(self.moved_to(State::Cancelled)),
            State::Ready { .. } | State::Failed { .. } | State::Expired => {
                Err(Refused::Over(self.status()))
            }
        }
    }

    /// The zip is removed. Said again, it changes nothing.
    ///
    /// # Errors
    /// [`Refused::TooEarly`] if it is not time or the zip was never ready; [`Refused::Over`] if it never will be.
    pub fn expire(self, now: Timestamp) -> Result<Self, Refused> {
        match self.state {
            State::Expired => Ok(self),
            State::Ready { .. } if now >= self.expires_at => Ok(self.moved_to(State::Expired)),
            State::Ready { .. } | State::Queued | State::Running { .. } => Err(Refused::TooEarly),
            State::Failed { .. } | State::Cancelled => Err(Refused::Over(self.status())),
        }
    }

    fn must_be_free(&self, now: Timestamp) -> Result<(), Refused> {
        match self.state {
            State::Queued => Ok(()),
            State::Running { lease_until, .. } if now >= lease_until => Ok(()),
            State::Running { .. } => Err(Refused::Taken),
            _ => Err(Refused::Over(self.status())),
        }
    }

    fn must_be_run_by(&self, worker: Attempt) -> Result<(), Refused> {
        match self.state {
            // A late worker may go on as long as nobody has taken over.
            State::Running { attempt, .. } if attempt == worker => Ok(()),
            State::Running { .. } | State::Queued => Err(Refused::Taken),
            _ => Err(Refused::Over(self.status())),
        }
    }

    fn moved_to(self, state: State) -> Self {
        Self {
            state,
            version: self.version.next(),
            ..self
        }
    }
}
