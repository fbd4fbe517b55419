//! What the database is stored on: how it is opened and checked, and a meter of what is flushed.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use redb::{
    ReadTransaction, ReadableDatabase, StorageBackend, TableDefinition, TableError,
    backends::FileBackend,
};

use super::OpenError;

/// The memory for cached pages, in bytes: enough for the inner pages of a million notes and the leaves in use.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// The format of what the tables and blob files hold. A database of a greater one is refused.
const FORMAT: u32 = 1;
const FORMAT_TABLE: TableDefinition<'_, (), u32> = TableDefinition::new("format");

/// How much has been written since the database was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Writes that are durable.
    pub writes: u64,
    /// Durable commits, each of one or more writes.
    pub commits: u64,
    /// Flushes of the file: one a commit, and one more whenever the file has to grow.
    pub flushes: u64,
}

#[derive(Debug, Default)]
pub(super) struct Meter {
    writes: AtomicU64,
    commits: AtomicU64,
    flushes: AtomicU64,
    flush_failed: AtomicBool,
}

impl Meter {
    pub(super) fn counters(&self) -> Counters {
        Counters {
            writes: self.writes.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            flushes: self.flushes.load(Ordering::Relaxed),
        }
    }

    fn committed(&self, writes: u64) {
        self.writes.fetch_add(writes, Ordering::Relaxed);
        self.commits.fetch_add(1, Ordering::Relaxed);
    }
}

type OpenStorage = dyn Fn() -> io::Result<Metered> + Send;

/// Opens the database, at first and after an error.
pub(super) struct Opener {
    open: Box<OpenStorage>,
    meter: Arc<Meter>,
}

impl Opener {
    pub(super) fn new<S: StorageBackend>(
        open: impl Fn() -> io::Result<S> + Send + 'static,
        meter: Arc<Meter>,
    ) -> Self {
        let metered = Arc::clone(&meter);
        let open = move || {
            Ok(Metered {
                storage: Box::new(open()?),
                meter: Arc::clone(&metered),
            })
        };
        Self {
            open: Box::new(open),
            meter,
        }
    }

    /// Opens the database, repairs it if it was not closed, and checks that its format is known. `name` is
    /// where it is, for errors.
    pub(super) fn open(&self, name: &str) -> Result<(redb::Database, ReadTransaction), OpenError> {
        let unusable = |source| unusable(name, source);
        let storage = (self.open)().map_err(|source| OpenError::Io {
            path: name.to_owned(),
            source,
        })?;
        let database = builder().create_with_backend(storage);
        let database = database.map_err(|error| unusable(error.into()))?;
        match format(&database).map_err(unusable)? {
            Some(found) if found > FORMAT => Err(OpenError::Newer {
                path: name.to_owned(),
                found,
                known: FORMAT,
            }),
            Some(_) => Ok(()),
            None => mark_format(&database).map_err(unusable),
        }?;
        let snapshot = database.begin_read().map_err(|e| unusable(e.into()))?;
        Ok((database, snapshot))
    }

    /// Counts a durable commit of so many writes.
    pub(super) fn committed(&self, writes: u64) {
        self.meter.committed(writes);
    }

    /// Whether a flush has failed. What the file then holds is unknown to the operating system too: pages that
    /// never reached the disk may be read back as if they had.
    pub(super) fn flush_failed(&self) -> bool {
        self.meter.flush_failed.load(Ordering::Relaxed)
    }
}

/// Makes a new database in an empty file, in the present format, and closes it.
pub(super) fn create(file: FileBackend, name: &str) -> Result<(), OpenError> {
    let database = builder().create_with_backend(file);
    let database = database.map_err(|error| unusable(name, error.into()))?;
    mark_format(&database).map_err(|error| unusable(name, error))
}

/// Every commit is of redb's one-phase kind, as long as nothing else is asked for: one flush, and checksums
/// tell at the next start whether it was complete. The price is that a start after a kill reads the whole file,
/// under a second for a million notes; redb's quick repair would spare that, and flush twice a commit.
fn builder() -> redb::Builder {
    let mut builder = redb::Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn unusable(name: &str, source: redb::Error) -> OpenError {
    OpenError::Database {
        path: name.to_owned(),
        source,
    }
}

fn format(database: &redb::Database) -> Result<Option<u32>, redb::Error> {
    match database.begin_read()?.open_table(FORMAT_TABLE) {
        Ok(table) => Ok(table.get(())?.map(|format| format.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn mark_format(database: &redb::Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(FORMAT_TABLE)?.insert((), FORMAT)?;
    Ok(transaction.commit()?)
}

/// A storage whose flushes are counted.
#[derive(Debug)]
struct Metered {
    storage: Box<dyn StorageBackend>,
    meter: Arc<Meter>,
}

/// The data directory's lock stands for locks of the file, which are therefore not passed on.
impl StorageBackend for Metered {
    fn len(&self) -> io::Result<u64> {
        self.storage.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.storage.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.storage.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.meter.flushes.fetch_add(1, Ordering::Relaxed);
        self.storage.sync_data().inspect_err(|_| {
            self.meter.flush_failed.store(true, Ordering::Relaxed);
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.storage.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.storage.close()
    }
}
