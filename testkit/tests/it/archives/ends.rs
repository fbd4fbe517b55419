//! How archives are read, downloaded, cancelled and removed, and what the clock makes of them.

use std::time::Duration;

use notewarden_domain::{
    ObjectKey, StoreError,
    archive::{ARCHIVE_LIFETIME, Status},
    archives::ArchivesError,
    files::LINK_LIFETIME,
    ports::{ArchiveStore, FileStore},
};
use notewarden_testkit::{
    faults::{Call, Fault},
    fixtures::NOON,
};

use super::world;

#[tokio::test]
async fn a_zip_is_downloaded_while_it_is_there() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    let refused = async || match world.archives.download(&world.alice, job.id).await {
        Err(ArchivesError::NotReady(status)) => Some(status),
        _ => None,
    };
    assert_eq!(refused().await, Some(Status::Queued));
    let (begun, attempt) = world.begin(&job).await;
    assert_eq!(refused().await, Some(Status::Running));
    let released = begun.clone().release(attempt).unwrap();
    world
        .stored
        .replace(&released, begun.version)
        .await
        .unwrap();
    let ready = world.make(&released).await;
    let link = world.archives.download(&world.alice, job.id).await.unwrap();
    let url = format!(
        "signed:zip/{}/{}.zip?attachment; filename=\"archive.zip\"&application/zip",
        job.owner, job.id
    );
    assert_eq!((link.method, link.url), ("GET", url));
    assert_eq!(link.expires_at, NOON.plus(LINK_LIFETIME));

    // The link does not outlive the zip, and the zip has expired although nobody came to remove it.
    world
        .clock
        .set(ready.expires_at.minus(Duration::from_secs(7)));
    let link = world.archives.download(&world.alice, job.id).await.unwrap();
    assert_eq!(link.expires_at, NOON.plus(Duration::from_secs(7)));
    world.clock.set(ready.expires_at);
    let gone = world.archives.download(&world.alice, job.id).await;
    assert!(matches!(gone, Err(ArchivesError::Expired)));
    let seen = world.archives.get(&world.alice, job.id).await.unwrap();
    assert_eq!(seen.status(), Status::Expired);
    let page = world.archives.list(&world.alice, None, 10).await.unwrap();
    assert_eq!(page.jobs, [seen]);
}

#[tokio::test]
async fn what_nobody_works_on_any_more_is_seen_as_failed() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    world.clock.advance(ARCHIVE_LIFETIME);
    let seen = world.archives.get(&world.alice, job.id).await.unwrap();
    assert_eq!(seen.status(), Status::Failed);
    let refused = world.archives.download(&world.alice, job.id).await;
    assert!(matches!(
        refused,
        Err(ArchivesError::NotReady(Status::Failed))
    ));
}

#[tokio::test]
async fn what_is_anothers_does_not_exist() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    world.make(&job).await;
    let (archives, bob) = (&world.archives, &world.bob);
    let is_absent = |refusal| matches!(refusal, Some(ArchivesError::NotFound));
    assert!(is_absent(archives.get(bob, job.id).await.err()));
    assert!(is_absent(archives.download(bob, job.id).await.err()));
    assert!(is_absent(archives.delete(bob, job.id).await.err()));
    assert!(archives.list(bob, None, 10).await.unwrap().jobs.is_empty());
    assert!(archives.download(&world.alice, job.id).await.is_ok());
}

/// First it is cancelled, for the worker to see, and then it goes.
#[tokio::test]
async fn a_job_under_way_is_cancelled_and_then_removed() {
    let world = world();
    world.put(&world.alice, "a", 1);
    for is_begun in [false, true] {
        let job = world.request(&["a"]).await.unwrap();
        if is_begun {
            world.begin(&job).await;
        }
        world.archives.delete(&world.alice, job.id).await.unwrap();
        let seen = world.archives.get(&world.alice, job.id).await.unwrap();
        assert_eq!(seen.status(), Status::Cancelled);
        world.archives.delete(&world.alice, job.id).await.unwrap();
        let gone = world.archives.delete(&world.alice, job.id).await;
        assert!(matches!(gone, Err(ArchivesError::NotFound)));
    }
}

/// The zip goes before the job: what is left behind by a failure can be removed again.
#[tokio::test]
async fn a_finished_archive_goes_with_its_zip() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    world.make(&job).await;
    let key = ObjectKey::archive(&job.owner, job.id);
    for (call, zip_stays) in [(Call::DeleteFile, true), (Call::DeleteArchive, false)] {
        let fault = Fault::Before(StoreError::unavailable("planted"));
        world.faults.add(call, fault);
        let refused = world.archives.delete(&world.alice, job.id).await;
        assert!(matches!(refused, Err(ArchivesError::Store(_))));
        let zip = world.objects.head(&key).await.unwrap();
        assert_eq!(zip.is_some(), zip_stays);
        assert!(world.archives.get(&world.alice, job.id).await.is_ok());
    }
    world.archives.delete(&world.alice, job.id).await.unwrap();
    let gone = world.archives.get(&world.alice, job.id).await;
    assert!(matches!(gone, Err(ArchivesError::NotFound)));
    let key = ObjectKey::private(&job.owner, &"a".parse().unwrap());
    assert!(world.objects.head(&key).await.unwrap().is_some());
}

/// A worker that gets in between is cancelled all the same, or what it has just made is removed.
#[tokio::test]
async fn a_worker_that_gets_in_between_does_not_keep_the_archive() {
    let world = world();
    world.put(&world.alice, "a", 1);
    let job = world.request(&["a"]).await.unwrap();
    let (begun, attempt) = world.begin(&job).await;
    let (stored, objects) = (world.stored.clone(), world.objects.clone());
    let key = ObjectKey::archive(&job.owner, job.id);
    let zip = key.clone();
    let finishes = async move {
        objects.put(&zip, 123, NOON);
        let ready = begun.clone().finish(attempt, 123, Default::default(), NOON);
        stored
            .replace(&ready.unwrap(), begun.version)
            .await
            .unwrap();
    };
    world
        .faults
        .add(Call::ReplaceArchive, Fault::Meanwhile(Box::pin(finishes)));
    world.archives.delete(&world.alice, job.id).await.unwrap();
    let gone = world.archives.get(&world.alice, job.id).await;
    assert!(matches!(gone, Err(ArchivesError::NotFound)));
    assert!(world.objects.head(&key).await.unwrap().is_none());

    let job = world.request(&["a"]).await.unwrap();
    let (stored, owner, id) = (world.stored.clone(), job.owner.clone(), job.id);
    let goes = async move { stored.delete(&owner, id, job.version).await.unwrap() };
    world
        .faults
        .add(Call::ReplaceArchive, Fault::Meanwhile(Box::pin(goes)));
    world.archives.delete(&world.alice, id).await.unwrap();
}
