//! All that a queue's messages ask for: archives, what deleted notes have left, and accounts.

use std::sync::Arc;

use notewarden_archiver::{Jobs, Worker};
use notewarden_domain::{
    ObjectKey,
    account::Account,
    notes::Notes,
    ports::{FileStore, NoteStore},
    quota::Quota,
    work::Work,
};
use notewarden_testkit::{
    MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryClaims, MemoryFiles, MemoryIdentities,
    MemoryQueue, SeededIds,
    fixtures::{NOON, file, note},
};

use crate::world::World;

/// A worker over `world`, with files besides that it may remove.
fn worker(world: &World, files: &Arc<MemoryFiles>) -> Worker {
    let ids = Arc::new(SeededIds::new(2));
    let account = Account {
        api_keys: Arc::new(MemoryApiKeys::default()),
        notes: world.notes.clone(),
        files: files.clone(),
        index: files.clone(),
        archives: Arc::new(MemoryArchives::default()),
        identities: Arc::new(MemoryIdentities::new(3)),
        accounts: Arc::new(MemoryAccounts::new(4)),
        queue: Arc::new(MemoryQueue::default()),
        clock: world.clock.clone(),
        quota: Quota::default(),
    };
    Worker {
        archiver: world.archiver.clone(),
        notes: Notes {
            store: world.notes.clone(),
            files: files.clone(),
            claims: Arc::new(MemoryClaims::default()),
            queue: Arc::new(MemoryQueue::default()),
            clock: world.clock.clone(),
            ids,
        },
        account,
    }
}

#[tokio::test(start_paused = true)]
async fn each_message_is_done_by_whose_work_it_is() {
    let world = World::small();
    let files = Arc::new(MemoryFiles::default());
    let worker = worker(&world, &files);
    let run = async |work: Work| worker.run(&work, world.until()).await;
    let owner = world.owner.clone();
    let kept = note(&owner, &SeededIds::new(5), NOON, "kept");
    world.notes.create(&kept, None).await.unwrap();
    let key = ObjectKey::private(&owner, &file("left"));
    files.put(&key, 1, NOON);

    let orphans = |note_id| Work::Orphans {
        identity_id: owner.clone(),
        note_id,
        names: vec![file("left")],
        before: NOON.plus(std::time::Duration::from_secs(60)),
    };
    run(orphans(kept.id)).await.unwrap();
    assert!(
        files.head(&key).await.unwrap().is_some(),
        "its note is there"
    );
    let gone = note(&owner, &SeededIds::new(6), NOON, "never stored").id;
    run(orphans(gone)).await.unwrap();
    assert!(files.head(&key).await.unwrap().is_none());

    // An archive that nobody has asked for is nothing to be made.
    let archive_id = "0193bb5a-7c00-7000-8000-00000000000a".parse().unwrap();
    let identity_id = owner.clone();
    run(Work::Archive {
        identity_id,
        archive_id,
    })
    .await
    .unwrap();
    assert_eq!(world.notes.count(&owner).await.unwrap(), 1);
    let erasure = Work::Erasure {
        identity_id: owner.clone(),
        subject: None,
        since: NOON,
    };
    run(erasure).await.unwrap();
    assert_eq!(world.notes.count(&owner).await.unwrap(), 0);
}
