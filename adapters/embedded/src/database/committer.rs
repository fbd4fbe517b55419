//! The one thread that writes: each job in a transaction of its own, one flush for all that come together.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock, mpsc::Receiver},
    time::{Duration, Instant},
};

use notewarden_domain::StoreError;
use redb::{Durability, ReadableDatabase, WriteTransaction};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::{ROOM, View, company::Company, storage::Opener};

/// How long to leave a storage that does not recover alone.
const PAUSE: Duration = Duration::from_secs(1);

/// A write that waits for its answer.
pub(super) trait Job: Send {
    /// Runs in `transaction`, and says whether its changes are to be kept.
    fn run(&mut self, transaction: &WriteTransaction) -> bool;

    /// Answers, once it is known whether the group's changes are durable.
    fn answer(self: Box<Self>, group: &Result<(), Arc<redb::Error>>);
}

/// An operation, then its outcome, and who waits for it.
pub(super) struct Write<T, E, F> {
    op: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    _room: OwnedSemaphorePermit,
}

impl<T, E, F> Write<T, E, F> {
    pub(super) const fn new(
        op: F,
        answer: oneshot::Sender<Result<T, E>>,
        room: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            op: Some(op),
            outcome: None,
            answer,
            _room: room,
        }
    }
}

impl<T, E, F> Job for Write<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnOnce(&WriteTransaction) -> Result<T, E> + Send,
{
    fn run(&mut self, transaction: &WriteTransaction) -> bool {
        let Some(op) = self.op.take() else {
            return false;
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| op(transaction)))
            .unwrap_or_else(|_| Err(StoreError::unavailable("the write panicked").into()));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, group: &Result<(), Arc<redb::Error>>) {
        let not_run = || Err(StoreError::unavailable("the write did not run").into());
        let result = match group {
            Ok(()) => self.outcome.unwrap_or_else(not_run),
            Err(error) => Err(StoreError::unavailable(Arc::clone(error)).into()),
        };
        // Nobody may be waiting any more.
        drop(self.answer.send(result));
    }
}

pub(super) struct Committer {
    opener: Opener,
    database: Result<redb::Database, Broken>,
    view: Arc<RwLock<View>>,
    room: Arc<Semaphore>,
    jobs: Receiver<Box<dyn Job>>,
    company: Company,
}

/// A storage that failed, and has not recovered.
struct Broken {
    error: Arc<redb::Error>,
    retry_at: Instant,
}

/// Jobs that share a flush.
struct Group {
    jobs: Vec<Box<dyn Job>>,
    kept: u64,
    flush: Option<Duration>,
}

impl Committer {
    pub(super) fn new(
        opener: Opener,
        database: redb::Database,
        view: Arc<RwLock<View>>,
        room: Arc<Semaphore>,
        jobs: Receiver<Box<dyn Job>>,
    ) -> Self {
        Self {
            opener,
            database: Ok(database),
            view,
            room,
            jobs,
            company: Company::none(Instant::now()),
        }
    }

    /// Commits until the last sender is gone.
    pub(super) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            if let Err(broken) = &self.database
                && Instant::now() >= broken.retry_at
            {
                self.recover();
            }
            let mut group = Group {
                jobs: vec![first],
                kept: 0,
                flush: None,
            };
            let committed = self.commit(&mut group);
            if let Err(error) = &committed {
                self.see(|view| view.failure = Some(Arc::clone(error)));
            }
            let answered = group.jobs.len();
            let queued = (ROOM - self.room.available_permits()).saturating_sub(answered);
            let now = Instant::now();
            self.company.answered(answered, queued, group.flush, now);
            for job in group.jobs {
                job.answer(&committed);
            }
            if let (Err(error), Ok(_)) = (committed, &self.database) {
                tracing::error!(%error, "the database cannot be written");
                self.close(error);
                self.recover();
            }
        }
    }

    /// Runs the group's first job and those that come before the flush, and lets readers see what is durable.
    fn commit(&self, group: &mut Group) -> Result<(), Arc<redb::Error>> {
        let database = match &self.database {
            Ok(database) => database,
            Err(broken) => return Err(Arc::clone(&broken.error)),
        };
        self.write(database, group)?;
        if group.flush.is_some() {
            let snapshot = Arc::new(database.begin_read().map_err(redb::Error::from)?);
            self.see(|view| view.snapshot = snapshot);
            self.opener.committed(group.kept);
        }
        Ok(())
    }

    /// Commits each job's transaction in memory only, but for the last, which makes all of them durable. So
    /// whatever a job did before it failed is undone, and the others' changes are not.
    fn write(&self, database: &redb::Database, group: &mut Group) -> Result<(), redb::Error> {
        let mut in_memory = false;
        loop {
            let mut transaction = database.begin_write()?;
            let keep = group.run_last(&transaction);
            let is_last = !self.gather(group);
            match (keep, is_last) {
                (true, true) => return group.flush(transaction),
                (true, false) => {
                    transaction.set_durability(Durability::None)?;
                    transaction.commit()?;
                    in_memory = true;
                }
                (false, _) => transaction.abort()?,
            }
            if is_last {
                break;
            }
        }
        if in_memory {
            group.flush(database.begin_write()?)?;
        }
        Ok(())
    }

    /// Adds the next job to the group, if there is one or it is worth waiting for.
    fn gather(&self, group: &mut Group) -> bool {
        let next = self.jobs.try_recv().ok().or_else(|| {
            let patience = self.company.patience(group.jobs.len(), Instant::now())?;
            self.jobs.recv_timeout(patience).ok()
        });
        let came = next.is_some();
        group.jobs.extend(next);
        came
    }

    fn close(&mut self, error: Arc<redb::Error>) {
        // Nothing of the failed group may be left, also not in memory.
        self.database = Err(Broken {
            error,
            retry_at: Instant::now(),
        });
    }

    /// Opens the database anew, in the state of its last durable commit. Not after a failed flush: the system
    /// may then show pages that are not on the disk, and later commits would build on them.
    fn recover(&mut self) {
        let Err(broken) = &mut self.database else {
            return;
        };
        if self.opener.flush_failed() {
            return;
        }
        match self.opener.open("the data directory") {
            Ok((database, snapshot)) => {
                tracing::info!("the database can be written again");
                self.database = Ok(database);
                self.see(|view| {
                    view.snapshot = Arc::new(snapshot);
                    view.failure = None;
                });
            }
            Err(_) => broken.retry_at = Instant::now() + PAUSE,
        }
    }

    fn see(&self, change: impl FnOnce(&mut View)) {
        change(&mut self.view.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Group {
    fn run_last(&mut self, transaction: &WriteTransaction) -> bool {
        let keep = self.jobs.last_mut().is_some_and(|job| job.run(transaction));
        self.kept += u64::from(keep);
        keep
    }

    fn flush(&mut self, transaction: WriteTransaction) -> Result<(), redb::Error> {
        let start = Instant::now();
        transaction.commit()?;
        self.flush = Some(start.elapsed());
        Ok(())
    }
}
