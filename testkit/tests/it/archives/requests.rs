//! A request is done once, and neither a lost message nor a dead worker is in its way.

use std::time::Duration;

use notewarden_domain::{
    StoreError,
    archive::{ARCHIVE_LIFETIME, LEASE, Status},
    archives::ArchivesError,
    idempotency::IDEMPOTENCY_WINDOW,
    ports::ArchiveStore,
};
use notewarden_testkit::faults::{Call, Fault};

use super::{once, work, world};

fn unavailable() -> Fault {
    Fault::Before(StoreError::unavailable("planted"))
}

#[tokio::test]
async fn a_job_is_stored_before_the_worker_is_told() {
    let world = world();
    world.put(&world.alice, "a", 1);
    world.faults.add(Call::CreateArchive, unavailable());
    let refusal = world.request(&["a"]).await;
    assert!(matches!(refusal, Err(ArchivesError::Store(_))));
    assert_eq!(world.messages(), []);
    let job = world.request(&["a"]).await.unwrap();
    assert_eq!(world.messages(), [work(&job)]);
    let stored = world.archives.get(&world.alice, job.id).await.unwrap();
    assert_eq!(stored, job);
}

/// Without a key nobody would ever send the message: there is no job then.
#[tokio::test]
async fn a_message_that_cannot_be_sent_leaves_no_job() {
    let world = world();
    world.put(&world.alice, "a", 1);
    world.faults.add(Call::Send, unavailable());
    let refusal = world.request(&["a"]).await;
    assert!(matches!(refusal, Err(ArchivesError::NotSent(_))));
    let page = world.archives.list(&world.alice, None, 10).await.unwrap();
    assert!(page.jobs.is_empty());
    assert_eq!(world.messages(), []);
}

/// With a key the repeated request sends it.
#[tokio::test]
async fn a_lost_message_is_sent_again_with_the_request() {
    let world = world();
    world.put(&world.alice, "a", 1);
    world.faults.add(Call::Send, unavailable());
    let refusal = world.request_once(&["a"], once("key", 1)).await;
    assert!(matches!(refusal, Err(ArchivesError::NotSent(_))));
    let job = world.request_once(&["a"], once("key", 1)).await.unwrap();
    assert_eq!(world.messages(), [work(&job)]);
    let again = world.request_once(&["a"], once("key", 1)).await.unwrap();
    assert_eq!(again, job);
    assert_eq!(world.messages(), [work(&job), work(&job)]);
    // A worker has it: there is nothing to be sent.
    world.begin(&job).await;
    world.request_once(&["a"], once("key", 1)).await.unwrap();
    assert_eq!(world.queue.take().len(), 2);
    world.faults.add(Call::Send, unavailable());
    world.request_once(&["a"], once("key", 1)).await.unwrap();
}

/// Whatever has become of the files and the job since, but not of a job that its owner has removed.
#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first_time() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request_once(&["a"], once("key", 1)).await.unwrap();
    world.make(&job).await;
    world.clock.advance(Duration::from_secs(60));
    let again = world.request_once(&["gone"], once("key", 1)).await.unwrap();
    assert_eq!(again, job);
    let other = world.request_once(&["a"], once("key", 2)).await;
    assert!(matches!(other, Err(ArchivesError::KeyReused)));
    world.archives.delete(&world.alice, job.id).await.unwrap();
    let deleted = world.request_once(&["a"], once("key", 1)).await;
    assert!(matches!(deleted, Err(ArchivesError::Deleted)));
    world.clock.advance(IDEMPOTENCY_WINDOW);
    let anew = world.request_once(&["a"], once("key", 2)).await.unwrap();
    assert_ne!(anew.id, job.id);
}

/// The claim is made with the job: requests that meet make one.
#[tokio::test]
async fn equal_requests_at_once_are_one_job() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let (archives, alice) = (world.archives.clone(), world.alice.clone());
    let other = async move {
        let wanted = super::files(&["a"]);
        let first = archives.request(
            &alice,
            wanted,
            "first.zip".parse().unwrap(),
            Some(once("key", 1)),
        );
        first.await.unwrap();
    };
    let meanwhile = Fault::Meanwhile(Box::pin(other));
    world.faults.add(Call::CreateArchive, meanwhile);
    let job = world.request_once(&["a"], once("key", 1)).await.unwrap();
    let page = world.archives.list(&world.alice, None, 10).await.unwrap();
    let ids: Vec<_> = page.jobs.iter().map(|job| job.id).collect();
    assert_eq!(ids, [job.id]);
}

#[tokio::test]
async fn too_many_jobs_under_way_are_refused_until_one_ends() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let first = world.request(&["a"]).await.unwrap();
    world.request(&["a"]).await.unwrap();
    let refusal = world.request_once(&["a"], once("key", 1)).await;
    assert!(matches!(
        refusal,
        Err(ArchivesError::TooManyUnderWay { most: 2 })
    ));
    world.archives.delete(&world.alice, first.id).await.unwrap();
    // The refused request has not used up its key.
    world.request_once(&["a"], once("key", 2)).await.unwrap();
}

/// Whose worker died for the last time, or that no worker has ever seen.
#[tokio::test]
async fn jobs_that_nobody_works_on_make_room() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    let (begun, _) = world.begin(&job).await;
    world.clock.advance(LEASE);
    let (begun, _) = world.begin(&begun).await;
    let waiting = world.request(&["a"]).await.unwrap();
    let refused = world.request(&["a"]).await;
    assert!(refused.is_err(), "its lease lasts");
    world.clock.advance(LEASE);
    let third = world.request(&["a"]).await.unwrap();
    let given_up = world.stored.get(&begun.owner, begun.id).await.unwrap();
    assert_eq!(given_up.unwrap().status(), Status::Failed);
    world.clock.advance(ARCHIVE_LIFETIME);
    for _ in 0..2 {
        world.request(&["a"]).await.unwrap();
    }
    for stale in [waiting, third] {
        let given_up = world.stored.get(&stale.owner, stale.id).await.unwrap();
        assert_eq!(given_up.unwrap().status(), Status::Failed);
    }
}
