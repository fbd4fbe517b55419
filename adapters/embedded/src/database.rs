//! The database of a data directory: reads at one durable point, and writes that share a flush.

mod committer;
mod company;
mod directory;
mod fault;
mod storage;

use std::{
    fmt, io,
    path::Path,
    sync::{Arc, PoisonError, RwLock, mpsc},
    thread::{self, JoinHandle},
};

use notewarden_domain::StoreError;
use redb::{ReadTransaction, StorageBackend, WriteTransaction};
use tokio::sync::{Semaphore, oneshot};

use self::{
    committer::{Committer, Job, Write},
    storage::Meter,
};
pub use self::{
    directory::{DataDirectory, LOCK, OpenError},
    fault::{Fault, existing},
    storage::Counters,
};

/// The most writes that may be under way at once; more wait, first come, first served.
const ROOM: usize = 256;

/// What is answered after a panic on the committer's thread, outside of any write.
const STOPPED: &str = "the committer has stopped";

/// The database of one data directory. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    view: Arc<RwLock<View>>,
    meter: Arc<Meter>,
    room: Arc<Semaphore>,
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    committer: Option<JoinHandle<()>>,
    _directory: Option<DataDirectory>,
}

/// What readers see: the last durable commit. What is written but not yet flushed is never read, so nobody
/// learns of a change that a power failure could still undo.
struct View {
    snapshot: Arc<ReadTransaction>,
    /// Why nothing can be written at present.
    failure: Option<Arc<redb::Error>>,
}

impl Database {
    /// Opens or creates the database in `dir`, which it then owns until the last clone is dropped.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let name = dir.display().to_string();
        let directory = DataDirectory::claim(dir)?;
        directory.ensure_database_file(|file| storage::create(file, &name))?;
        let files = directory.clone();
        let open = move || files.open_database_file();
        Self::start(name, open, Some(directory))
    }

    /// Opens or creates the database on what `open` gives, which is called again to recover from an error
    /// of the storage: for tests that lose power or fill the disk.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn on_storage<S: StorageBackend>(
        open: impl Fn() -> io::Result<S> + Send + 'static,
    ) -> Result<Self, OpenError> {
        Self::start("a custom storage".to_owned(), open, None)
    }

    fn start<S: StorageBackend>(
        name: String,
        open: impl Fn() -> io::Result<S> + Send + 'static,
        directory: Option<DataDirectory>,
    ) -> Result<Self, OpenError> {
        let meter = Arc::new(Meter::default());
        let opener = storage::Opener::new(open, Arc::clone(&meter));
        let (database, snapshot) = opener.open(&name)?;
        let view = Arc::new(RwLock::new(View {
            snapshot: Arc::new(snapshot),
            failure: None,
        }));
        let room = Arc::new(Semaphore::new(ROOM));
        let (queue, jobs) = mpsc::channel();
        let committer =
            Committer::new(opener, database, Arc::clone(&view), Arc::clone(&room), jobs);
        let committer = thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || committer.run())
            .map_err(|source| OpenError::Io { path: name, source })?;
        Ok(Self {
            shared: Arc::new(Shared {
                view,
                meter,
                room,
                queue: Some(queue),
                committer: Some(committer),
                _directory: directory,
            }),
        })
    }

    /// Reads at one consistent point: after every write that has been answered, and before any that could
    /// still be undone. Runs on the calling thread: keep it short.
    ///
    /// # Errors
    /// What `op` answers.
    pub fn read<T>(
        &self,
        op: impl FnOnce(&ReadTransaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let snapshot = {
            let view = self.shared.view.read();
            Arc::clone(&view.unwrap_or_else(PoisonError::into_inner).snapshot)
        };
        op(&snapshot)
    }

    /// Runs `op` on the committer's thread, in a transaction of its own, and answers when its changes are
    /// durable. An `op` that fails, or panics, changes nothing, whatever it did before.
    ///
    /// Writes that come together share one flush; a lone one has a flush of its own at once. Once queued, `op`
    /// runs even if the future is dropped.
    ///
    /// # Errors
    /// What `op` answers, or `Unavailable`: then the changes may or may not have been made.
    pub async fn write<T, F>(&self, op: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
    {
        self.try_write(op).await
    }

    /// As [`write`](Self::write), of an `op` with refusals of its own.
    ///
    /// # Errors
    /// What `op` answers, or `Unavailable`: then the changes may or may not have been made.
    pub async fn try_write<T, E, F>(&self, op: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&WriteTransaction) -> Result<T, E> + Send + 'static,
    {
        let stopped = || StoreError::unavailable(STOPPED);
        let room = Arc::clone(&self.shared.room);
        let room = room.acquire_owned().await.map_err(|_| stopped())?;
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Write::new(op, answer, room));
        let queue = self.shared.queue.as_ref().ok_or_else(stopped)?;
        queue.send(job).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Whether the database can be read and, as far as is known, written.
    ///
    /// # Errors
    /// `Unavailable` with what happened.
    pub fn health(&self) -> Result<(), StoreError> {
        let view = self.shared.view.read();
        let failure = view.unwrap_or_else(PoisonError::into_inner).failure.clone();
        if let Some(failure) = failure {
            return Err(StoreError::unavailable(failure));
        }
        let committer = self.shared.committer.as_ref();
        if committer.is_none_or(JoinHandle::is_finished) {
            return Err(StoreError::unavailable(STOPPED));
        }
        self.read(|snapshot| {
            snapshot
                .list_tables()
                .map(drop)
                .map_err(StoreError::unavailable)
        })
    }

    /// What has been written since the database was opened.
    pub fn counters(&self) -> Counters {
        self.shared.meter.counters()
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Drop for Shared {
    /// Waits until what is queued is durable and the file is closed.
    fn drop(&mut self) {
        drop(self.queue.take());
        // A queued write may own the last clone; then this runs on the committer's own thread.
        if let Some(committer) = self.committer.take()
            && committer.thread().id() != thread::current().id()
        {
            drop(committer.join());
        }
    }
}
