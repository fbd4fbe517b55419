//! The use cases of notes over the fakes: what HTTP cannot reach, and what happens when stores fail.

mod orphans;

use std::sync::Arc;

use notewarden_domain::{
    Caller, Content, NoteId, Scope, Scopes, StoreError, Version,
    notes::{Change, Draft, Fate, Notes, NotesError, Precondition},
    ports::{Clock, IdSource, NoteStore, Order},
};
use notewarden_testkit::{
    MemoryClaims, MemoryFiles, MemoryNotes, MemoryQueue, SeededIds, SteppedClock,
    faults::{Call, Fault, Faults, FaultyFiles, FaultyNotes, FaultyQueue},
    fixtures::{NOON, attachments, content, identity, noon_plus},
};

struct World {
    notes: Notes,
    stored: Arc<MemoryNotes>,
    files: Arc<MemoryFiles>,
    queue: Arc<MemoryQueue>,
    faults: Arc<Faults>,
    alice: Caller,
}

fn world() -> World {
    let claims = Arc::new(MemoryClaims::default());
    let stored = Arc::new(MemoryNotes::sharing(claims.clone()));
    let files = Arc::new(MemoryFiles::default());
    let (faults, ids) = (Arc::new(Faults::default()), Arc::new(SeededIds::new(11)));
    let clock = SteppedClock::new(NOON, std::time::Duration::from_secs(1));
    let queue = Arc::new(MemoryQueue::default());
    World {
        notes: Notes {
            store: Arc::new(FaultyNotes::new(stored.clone(), faults.clone())),
            files: Arc::new(FaultyFiles::new(files.clone(), faults.clone())),
            claims,
            queue: Arc::new(FaultyQueue::new(queue.clone(), faults.clone())),
            clock: Arc::new(clock),
            ids: ids.clone(),
        },
        queue,
        alice: Caller::signed_in(identity(&*ids)),
        stored,
        files,
        faults,
    }
}

fn draft(text: &str) -> Draft {
    Draft {
        content: content(text),
        attachments: attachments(&[]),
    }
}

fn rewrite(text: &str) -> Change {
    Change {
        content: Some(content(text)),
        attachments: None,
    }
}

const ANY: Precondition = Precondition {
    matches: None,
    excludes: None,
};

/// Nothing is stored, read or even asked for: every port of the world would fail.
#[tokio::test]
async fn a_caller_without_the_scope_reaches_no_store() {
    struct Unreachable;
    impl Clock for Unreachable {
        fn now(&self) -> notewarden_domain::Timestamp {
            panic!("the clock was read")
        }
    }
    let world = world();
    let note = world.notes.create(&world.alice, draft("text"), None);
    let id = note.await.unwrap().id;
    let notes = Notes {
        clock: Arc::new(Unreachable),
        ids: Arc::new(SeededIds::new(0)),
        ..world.notes
    };
    for call in [
        Call::Create,
        Call::Get,
        Call::List,
        Call::Replace,
        Call::Delete,
    ] {
        world.faults.add(call, Fault::Before(StoreError::Denied));
    }
    let with = |scopes| Caller {
        scopes,
        ..world.alice.clone()
    };
    let nobody = with(Scopes::default());
    let reader = with(Scopes::default().with(Scope::NotesRead));
    let writer = with(Scopes::default().with(Scope::NotesWrite));
    for (caller, scope) in [(&nobody, Scope::NotesRead), (&writer, Scope::NotesRead)] {
        let refusals = [
            notes.get(caller, id).await.err(),
            notes.list(caller, Order::Newest, None, 10).await.err(),
        ];
        assert!(
            refusals
                .iter()
                .all(|refusal| forbids(refusal.as_ref(), scope))
        );
    }
    for caller in [&nobody, &reader] {
        let refusals = [
            notes.create(caller, draft("new"), None).await.err(),
            notes.update(caller, id, &rewrite("new"), &ANY).await.err(),
            notes.delete(caller, id, &ANY, Fate::Delete).await.err(),
        ];
        let scope = Scope::NotesWrite;
        assert!(
            refusals
                .iter()
                .all(|refusal| forbids(refusal.as_ref(), scope))
        );
    }
    assert_eq!(world.faults.waiting(), 5);
}

fn forbids(refusal: Option<&NotesError>, expected: Scope) -> bool {
    matches!(refusal, Some(NotesError::Forbidden(refused)) if refused.scope == expected)
}

