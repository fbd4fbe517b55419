//! The use cases of archives over the fakes: what is selected, what a lost message costs, and what the clock says.

mod ends;
mod requests;
mod selections;

use std::{sync::Arc, time::Duration};

use notewarden_domain::{
    Caller, FileName, ObjectKey,
    archive::{ArchiveName, Attempt, Job, LEASE, Limits, Progress},
    archives::{Archives, ArchivesError, Wanted},
    idempotency::{Once, RequestHash},
    ports::ArchiveStore,
    work::Work,
};
use notewarden_testkit::{
    FixedClock, MemoryArchives, MemoryClaims, MemoryFiles, MemoryQueue, PlainLinks, SeededIds,
    faults::{Faults, FaultyArchives, FaultyFiles, FaultyQueue},
    fixtures::{NOON, file, identity},
};

const LIMITS: Limits = Limits {
    files: 4,
    bytes: 100,
    jobs_under_way: 2,
    attempts: 2,
};

struct World {
    archives: Archives,
    stored: Arc<MemoryArchives>,
    /// What the index knows.
    index: Arc<MemoryFiles>,
    /// What there is.
    objects: Arc<MemoryFiles>,
    queue: Arc<MemoryQueue>,
    faults: Arc<Faults>,
    clock: Arc<FixedClock>,
    alice: Caller,
    bob: Caller,
}

fn world() -> World {
    let faults = Arc::new(Faults::default());
    let claims = Arc::new(MemoryClaims::default());
    let stored = Arc::new(MemoryArchives::sharing(claims.clone()));
    let [index, objects] = [(); 2].map(|()| Arc::new(MemoryFiles::default()));
    let queue = Arc::new(MemoryQueue::default());
    let clock = Arc::new(FixedClock::at(NOON));
    let ids = Arc::new(SeededIds::new(31));
    World {
        alice: Caller::signed_in(identity(&*ids)),
        bob: Caller::signed_in(identity(&*ids)),
        archives: Archives {
            store: Arc::new(FaultyArchives::new(stored.clone(), faults.clone())),
            files: Arc::new(FaultyFiles::new(objects.clone(), faults.clone())),
            index: index.clone(),
            links: Arc::new(PlainLinks(NOON)),
            claims,
            queue: Arc::new(FaultyQueue::new(queue.clone(), faults.clone())),
            clock: clock.clone(),
            ids,
            limits: LIMITS,
        },
        stored,
        index,
        objects,
        queue,
        faults,
        clock,
    }
}

impl World {
    /// Stores a file of which the index has heard.
    fn put(&self, owner: &Caller, name: &str, size: u64) {
        let key = ObjectKey::private(&owner.identity, &file(name));
        self.index.put(&key, size, NOON);
        self.objects.put(&key, size, NOON);
    }

    /// Asks for an archive of these files.
    async fn request(&self, names: &[&str]) -> Result<Job, ArchivesError> {
        let name = ArchiveName::default();
        let wanted = files(names);
        self.archives.request(&self.alice, wanted, name, None).await
    }

    async fn request_once(&self, names: &[&str], once: Once) -> Result<Job, ArchivesError> {
        let (wanted, name) = (files(names), ArchiveName::default());
        let once = Some(once);
        self.archives.request(&self.alice, wanted, name, once).await
    }

    /// A worker begins the job.
    async fn begin(&self, job: &Job) -> (Job, Attempt) {
        let now = self.archives.clock.now();
        let (begun, attempt) = job.clone().claim(LEASE, &LIMITS, now).unwrap();
        self.stored.replace(&begun, job.version).await.unwrap();
        (begun, attempt)
    }

    /// A worker makes the zip.
    async fn make(&self, job: &Job) -> Job {
        let (begun, attempt) = self.begin(job).await;
        let now = self.archives.clock.now();
        let key = ObjectKey::archive(&job.owner, job.id);
        self.objects.put(&key, 123, now);
        let toll = notewarden_domain::archive::Toll::default();
        let ready = begun.clone().finish(attempt, 123, toll, now).unwrap();
        self.stored.replace(&ready, begun.version).await.unwrap();
        ready
    }

    fn messages(&self) -> Vec<Work> {
        let sent = self.queue.sent();
        assert!(sent.iter().all(|sent| sent.delay == Duration::ZERO));
        sent.into_iter().map(|sent| sent.work).collect()
    }
}

fn files(names: &[&str]) -> Wanted {
    Wanted {
        names: names.iter().copied().map(file).collect(),
        ..Wanted::default()
    }
}

fn once(key: &str, request: u8) -> Once {
    Once {
        key: key.parse().unwrap(),
        request: RequestHash([request; 32]),
    }
}

fn work(job: &Job) -> Work {
    Work::Archive {
        identity_id: job.owner.clone(),
        archive_id: job.id,
    }
}

const fn progress(files: u64, bytes: u64) -> Progress {
    Progress { files, bytes }
}

fn names(names: &[&str]) -> Vec<FileName> {
    names.iter().copied().map(file).collect()
}
