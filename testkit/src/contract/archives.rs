//! The contract of stores of archives.

mod limits;
mod lists;

use std::time::Duration;

use notewarden_domain::{
    IdentityId, StoreError,
    archive::{Attempt, Failure, Job, LEASE, Limits, Missing, Progress, Selection, State, Toll},
    idempotency::Creation,
    ports::{ArchiveStore, IdSource},
};

use crate::fixtures::{NOON, file, identity, job, noon_plus};

/// Runs every check on `store`, with people whose ids come from `ids`.
pub async fn archive_store(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    a_created_job_is_read_back_whole(store, ids).await;
    a_job_in_every_state_is_read_back_whole(store, ids).await;
    the_longest_selection_fits(store, ids).await;
    an_absent_job_is_none(store, ids).await;
    a_second_job_with_the_same_id_is_refused(store, ids).await;
    people_do_not_see_each_others_jobs(store, ids).await;
    a_job_is_replaced_at_its_version_only(store, ids).await;
    a_job_is_deleted_at_its_version_only(store, ids).await;
    an_absent_job_is_neither_replaced_nor_deleted(store, ids).await;
    limits::check(store, ids).await;
    lists::check(store, ids).await;
}

/// Stores a new job of `owner`.
async fn stored(store: &dyn ArchiveStore, ids: &dyn IdSource, owner: &IdentityId) -> Job {
    let job = job(owner, ids, NOON);
    let creation = store.create(&job, &Selection::default(), None, 100).await;
    assert_eq!(creation.expect("create"), Creation::Stored);
    job
}

async fn found(store: &dyn ArchiveStore, job: &Job) -> Option<Job> {
    store.get(&job.owner, job.id).await.expect("get")
}

async fn selection(store: &dyn ArchiveStore, job: &Job) -> Option<Selection> {
    let selection = store.selection(&job.owner, job.id).await;
    selection.expect("selection")
}

fn begun(job: Job) -> (Job, Attempt) {
    let limits = Limits::default();
    let claimed = job.claim(LEASE, &limits, noon_plus(1));
    claimed.expect("a job that waits may be begun")
}

async fn a_created_job_is_read_back_whole(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    for (names, with_notes) in [
        (&["b", "a/ö \" '.jpg", "c"][..], false),
        (&[], true),
        (&["one"], true),
    ] {
        let written = job(&owner, ids, NOON);
        let selected = Selection {
            names: names.iter().copied().map(file).collect(),
            with_notes,
        };
        let creation = store.create(&written, &selected, None, 10).await;
        assert_eq!(creation.expect("create"), Creation::Stored);
        assert_eq!(found(store, &written).await.as_ref(), Some(&written));
        assert_eq!(selection(store, &written).await, Some(selected));
    }
}

/// With all that is known there, and with what it is of.
async fn a_job_in_every_state_is_read_back_whole(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let queued = job(&identity(ids), ids, NOON);
    let selected = Selection {
        names: vec![file("a"), file("b")],
        with_notes: false,
    };
    let created = store.create(&queued, &selected, None, 1).await;
    created.expect("create");
    let toll = Toll {
        puts: 1,
        copies: 2,
        gets: 3,
        bytes_through_worker: u64::MAX >> 1,
        bytes_copied: 1 << 40,
        nanodollars: 123_456_789,
    };
    let (running, attempt) = begun(queued.clone());
    let planned = running.clone().plan(attempt, toll, LEASE, noon_plus(2));
    let planned = planned.expect("plan");
    let mut missing = Missing::default();
    missing.add(&file("ä \" ' b"));
    let progress = Progress { files: 1, bytes: 3 };
    let reported = planned
        .clone()
        .report(attempt, progress, missing, LEASE, noon_plus(3));
    let reported = reported.expect("report");
    let with = |state| Job {
        state,
        actual: Some(toll),
        attempts: 5,
        expires_at: noon_plus(9).plus(Duration::from_millis(7)),
        ..reported.clone()
    };
    let mut jobs = vec![running, planned, reported.clone()];
    jobs.extend(
        [
            Failure::NothingLeft,
            Failure::TooLarge,
            Failure::KeptChanging,
            Failure::Exhausted,
            Failure::TooLate,
        ]
        .map(|failure| with(State::Failed { failure })),
    );
    let size = u64::MAX >> 1;
    jobs.push(with(State::Ready { attempt, size }));
    jobs.extend([State::Cancelled, State::Expired, State::Queued].map(with));
    let mut version = queued.version;
    for mut job in jobs {
        job.version = version.next();
        store.replace(&job, version).await.expect("replace");
        version = job.version;
        assert_eq!(found(store, &job).await.as_ref(), Some(&job));
    }
    assert_eq!(selection(store, &queued).await, Some(selected));
}

