//! The order of effects: bytes, their names, and only then the database.

use std::{
    fs::File,
    path::Path,
    sync::{Mutex, OnceLock},
};

use futures_util::StreamExt;

use super::*;
use crate::blobs::BlobFile;

/// Writes down what happens, and fails one kind of it if told to.
#[derive(Debug, Default)]
struct Recorder {
    log: Arc<Mutex<Vec<&'static str>>>,
    failing: Mutex<Option<&'static str>>,
    database: OnceLock<Database>,
}

impl Recorder {
    fn note(&self, what: &'static str) -> io::Result<()> {
        self.log.lock().unwrap().push(what);
        if *self.failing.lock().unwrap() == Some(what) {
            return Err(io::Error::other("the disk is broken"));
        }
        Ok(())
    }

    fn is_committed(&self, key: &str) -> bool {
        let database = self.database.get().unwrap();
        database
            .read(|transaction| tables::object(transaction, key))
            .unwrap()
            .is_some()
    }
}

impl BlobFs for Recorder {
    fn create(&self, path: &Path) -> io::Result<Box<dyn BlobFile>> {
        self.note("create")?;
        assert_eq!(
            path.extension().unwrap(),
            "tmp",
            "bytes are written under a temporary name"
        );
        let log = Arc::clone(&self.log);
        let failing = *self.failing.lock().unwrap();
        Ok(Box::new(Recorded {
            file: OsFs.create(path)?,
            log,
            failing,
        }))
    }
    fn open(&self, path: &Path) -> io::Result<File> {
        OsFs.open(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.note("rename")?;
        OsFs.rename(from, to)
    }
    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        assert!(
            !self.is_committed("k"),
            "the object came before the name of its bytes"
        );
        self.note("sync directory")?;
        OsFs.sync_dir(dir)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        OsFs.remove(path)
    }
    fn names(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        OsFs.names(dir)
    }
}

#[derive(Debug)]
struct Recorded {
    file: Box<dyn BlobFile>,
    log: Arc<Mutex<Vec<&'static str>>>,
    failing: Option<&'static str>,
}

impl Recorded {
    fn note(&self, what: &'static str) -> io::Result<()> {
        self.log.lock().unwrap().push(what);
        if self.failing == Some(what) {
            Err(io::Error::other("the disk is full"))
        } else {
            Ok(())
        }
    }
}

impl io::Write for Recorded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note("write")?;
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl BlobFile for Recorded {
    fn sync(&self) -> io::Result<()> {
        self.note("sync")?;
        self.file.sync()
    }
}

async fn recorded() -> (Arc<Recorder>, Fixture) {
    let recorder = Arc::new(Recorder::default());
    let fixture = Fixture::on(Arc::clone(&recorder) as Arc<dyn BlobFs>).await;
    recorder.database.set(fixture.database.clone()).unwrap();
    (recorder, fixture)
}

#[tokio::test]
async fn bytes_are_synced_and_named_before_the_object_is() {
    let (recorder, fixture) = recorded().await;
    fixture.put("k", &pattern(100_000)).await;
    assert!(recorder.is_committed("k"));
    let mut log = recorder.log.lock().unwrap().clone();
    log.dedup();
    assert_eq!(log, ["create", "write", "sync", "rename", "sync directory"]);
}

#[tokio::test]
async fn small_bytes_share_the_flush_of_the_database() {
    let (recorder, fixture) = recorded().await;
    let flushes = fixture.database.counters().flushes;
    fixture.put("k", &pattern(INLINE_BYTES)).await;
    assert_eq!(fixture.database.counters().flushes, flushes + 1);
    assert_eq!(recorder.log.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_failing_disk_stores_nothing_and_leaves_nothing() {
    for failing in ["create", "write", "sync", "rename", "sync directory"] {
        let (recorder, fixture) = recorded().await;
        *recorder.failing.lock().unwrap() = Some(failing);
        let outcome = fixture
            .objects
            .put("k", chunks(&pattern(100_000)), PutOptions::default())
            .await;
        assert!(
            matches!(outcome, Err(ObjectError::Store(_))),
            "{failing}: {outcome:?}"
        );
        assert!(!recorder.is_committed("k"), "{failing}");
        assert_eq!(fixture.files(), Vec::<PathBuf>::new(), "{failing}");
        *recorder.failing.lock().unwrap() = None;
        fixture.put("k", &pattern(100_000)).await;
    }
}

#[tokio::test]
async fn objects_are_there_after_a_restart() {
    let fixture = Fixture::new().await;
    let bytes = pattern(300_000);
    fixture.put("big", &bytes).await;
    fixture.put("small", b"small").await;
    let Fixture {
        objects,
        database,
        dir,
    } = fixture;
    drop((objects, database));
    let database = Database::open(dir.path()).unwrap();
    let clock = Arc::new(FixedClock::at(NOON));
    let ids = Arc::new(SeededIds::new(8));
    let objects = Objects::open(database.clone(), dir.path(), clock, ids)
        .await
        .unwrap();
    let fixture = Fixture {
        objects,
        database,
        dir,
    };
    assert!(fixture.read("big").await.unwrap() == bytes);
    assert_eq!(fixture.read("small").await.unwrap(), b"small");
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_file() {
    let fixture = Fixture::new().await;
    let endless =
        stream::iter([Ok::<_, io::Error>(Bytes::from(pattern(900_000)))]).chain(stream::pending());
    let objects = fixture.objects.clone();
    let put = tokio::spawn(async move { objects.put("k", endless, PutOptions::default()).await });
    while fixture.files().is_empty() {
        tokio::task::yield_now().await;
    }
    put.abort();
    while !fixture.files().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(fixture.read("k").await, None);
}
