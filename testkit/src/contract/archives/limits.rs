//! How many jobs of one person may be under way, and which claims are answered first.

use futures_util::future::join_all;
use notewarden_domain::{
    IdentityId, StoreError,
    archive::{ArchiveId, Job, Selection},
    idempotency::Creation,
    ports::{ArchiveStore, IdSource},
};

use super::{begun, found, selection, stored};
use crate::fixtures::{NOON, claim, identity, job};

pub(super) async fn check(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    no_more_jobs_than_are_allowed_are_under_way(store, ids).await;
    requests_at_once_do_not_get_around_the_limit(store, ids).await;
    the_first_request_is_answered_whatever_there_is(store, ids).await;
    a_refused_job_leaves_no_claim(store, ids).await;
    of_equal_requests_at_once_one_is_the_first(store, ids).await;
}

async fn create(store: &dyn ArchiveStore, job: &Job, most: u32) -> Result<Creation, StoreError> {
    store.create(job, &Selection::default(), None, most).await
}

async fn under_way(store: &dyn ArchiveStore, owner: &IdentityId) -> Vec<ArchiveId> {
    let jobs = store.under_way(owner).await.expect("under_way");
    let mut ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    ids.sort();
    ids
}

/// Whichever way a job ends, another takes its place. What waits again after it ran counts once.
async fn no_more_jobs_than_are_allowed_are_under_way(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let waiting = stored(store, ids, &owner).await;
    let other = stored(store, ids, &owner).await;
    let refusal = create(store, &job(&owner, ids, NOON), 2).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert_eq!(under_way(store, &owner).await, [waiting.id, other.id]);

    let (running, attempt) = begun(other);
    let replaced = store.replace(&running, waiting.version).await;
    replaced.expect("replace");
    let refusal = create(store, &job(&owner, ids, NOON), 2).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    let read = store.under_way(&owner).await.expect("under_way");
    assert!(read.contains(&running) && read.contains(&waiting));
    let released = running.clone().release(attempt).expect("release");
    let replaced = store.replace(&released, running.version).await;
    replaced.expect("replace");
    let refusal = create(store, &job(&owner, ids, NOON), 2).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));

    let cancelled = released.clone().cancel().expect("cancel");
    let replaced = store.replace(&cancelled, released.version).await;
    replaced.expect("replace");
    assert_eq!(under_way(store, &owner).await, [waiting.id]);
    let third = job(&owner, ids, NOON);
    assert_eq!(
        create(store, &third, 2).await.expect("create"),
        Creation::Stored
    );
    // A job that has ended and goes makes no room a second time.
    let gone = store.delete(&owner, cancelled.id, cancelled.version).await;
    gone.expect("delete");
    let refusal = create(store, &job(&owner, ids, NOON), 2).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    let gone = store.delete(&owner, waiting.id, waiting.version).await;
    gone.expect("delete");
    let fourth = job(&owner, ids, NOON);
    create(store, &fourth, 2).await.expect("create");
    assert_eq!(under_way(store, &owner).await, [third.id, fourth.id]);
    let refusal = create(store, &job(&identity(ids), ids, NOON), 0).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
}

async fn requests_at_once_do_not_get_around_the_limit(
    store: &dyn ArchiveStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    let jobs: Vec<_> = (0..8).map(|_| job(&owner, ids, NOON)).collect();
    let answers = join_all(jobs.iter().map(|job| create(store, job, 3))).await;
    let mut expected = Vec::new();
    for (job, answer) in jobs.iter().zip(answers) {
        match answer {
            Ok(creation) => {
                assert_eq!(creation, Creation::Stored);
                expected.push(job.id);
            }
            Err(StoreError::PreconditionFailed) => assert_eq!(found(store, job).await, None),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(expected.len(), 3);
    assert_eq!(under_way(store, &owner).await, expected);
}

/// The limit and the id do not matter to a request that was answered before.
async fn the_first_request_is_answered_whatever_there_is(
    store: &dyn ArchiveStore,
    ids: &dyn IdSource,
) {
    let first = job(&identity(ids), ids, NOON);
    let key = claim(&first.owner, "key", 1, NOON);
    let none = Selection::default();
    let created = store.create(&first, &none, Some(&key), 1).await;
    assert_eq!(created.expect("create"), Creation::Stored);
    let replayed = Creation::Replayed {
        id: first.id.as_uuid(),
        created_at: first.created_at,
    };
    let second = job(&first.owner, ids, NOON);
    for again in [&second, &first] {
        let answer = store.create(again, &none, Some(&key), 1).await;
        assert_eq!(answer.expect("create"), replayed);
        let other = claim(&first.owner, "key", 2, NOON);
        let answer = store.create(again, &none, Some(&other), 1).await;
        assert_eq!(answer.expect("create"), Creation::KeyReused);
    }
    assert_eq!(found(store, &second).await, None);
    assert_eq!(selection(store, &second).await, None);
    let deleted = store.delete(&first.owner, first.id, first.version).await;
    deleted.expect("delete");
    let answer = store.create(&second, &none, Some(&key), 1).await;
    assert_eq!(answer.expect("create"), replayed);
    assert_eq!(found(store, &second).await, None);
}

/// All or nothing: a job that is not stored does not use up the key.
async fn a_refused_job_leaves_no_claim(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids)).await;
    let key = claim(&first.owner, "key", 1, NOON);
    let none = Selection::default();
    let second = job(&first.owner, ids, NOON);
    for (job, most) in [(&second, 1), (&first, 9)] {
        let refusal = store.create(job, &none, Some(&key), most).await;
        assert!(matches!(
            refusal,
            Err(StoreError::PreconditionFailed | StoreError::AlreadyExists)
        ));
        assert_eq!(selection(store, &second).await, None);
    }
    let created = store.create(&second, &none, Some(&key), 2).await;
    assert_eq!(created.expect("create"), Creation::Stored);
}

async fn of_equal_requests_at_once_one_is_the_first(store: &dyn ArchiveStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let key = claim(&owner, "key", 1, NOON);
    let none = Selection::default();
    let jobs: Vec<_> = (0..6).map(|_| job(&owner, ids, NOON)).collect();
    let requests = jobs
        .iter()
        .map(|job| store.create(job, &none, Some(&key), 1));
    let mut first = Vec::new();
    let mut replayed = Vec::new();
    for (job, answer) in jobs.iter().zip(join_all(requests).await) {
        match answer.expect("create") {
            Creation::Stored => first.push(job.id.as_uuid()),
            Creation::Replayed { id, .. } => replayed.push(id),
            Creation::KeyReused => panic!("the request is the same"),
        }
    }
    assert_eq!(first.len(), 1);
    assert_eq!(replayed, [first[0]; 5]);
}
