//! One attempt at an archive: from the claim on its job to its end.

use std::{error::Error, sync::Arc, time::Duration};

use notewarden_domain::{
    IdentityId, ObjectKey, StoreError, Timestamp,
    archive::{ArchiveId, Failure, LEASE, Refused, Status},
};
use tokio::time::sleep;

use super::{
    Archiver, NotDone,
    claim::{Claim, Lost},
    notes,
    sources::Files,
};
use crate::{
    assembly::{Deflater, Halt, Inputs, Quiet, Tally, Tasks, assemble, toll_of},
    retry::patiently,
};

/// How hard is deflated, as `zip` does by itself.
const LEVEL: u32 = 6;

/// How often a zip is begun anew because files change, before the job is given up.
const RESTARTS: u32 = 8;

/// What is left of a worker's time to clean up.
const RESERVE: Duration = Duration::from_secs(2);

/// How an attempt ends that has not made the zip.
pub(super) enum End {
    /// The zip can never be made.
    Failed(Failure),
    /// The job is another's or nobody's.
    Lost(Lost),
    /// The worker stops, and the job is worth another attempt.
    Stopped(NotDone),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Stopped(NotDone::Store(error))
    }
}

impl From<Lost> for End {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Store(error) => error.into(),
            lost => Self::Lost(lost),
        }
    }
}

/// Why there is no zip of one plan.
pub(super) enum Stop {
    /// The attempt is over.
    End(End),
    /// Another plan may do.
    Halt(Halt),
}

impl From<End> for Stop {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// Claims the job and makes its zip, unless another does or there is none to make.
pub(super) async fn attempt(
    archiver: &Archiver,
    owner: &IdentityId,
    id: ArchiveId,
    until: Timestamp,
) -> Result<(), NotDone> {
    let key = ObjectKey::archive(owner, id);
    let Archiver {
        archives,
        clock,
        settings,
        ..
    } = archiver;
    let left = until.since(clock.now()).saturating_sub(RESERVE);
    if left.is_zero() {
        return Err(NotDone::Late);
    }
    let claim = match Claim::take(archives, clock, &settings.limits, (owner, id)).await {
        Ok(claim) => claim,
        Err(lost) => return archiver.leave(&key, lost).await,
    };
    let making = Making {
        archiver,
        claim: &claim,
        key: &key,
        tally: Arc::default(),
    };
    let (tasks, quiet) = Tasks::new();
    let ended = tokio::select! {
        ended = making.run(tasks) => ended,
        lost = claim.keep(&making.tally) => Err(End::Lost(lost)),
        () = sleep(left) => Err(End::Stopped(NotDone::Late)),
    };
    match ended {
        Ok(size) => making.finish(size).await,
        Err(end) => making.clean_up(end, quiet).await,
    }
}

impl Archiver {
    /// Leaves a job that is not this worker's, and the store as the job's state wants it.
    async fn leave(&self, key: &ObjectKey, lost: Lost) -> Result<(), NotDone> {
        match lost {
            Lost::Gone => Ok(self.clear(key).await?),
            Lost::Refused(Refused::Over(Status::Ready)) => {
                Ok(patiently(|| self.objects.abort_all(key)).await?)
            }
            Lost::Refused(Refused::Over(_)) => Ok(self.clear(key).await?),
            // Whoever has it cleans up, too.
            Lost::Refused(refused) => Err(NotDone::Refused(refused)),
            Lost::Store(error) => Err(error.into()),
        }
    }

    /// Removes what any attempt has left of the zip.
    async fn clear(&self, key: &ObjectKey) -> Result<(), StoreError> {
        patiently(|| self.objects.abort_all(key)).await?;
        patiently(|| self.files.delete(key)).await
    }
}

/// An attempt under way.
pub(super) struct Making<'a> {
    pub archiver: &'a Archiver,
    pub claim: &'a Claim,
    pub key: &'a ObjectKey,
    pub tally: Arc<Tally>,
}

