//! The worker over a real queue: what a message becomes when its job is done, panics, is dropped or was another's.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use notewarden_archiver::JobError;
use notewarden_domain::{
    Timestamp,
    archive::{Job, LEASE, Limits, Selection, Status},
    ports::{IdSource, WorkQueue},
};
use notewarden_embedded::Database;
use notewarden_testkit::{
    fakes::MemoryArchives,
    fixtures::{identity, job},
};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::*;
use crate::system::{SystemClock, SystemIds};

/// Says that it was asked, finds in which state the job of the archive is, and does what a test wants.
struct Asked {
    archives: Arc<MemoryArchives>,
    times: AtomicUsize,
    found: Mutex<Vec<Status>>,
    asked: Notify,
    conduct: Conduct,
}

#[derive(Clone, Copy)]
enum Conduct {
    Done,
    PanicsAtFirst,
    Hangs,
}

#[async_trait]
impl Jobs for Asked {
    async fn run(&self, work: &Work, _: Timestamp) -> Result<(), JobError> {
        if let Work::Archive {
            identity_id,
            archive_id,
        } = work
        {
            let found = self.archives.get(identity_id, *archive_id).await?;
            let status = found.unwrap().status();
            self.found.lock().unwrap().push(status);
        }
        let time = self.times.fetch_add(1, Ordering::SeqCst);
        self.asked.notify_one();
        match self.conduct {
            Conduct::PanicsAtFirst if time == 0 => panic!("as the test wants"),
            Conduct::Hangs => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

struct Fixture {
    later: Later,
    asked: Arc<Asked>,
    job: Job,
    stop: watch::Sender<bool>,
    _dir: TempDir,
}

impl Fixture {
    /// With the message of one archive in the queue, whose job is as `prepare` leaves it.
    async fn new(conduct: Conduct, prepare: impl FnOnce(Job, Timestamp) -> Job) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds::default()));
        let database = Database::open(dir.path()).unwrap();
        let queue = EmbeddedQueue::new(database, clock.clone(), ids.clone(), 10);
        let archives = Arc::new(MemoryArchives::default());
        let now = clock.now();
        let ids: &dyn IdSource = &*ids;
        let job = prepare(job(&identity(ids), ids, now), now);
        let selection = Selection {
            names: Vec::new(),
            with_notes: false,
        };
        archives.create(&job, &selection, None, 3).await.unwrap();
        let work = Work::Archive {
            identity_id: job.owner.clone(),
            archive_id: job.id,
        };
        queue.send(&work, Duration::ZERO).await.unwrap();
        let asked = Arc::new(Asked {
            archives: archives.clone(),
            times: AtomicUsize::new(0),
            found: Mutex::default(),
            asked: Notify::new(),
            conduct,
        });
        Self {
            later: Later::new(queue, asked.clone(), archives, clock),
            asked,
            job,
            stop: watch::Sender::new(false),
            _dir: dir,
        }
    }

    /// Runs until the jobs have been asked for `times` times, and the worker has stopped.
    async fn run(&self, times: usize) {
        let lanes = self.later.start(&self.stop.subscribe());
        for _ in 0..times {
            self.asked.asked.notified().await;
        }
        self.stop.send_replace(true);
        lanes.join_all().await;
    }
}

#[tokio::test]
async fn a_message_is_gone_when_its_job_is_done() {
    let fixture = Fixture::new(Conduct::Done, |job, _| job).await;
    let lanes = fixture.later.start(&fixture.stop.subscribe());
    fixture.asked.asked.notified().await;
    // What follows the job is a write, which nothing outside can wait for but by looking.
    while !fixture.later.queue.is_empty().unwrap() {
        tokio::task::yield_now().await;
    }
    drop(fixture.stop);
    lanes.join_all().await;
    assert_eq!(fixture.asked.times.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_job_that_panics_is_tried_again() {
    let fixture = Fixture::new(Conduct::PanicsAtFirst, |job, _| job).await;
    fixture.run(2).await;
    assert_eq!(fixture.asked.times.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_worker_that_stops_leaves_its_message_to_whoever_comes_next() {
    let fixture = Fixture::new(Conduct::Hangs, |job, _| job).await;
    fixture.run(1).await;
    let left = fixture.later.queue.receive(VISIBILITY).await.unwrap();
    assert_eq!(left.unwrap().receives, 2);
    assert!(fixture.later.under_way.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_job_of_a_dead_worker_is_taken_over_before_its_lease_ends() {
    let begin = |job: Job, now| job.claim(LEASE, &Limits::default(), now).unwrap().0;
    let fixture = Fixture::new(Conduct::Hangs, begin).await;
    assert_eq!(fixture.job.status(), Status::Running);
    fixture.run(1).await;
    assert_eq!(*fixture.asked.found.lock().unwrap(), [Status::Queued]);
}
