//! Files that a deleted note leaves when its process ends too early.

use std::time::Duration;

use notewarden_domain::{
    FileName, IdentityId, NoteId, ObjectKey, StoreError, Timestamp,
    notes::{Fate, NotesError},
    ports::{FileStore, NoteStore},
    work::Work,
};
use notewarden_testkit::{
    faults::{Call, Fault},
    fixtures::{NOON, attachments, content, file, noon_plus},
};

use super::{ANY, Draft, World, rewrite, world};

/// What the worker was told.
struct Told {
    owner: IdentityId,
    note: NoteId,
    names: Vec<FileName>,
    before: Timestamp,
}

impl World {
    fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::private(&self.alice.identity, &file(name))
    }

    /// A note that names these files, which were stored an hour before.
    async fn note_with(&self, names: &[&str]) -> NoteId {
        for name in names {
            let at = NOON.minus(Duration::from_secs(3_600));
            self.files.put(&self.key(name), 1, at);
        }
        let draft = Draft {
            content: content("text"),
            attachments: attachments(names),
        };
        let created = self.notes.create(&self.alice, draft, None);
        created.await.unwrap().id
    }

    fn told(&self) -> Vec<Told> {
        let told = self.queue.take().into_iter().map(|sent| {
            assert_eq!(sent.delay, Duration::from_secs(60));
            match sent.work {
                Work::Orphans {
                    identity_id: owner,
                    note_id: note,
                    names,
                    before,
                } => Some(Told {
                    owner,
                    note,
                    names,
                    before,
                }),
                _ => None,
            }
        });
        told.collect::<Option<_>>().unwrap()
    }

    async fn sweep(&self, told: &Told) {
        let swept = self
            .notes
            .sweep(&told.owner, told.note, &told.names, told.before);
        swept.await.unwrap();
    }
}

/// Whatever becomes of the process: here it cannot remove the files, which is as good as its end.
#[tokio::test]
async fn a_worker_removes_what_is_left_over() {
    let world = world();
    let note = world.note_with(&["a", "b"]).await;
    world.faults.add(
        Call::NotesUsing,
        Fault::Before(StoreError::unavailable("planted")),
    );
    let deleted = world.notes.delete(&world.alice, note, &ANY, Fate::Delete);
    assert_eq!(deleted.await.unwrap().left_behind.len(), 1);
    assert_eq!(world.files.keys(), [world.key("a")]);
    let told = world.told();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].names, attachments(&["a", "b"]).names());
    // Told twice, it does no harm.
    for _ in 0..2 {
        world.sweep(&told[0]).await;
        assert_eq!(world.files.keys(), []);
    }
}

/// A process that ends between the message and the deletion has deleted nothing.
#[tokio::test]
async fn while_the_note_is_there_its_files_stay() {
    let world = world();
    let note = world.note_with(&["a"]).await;
    world.faults.add(
        Call::Delete,
        Fault::Before(StoreError::unavailable("planted")),
    );
    let deleted = world
        .notes
        .delete(&world.alice, note, &ANY, Fate::Delete)
        .await;
    assert!(matches!(deleted, Err(NotesError::Store(_))));
    let told = world.told();
    // Meanwhile its owner takes the file off the note and keeps it.
    let mut change = rewrite("without");
    change.attachments = Some(attachments(&[]));
    let changed = world.notes.update(&world.alice, note, &change, &ANY);
    changed.await.unwrap();
    world.sweep(&told[0]).await;
    assert_eq!(world.files.keys(), [world.key("a")]);
}

/// Without the message nothing would remove what a dying process leaves.
#[tokio::test]
async fn a_note_is_not_deleted_before_the_worker_is_told() {
    let world = world();
    let note = world.note_with(&["a"]).await;
    world.faults.add(
        Call::Send,
        Fault::Before(StoreError::unavailable("planted")),
    );
    let deleted = world
        .notes
        .delete(&world.alice, note, &ANY, Fate::Delete)
        .await;
    assert!(matches!(deleted, Err(NotesError::Store(_))));
    let owner = &world.alice.identity;
    assert!(world.stored.get(owner, note).await.unwrap().is_some());
}

#[tokio::test]
async fn a_note_without_files_or_whose_files_are_kept_tells_nobody() {
    let world = world();
    let plain = world.note_with(&[]).await;
    let kept = world.note_with(&["a"]).await;
    for (note, fate) in [(plain, Fate::Delete), (kept, Fate::Keep)] {
        let deleted = world.notes.delete(&world.alice, note, &ANY, fate);
        deleted.await.unwrap();
    }
    assert_eq!(world.queue.sent(), []);
    assert_eq!(world.files.keys(), [world.key("a")]);
}

/// What another note names, what was stored anew, and what is replaced at the last moment is nobody's orphan.
#[tokio::test]
async fn what_is_not_left_over_stays() {
    let world = world();
    let owner = world.alice.identity.clone();
    let names = ["named", "anew", "replaced", "gone", "left"];
    let note = world.note_with(&names).await;
    let stored = world.stored.get(&owner, note).await.unwrap().unwrap();
    world
        .stored
        .delete(&owner, note, stored.version)
        .await
        .unwrap();
    let told = Told {
        owner,
        note,
        names: names.map(file).to_vec(),
        before: noon_plus(60),
    };
    world.note_with(&["named"]).await;
    // Times are told in whole seconds: this may have been stored after the note was deleted.
    world.files.put(&world.key("anew"), 1, noon_plus(60));
    world.files.delete(&world.key("gone")).await.unwrap();
    let (files, key) = (world.files.clone(), world.key("replaced"));
    let replaced = async move { files.put(&key, 2, noon_plus(90)) };
    world
        .faults
        .add(Call::DeleteFile, Fault::Meanwhile(Box::pin(replaced)));
    world.sweep(&told).await;
    let stay = ["anew", "named", "replaced"].map(|name| world.key(name));
    assert_eq!(world.files.keys(), stay);
}