impl Making<'_> {
    /// Makes the zip, and answers how long it is.
    async fn run(&self, tasks: Tasks) -> Result<u64, End> {
        let archiver = self.archiver;
        if self.claim.attempt().get() > 1 {
            archiver.clear(self.key).await?;
        }
        let job = self.claim.job().await;
        let owner = &job.owner;
        let selection = patiently(|| archiver.archives.selection(owner, job.id)).await?;
        let selection = selection.ok_or(End::Lost(Lost::Gone))?;
        let deflater = Arc::new(Deflater::new(LEVEL));
        let extra = if selection.with_notes {
            notes::entries(archiver, &deflater, owner, job.created_at).await?
        } else {
            Vec::new()
        };
        let mut files = Files::new(selection.names);
        for restart in 0..=RESTARTS {
            if restart > 0 {
                patiently(|| archiver.objects.abort_all(self.key)).await?;
                sleep(Duration::from_millis(50) * restart * restart).await;
            }
            files.look_up(archiver, owner).await?;
            self.tally.restart(files.missing());
            let planned = files
                .plan(owner, &extra, job.created_at, &archiver.settings)
                .map_err(End::Failed)?;
            let expected = toll_of(planned.plan.expected());
            self.claim
                .change(|job, attempt, now| job.plan(attempt, expected, LEASE, now))
                .await?;
            let inputs = Inputs {
                objects: archiver.objects.clone(),
                plan: planned.plan.clone(),
                made: planned.made.clone(),
                deflater: deflater.clone(),
                tally: self.tally.clone(),
            };
            let halt = match self.make(&inputs, &tasks).await {
                Ok(size) => return Ok(size),
                Err(Stop::End(end)) => return Err(end),
                Err(Stop::Halt(halt)) => halt,
            };
            tracing::info!(
                archive_id = %job.id,
                cause = &halt as &dyn Error,
                "an archive is begun anew"
            );
            match halt {
                Halt::Changed { entry } => {
                    files
                        .has_changed(archiver, owner, planned.file(entry))
                        .await?;
                }
                Halt::Mistaken { entry } => files.is_mistaken(planned.file(entry)),
                Halt::UploadOver => {}
                Halt::Store(error) => return Err(error.into()),
                halt => return Err(End::Stopped(NotDone::Assembly(halt))),
            }
        }
        Err(End::Failed(Failure::KeptChanging))
    }

    /// Makes the zip of one plan. Nothing of it is under way any more if that fails.
    async fn make(&self, inputs: &Inputs, tasks: &Tasks) -> Result<u64, Stop> {
        let (nested, quiet) = tasks.nested();
        match assemble(inputs, self.key, &nested).await {
            Ok((assembled, length)) => self.publish(assembled, length, tasks).await,
            Err(halt) => {
                drop(nested);
                quiet.wait().await;
                Err(halt.into())
            }
        }
    }

    /// The zip is there, of so many bytes.
    async fn finish(&self, size: u64) -> Result<(), NotDone> {
        let Self {
            archiver, claim, ..
        } = self;
        claim.report(&self.tally).await.ok();
        let time = archiver.clock.now().since(claim.began_at);
        let toll = self.tally.toll(&archiver.settings.terms, time);
        let finished = claim
            .change(|job, attempt, now| job.finish(attempt, size, toll, now))
            .await;
        match finished {
            // What another attempt may have begun since, and this one before it began anew.
            Ok(()) if claim.attempt().get() > 1 || self.tally.uploads() > 1 => {
                Ok(patiently(|| archiver.objects.abort_all(self.key)).await?)
            }
            Ok(()) => Ok(()),
            Err(lost) => archiver.leave(self.key, lost).await,
        }
    }

    /// There is no zip: nothing of it stays, and the job is left as `end` says.
    async fn clean_up(&self, end: End, quiet: Quiet) -> Result<(), NotDone> {
        quiet.wait().await;
        let archiver = self.archiver;
        if let End::Lost(lost) = end {
            return archiver.leave(self.key, lost).await;
        }
        // For a lease from now, what is there is this worker's.
        if let Err(lost) = self.claim.report(&self.tally).await {
            return archiver.leave(self.key, lost).await;
        }
        archiver.clear(self.key).await?;
        let left = match &end {
            End::Failed(failure) => self.claim.change(|job, by, _| job.fail(by, *failure)).await,
            _ => self.claim.change(|job, by, _| job.release(by)).await,
        };
        if let Err(lost) = left {
            return archiver.leave(self.key, lost).await;
        }
        let End::Stopped(not_done) = end else {
            return Ok(());
        };
        // Who began it the last time that is allowed also ends it.
        let limits = &archiver.settings.limits;
        match self
            .claim
            .change(|job, _, now| job.give_up(limits, now))
            .await
        {
            Ok(()) => {
                let cause = &not_done as &dyn Error;
                tracing::error!(key = %self.key, cause, "an archive is given up");
                Ok(())
            }
            Err(_) => Err(not_done),
        }
    }
}
