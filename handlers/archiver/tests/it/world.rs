//! A store, a person, and a worker.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use notewarden_archiver::{Archiver, JobError, Jobs, Settings};
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, Timestamp,
    archive::{
        ArchiveId, ArchiveName, Compression, Job, LEASE, Prices, Progress, Selection, StoreRules,
        Terms, Worker,
    },
    ports::{ArchiveStore, Clock},
    work::Work,
};
use notewarden_testkit::{
    fakes::{
        Content, FixedClock, MemoryArchives, MemoryFiles, MemoryNotes, MemoryObjects, Reader,
        SeededIds,
    },
    faults::{Faults, FaultyArchives, FaultyFiles, FaultyObjects},
    fixtures::{NOON, identity},
};
use uuid::Uuid;
use zip::ZipArchive;

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
    pub files: Arc<MemoryFiles>,
    pub objects: Arc<MemoryObjects>,
    pub archives: Arc<MemoryArchives>,
    /// What goes wrong with them.
    pub faults: Arc<Faults>,
    pub notes: Arc<MemoryNotes>,
    pub clock: Arc<FixedClock>,
    pub owner: IdentityId,
    pub archiver: Archiver,
    jobs: AtomicU32,
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

    pub fn with(settings: Settings, copies_have_checksums: bool) -> Self {
        let files = Arc::new(MemoryFiles::default());
        let objects = MemoryObjects::new(files.clone()).with_rules(settings.terms.rules);
        let objects = Arc::new(if copies_have_checksums {
            objects
        } else {
            objects.without_checksums_of_copies()
        });
        let archives = Arc::new(MemoryArchives::default());
        let faults = Arc::new(Faults::default());
        let notes = Arc::new(MemoryNotes::default());
        let clock = Arc::new(FixedClock::at(NOON));
        let faulty_files = Arc::new(FaultyFiles::new(files.clone(), faults.clone()));
        let archiver = Archiver {
            archives: Arc::new(FaultyArchives::new(archives.clone(), faults.clone())),
            objects: Arc::new(FaultyObjects::new(objects.clone(), faults.clone())),
            files: faulty_files.clone(),
            index: faulty_files,
            notes: notes.clone(),
            clock: clock.clone(),
            settings,
        };
        Self {
            files,
            objects,
            archives,
            faults,
            notes,
            clock,
            owner: identity(&SeededIds::new(1)),
            archiver,
            jobs: AtomicU32::new(0),
        }
    }

    pub fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::private(&self.owner, &name.parse::<FileName>().unwrap())
    }

    /// Stores a file whose checksum the store does not know.
    pub fn put(&self, name: &str, content: impl Into<Content>) {
        self.objects.store_as(&self.key(name), content, None, NOON);
    }

    /// A new job of these files.
    pub fn job(&self, names: &[&str]) -> ArchiveId {
        let names = names.iter().map(|name| name.parse().unwrap()).collect();
        self.job_of(&Selection {
            names,
            with_notes: false,
        })
    }

    pub fn job_of(&self, selection: &Selection) -> ArchiveId {
        let size = |name| {
            let meta = self.files.meta(&ObjectKey::private(&self.owner, name));
            meta.map_or(0, |meta| meta.size)
        };
        let selected = Progress {
            files: selection.names.len() as u64,
            bytes: selection.names.iter().map(size).sum(),
        };
        let number = u128::from(self.jobs.fetch_add(1, Ordering::Relaxed));
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
        let created = self.archives.create(&job, selection, None, u32::MAX);
        created.now_or_never().unwrap().unwrap();
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
        self.archives.job(&self.owner, id).unwrap()
    }

    /// The bytes of the zip, if it is there.
    pub fn zip_content(&self, id: ArchiveId) -> Option<Content> {
        self.objects.content(&ObjectKey::archive(&self.owner, id))
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
        assert!(self.objects.uploads().is_empty(), "an upload is left");
        let is_zip = |key: &&ObjectKey| key.as_str().starts_with("zip/");
        assert_eq!(self.files.keys().iter().filter(is_zip).count(), 1);
    }

    /// There is no zip, and nothing of one.
    pub fn assert_nothing_left(&self, id: ArchiveId) {
        assert_eq!(self.zip_content(id), None);
        assert!(self.objects.uploads().is_empty(), "an upload is left");
    }
}