#[tokio::test]
async fn a_change_is_later_than_the_creation_even_if_the_clock_is_not() {
    let world = world();
    let note = world.notes.create(&world.alice, draft("text"), None);
    let mut note = note.await.unwrap();
    note.updated_at = noon_plus(3_600);
    note.version = note.version.next();
    world.stored.replace(&note, Version::FIRST).await.unwrap();

    let change = rewrite("new");
    let changed = world.notes.update(&world.alice, note.id, &change, &ANY);
    assert_eq!(changed.await.unwrap().updated_at, noon_plus(3_600));
}

#[tokio::test]
async fn a_files_removal_that_fails_is_reported_and_the_others_go() {
    let world = world();
    let owner = &world.alice.identity;
    let key = |name: &str| notewarden_domain::ObjectKey::private(owner, &name.parse().unwrap());
    for name in ["a", "b", "c"] {
        world.files.put(&key(name), 1, NOON);
    }
    let draft = Draft {
        attachments: attachments(&["a", "b", "c"]),
        ..draft("text")
    };
    let note = world.notes.create(&world.alice, draft, None).await.unwrap();
    for call in [Call::NotesUsing, Call::DeleteFile] {
        let fault = Fault::Before(StoreError::unavailable("planted"));
        world.faults.add(call, fault);
    }
    let deleted = world
        .notes
        .delete(&world.alice, note.id, &ANY, Fate::Delete);
    let left: Vec<_> = deleted
        .await
        .unwrap()
        .left_behind
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(left, attachments(&["a", "b"]).names());
    assert_eq!(world.files.keys(), [key("a"), key("b")]);
    assert_eq!(world.stored.get(owner, note.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_note_that_goes_while_it_is_changed_is_not_found() {
    let world = world();
    for call in [Call::Replace, Call::Delete] {
        let note = world.notes.create(&world.alice, draft("text"), None);
        let note = note.await.unwrap();
        let (stored, owner, id) = (world.stored.clone(), note.owner.clone(), note.id);
        let gone = async move { stored.delete(&owner, id, Version::FIRST).await.unwrap() };
        world.faults.add(call, Fault::Meanwhile(Box::pin(gone)));
        let refusal = match call {
            Call::Replace => {
                let change = rewrite("new");
                let updated = world.notes.update(&world.alice, id, &change, &ANY);
                updated.await.map(drop)
            }
            _ => {
                let deleted = world.notes.delete(&world.alice, id, &ANY, Fate::Delete);
                deleted.await.map(drop)
            }
        };
        assert!(matches!(refusal, Err(NotesError::NotFound)), "{call:?}");
    }
}

/// Changes that meet do not undo each other: each is one version, and the last one is what is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_at_the_same_time_are_one_version_each() {
    let world = world();
    let note = world.notes.create(&world.alice, draft("start"), None);
    let id = note.await.unwrap().id;
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let (notes, alice) = (world.notes.clone(), world.alice.clone());
            tokio::spawn(async move {
                let mut versions = Vec::new();
                for round in 0..20 {
                    let change = rewrite(&format!("{client}/{round}"));
                    match notes.update(&alice, id, &change, &ANY).await {
                        Ok(note) => versions.push(note.version),
                        Err(NotesError::Busy) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                versions
            })
        })
        .collect();
    let mut versions = vec![Version::FIRST];
    for client in clients {
        versions.extend(client.await.unwrap());
    }
    versions.sort_unstable();
    let expected: Vec<_> = (1..).map(Version::new).take(versions.len()).collect();
    assert_eq!(versions, expected);
    let note = world.notes.get(&world.alice, id).await.unwrap();
    assert_eq!(Some(&note.version), versions.last());
}

#[tokio::test]
async fn errors_and_debug_output_hold_no_content() {
    let world = world();
    let secret = "a private thought";
    let note = world.notes.create(&world.alice, draft(secret), None);
    let note = note.await.unwrap();
    let shown = format!("{note:?} {:?} {:?}", draft(secret), rewrite(secret));
    assert!(!shown.contains(secret), "{shown}");
    let long = Content::try_from(secret.repeat(10_000)).unwrap_err();
    assert!(!format!("{long} {long:?}").contains(secret));
    let absent = NoteId::new(SeededIds::new(5).uuid_v7(NOON));
    let refusal = world.notes.get(&world.alice, absent).await.unwrap_err();
    assert_eq!(refusal.to_string(), "the note does not exist");
}
