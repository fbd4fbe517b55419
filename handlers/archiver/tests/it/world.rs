//! A store, a person, and a worker.

use std::{io::Read, sync::Arc, time::Duration};

use bytes::Bytes;
use notewarden_archiver::{Archiver, JobError, Jobs, Settings};
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, Timestamp,
    archive::{
        ArchiveId, ArchiveName, Compression, Job, LEASE, Prices, Progress, Selection, StoreRules,
        Terms, Worker,
    },
    ports::Clock,
    work::Work,
};
use notewarden_testkit::{
    fakes::{FixedClock, MemoryNotes, SeededIds},
    fixtures::{NOON, identity},
};
use uuid::Uuid;
use zip::ZipArchive;

use crate::{
    content::{Content, Extent, Reader},
    store::{State, Store},
};

/// A world in which a part has 200 bytes and more, so that small files are composed.
pub fn small_terms() -> Terms {
    let scale = 200.0 / StoreRules::S3.min_part as f64;
    Terms {
        rules: StoreRules {
            min_part: 200,
            max_part: 4_000,
            ..StoreRules::S3
        },
        prices: Prices::AWS,
        worker: Worker {
            bandwidth: Worker::LAMBDA.bandwidth * scale,
            copy_bandwidth: Worker::LAMBDA.copy_bandwidth * scale,
            part_bytes: 640,
            copy_bytes: 1_000,
            ..Worker::LAMBDA
        },
    }
}

/// Bytes that no compressor makes shorter, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    use notewarden_domain::ports::IdSource;
    let mut bytes = vec![0; length];
    SeededIds::new(seed).fill(&mut bytes);
    bytes
}

pub struct World {
    pub store: Arc<Store>,
    pub notes: Arc<MemoryNotes>,
    pub clock: Arc<FixedClock>,
    pub owner: IdentityId,
    pub archiver: Archiver,
}

impl World {
    /// With S3's rules.
    pub fn new() -> Self {
        Self::with(Settings::default(), true)
    }

    /// With small parts, where everything is stored.
    pub fn small() -> Self {
        let settings = Settings {
            terms: small_terms(),
            compression: Compression::NONE,
            ..Settings::default()
        };
        Self::with(settings, true)
    }

    pub fn with(settings: Settings, says_crc: bool) -> Self {
        let store = Arc::new(Store::new(settings.terms.rules.min_part, says_crc));
        let notes = Arc::new(MemoryNotes::default());
        let clock = Arc::new(FixedClock::at(NOON));
        let archiver = Archiver {
            archives: store.clone(),
            objects: store.clone(),
            files: store.clone(),
            index: store.clone(),
            notes: notes.clone(),
            clock: clock.clone(),
            settings,
        };
        Self {
            store,
            notes,
            clock,
            owner: identity(&SeededIds::new(1)),
            archiver,
        }
    }

    pub fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::private(&self.owner, &name.parse::<FileName>().unwrap())
    }

    /// Stores a file whose checksum the store does not know.
    pub fn put(&self, name: &str, bytes: impl Into<Bytes>) {
        let content = Content(vec![Extent::Bytes(bytes.into())]);
        self.put_content(name, content, false);
    }

    pub fn put_content(&self, name: &str, content: Content, knows_crc: bool) {
        let key = self.key(name);
        self.store.state().put(&key, content, NOON, knows_crc);
    }

    /// A new job of these files.
    pub fn job(&self, names: &[&str]) -> ArchiveId {
        let names = names.iter().map(|name| name.parse().unwrap()).collect();
        self.job_of(Selection {
            names,
            with_notes: false,
        })
    }

    pub fn job_of(&self, selection: Selection) -> ArchiveId {
        let mut state = self.store.state();
        let size = |name| {
            let object = state.objects.get(&ObjectKey::private(&self.owner, name));
            object.map_or(0, |object| object.meta.size)
        };
        let selected = Progress {
            files: selection.names.len() as u64,
            bytes: selection.names.iter().map(size).sum(),
        };
        let number = state.jobs.len() as u128;
        let id = ArchiveId::new(Uuid::from_u128(
            0x0193_bb5a_7c00_7000_8000_0000_0000_0000 | number,
        ));
        let job = Job::queued(
            self.owner.clone(),
            id,
            ArchiveName::default(),
            selected,
            NOON,
        );
        state.jobs.insert(id, (job, selection));
        id
    }

    pub fn work(&self, id: ArchiveId) -> Work {
        Work::Archive {
            identity_id: self.owner.clone(),
            archive_id: id,
        }
    }

    pub fn until(&self) -> Timestamp {
        self.clock.now().plus(Duration::from_secs(600))
    }

    pub async fn run(&self, id: ArchiveId) -> Result<(), JobError> {
        self.archiver.run(&self.work(id), self.until()).await
    }

    /// Time passes until a dead worker's lease is over.
    pub fn let_lease_end(&self) {
        self.clock.advance(LEASE + Duration::from_secs(1));
    }

    pub fn stored_job(&self, id: ArchiveId) -> Job {
        self.store.state().jobs[&id].0.clone()
    }

    /// The bytes of the zip, if it is there.
    pub fn zip_content(&self, id: ArchiveId) -> Option<Content> {
        let key = ObjectKey::archive(&self.owner, id);
        let state = self.store.state();
        state.objects.get(&key).map(|object| object.content.clone())
    }

    /// The entries of the zip, read by the `zip` crate, which checks their checksums.
    pub fn zip(&self, id: ArchiveId) -> Vec<(String, Vec<u8>)> {
        let content = self.zip_content(id).expect("there is a zip");
        let mut zip = ZipArchive::new(Reader::new(content)).unwrap();
        let numbers = 0..zip.len();
        let entry = |number| {
            let mut entry = zip.by_index(number).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        };
        numbers.map(entry).collect()
    }

    /// There is exactly one zip, of the size that the job says, and nothing else is left.
    pub fn assert_ready(&self, id: ArchiveId) {
        let job = self.stored_job(id);
        let size = self.zip_content(id).map(|content| content.len());
        assert!(job.size().is_some(), "{job:?}");
        assert_eq!(job.size(), size, "{job:?}");
        assert_eq!(job.progress.files, job.files_total);
        assert_eq!(self.state().uploads(), 0, "an upload is left");
        let is_zip = |key: &&ObjectKey| key.as_str().starts_with("zip/");
        assert_eq!(self.state().objects.keys().filter(is_zip).count(), 1);
    }

    /// There is no zip, and nothing of one.
    pub fn assert_nothing_left(&self, id: ArchiveId) {
        assert_eq!(self.zip_content(id), None);
        assert_eq!(self.state().uploads(), 0, "an upload is left");
    }

    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.store.state()
    }
}
