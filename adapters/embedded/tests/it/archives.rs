//! Archives, claims and the contracts that they keep.

use std::time::Duration;

use notewarden_domain::{
    archive::{Job, Selection},
    ports::ArchiveStore,
};
use notewarden_embedded::{Database, EmbeddedArchives, EmbeddedClaims, EmbeddedNotes};
use notewarden_testkit::{
    SeededIds, contract,
    fixtures::{NOON, identity, job, noon_plus},
};
use tempfile::TempDir;

const DAY: u64 = 86_400;

fn open() -> (Database, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (Database::open(dir.path()).unwrap(), dir)
}

#[tokio::test]
async fn archives_are_stored_as_the_port_promises() {
    let (database, _dir) = open();
    let archives = EmbeddedArchives::new(database);
    contract::archive_store(&archives, &SeededIds::new(1)).await;
}

#[tokio::test]
async fn claims_are_those_of_notes_and_archives() {
    let (database, _dir) = open();
    let claims = EmbeddedClaims::new(database.clone());
    let ids = SeededIds::new(2);
    contract::idempotency_store(&claims, &ids).await;
    let notes = EmbeddedNotes::new(database.clone());
    let archives = EmbeddedArchives::new(database);
    contract::shared_claims(&claims, &notes, &archives, &ids).await;
}

async fn replaced(archives: &EmbeddedArchives, before: &Job, after: Job) -> Job {
    archives.replace(&after, before.version).await.unwrap();
    after
}

/// Each job is due once, when something is to be done about it, and not before.
#[tokio::test]
async fn jobs_come_due_when_their_time_is_over() {
    let (database, _dir) = open();
    let archives = EmbeddedArchives::new(database);
    let ids = SeededIds::new(3);
    let mut jobs = Vec::new();
    for seconds in [30, 10, 20] {
        let job = job(&identity(&ids), &ids, noon_plus(seconds));
        let created = archives.create(&job, &Selection::default(), None, 1).await;
        created.unwrap();
        jobs.push(job);
    }
    let due = |seconds, limit| archives.due(noon_plus(seconds), limit).unwrap();
    assert_eq!(due(DAY + 9, 10), []);
    assert_eq!(due(DAY + 10, 10), [jobs[1].clone()]);
    assert_eq!(due(DAY + 29, 10), [jobs[1].clone(), jobs[2].clone()]);
    assert_eq!(due(DAY + 60, 2), [jobs[1].clone(), jobs[2].clone()]);

    // One that has ended is due again only when it may be forgotten.
    let cancelled = jobs[1].clone().cancel().unwrap();
    let cancelled = replaced(&archives, &jobs[1], cancelled).await;
    assert_eq!(due(DAY + 60, 10), [jobs[2].clone(), jobs[0].clone()]);
    assert_eq!(due(8 * DAY + 10, 10).last(), Some(&cancelled));
    // One whose zip is ready later is due later.
    let later = Job {
        expires_at: NOON.plus(Duration::from_secs(2 * DAY)),
        version: jobs[2].version.next(),
        ..jobs[2].clone()
    };
    let later = replaced(&archives, &jobs[2], later).await;
    assert_eq!(due(DAY + 60, 10), [jobs[0].clone()]);
    assert_eq!(due(2 * DAY, 10), [jobs[0].clone(), later.clone()]);
    for job in [&jobs[0], &later, &cancelled] {
        archives
            .delete(&job.owner, job.id, job.version)
            .await
            .unwrap();
    }
    assert_eq!(due(90 * DAY, 10), []);
}