/// 10,000 names of 960 bytes, in an order of their own.
async fn the_longest_selection_fits(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let job = job(&identity(ids), ids, NOON);
    let names = (0..10_000).rev().map(|i| file(&format!("{i:ä>478}")));
    let selected = Selection {
        names: names.collect(),
        with_notes: false,
    };
    let created = store.create(&job, &selected, None, 1).await;
    assert_eq!(created.expect("create"), Creation::Stored);
    let read = selection(store, &job).await.expect("is stored");
    assert!(read == selected, "{} names are read back", read.names.len());
    let deleted = store.delete(&job.owner, job.id, job.version).await;
    deleted.expect("delete");
    assert_eq!(selection(store, &job).await, None);
}

async fn an_absent_job_is_none(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let absent = job(&identity(ids), ids, NOON);
    assert_eq!(found(store, &absent).await, None);
    assert_eq!(selection(store, &absent).await, None);
}

/// An id is used once, and the first job stays as it was.
async fn a_second_job_with_the_same_id_is_refused(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids)).await;
    let (second, _) = begun(first.clone());
    let other = Selection {
        names: vec![file("other")],
        with_notes: true,
    };
    let refusal = store.create(&second, &other, None, 100).await;
    assert!(matches!(refusal, Err(StoreError::AlreadyExists)));
    assert_eq!(selection(store, &first).await, Some(Selection::default()));
    assert_eq!(found(store, &first).await, Some(first));
}

/// The same id under two owners is two jobs.
async fn people_do_not_see_each_others_jobs(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let of_alice = stored(store, ids, &identity(ids)).await;
    let of_bob = Job {
        owner: identity(ids),
        ..of_alice.clone()
    };
    assert_eq!(found(store, &of_bob).await, None);
    assert_eq!(selection(store, &of_bob).await, None);
    let (begun, _) = begun(of_bob.clone());
    let refusal = store.replace(&begun, of_bob.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    let refusal = store.delete(&of_bob.owner, of_bob.id, of_bob.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));

    let created = store.create(&of_bob, &Selection::default(), None, 1).await;
    created.expect("create");
    let deleted = store.delete(&of_bob.owner, of_bob.id, of_bob.version).await;
    deleted.expect("delete");
    assert_eq!(found(store, &of_alice).await, Some(of_alice));
}

/// Of two workers that begin a job, one has it.
async fn a_job_is_replaced_at_its_version_only(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids)).await;
    let (second, _) = begun(first.clone());
    let replaced = store.replace(&second, first.version).await;
    replaced.expect("replace");
    let late = first.clone().cancel().expect("a job that waits");
    let refusal = store.replace(&late, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert_eq!(found(store, &second).await, Some(second));
}

/// A change that the deleter has not seen keeps the job and what it is of.
async fn a_job_is_deleted_at_its_version_only(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids)).await;
    let (second, _) = begun(first.clone());
    let replaced = store.replace(&second, first.version).await;
    replaced.expect("replace");
    let refusal = store.delete(&first.owner, first.id, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert!(found(store, &second).await.is_some());
    assert!(selection(store, &second).await.is_some());

    let deleted = store.delete(&second.owner, second.id, second.version).await;
    deleted.expect("delete");
    assert_eq!(found(store, &second).await, None);
    assert_eq!(selection(store, &second).await, None);
}

async fn an_absent_job_is_neither_replaced_nor_deleted(
    store: &dyn ArchiveStore,
    ids: &dyn IdSource,
) {
    let absent = job(&identity(ids), ids, NOON);
    let (begun, _) = begun(absent.clone());
    let refusal = store.replace(&begun, absent.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    let refusal = store.delete(&absent.owner, absent.id, absent.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    assert_eq!(found(store, &absent).await, None);
}
