//! The note store on a data directory: the port's contract, a reference model, and what a restart keeps.

use std::sync::Arc;

use notewarden_domain::{
    IdentityId, Note, NoteId, StoreError, Timestamp, Version,
    idempotency::{Creation, IdempotencyClaim, RequestHash},
    ports::{NoteQuery, NoteStore, Order},
};
use notewarden_embedded::{Database, EmbeddedNotes};
use notewarden_testkit::{
    MemoryNotes, SeededIds, contract,
    fixtures::{NOON, attachments, changed, content, identity, noon_plus, note},
};
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use crate::disk::Disk;

fn open(dir: &TempDir) -> EmbeddedNotes {
    EmbeddedNotes::new(Database::open(dir.path()).unwrap())
}

#[tokio::test]
async fn embedded_notes_are_a_note_store() {
    let dir = tempfile::tempdir().unwrap();
    contract::note_store(&open(&dir), &SeededIds::new(1)).await;
}

#[tokio::test]
async fn a_restart_keeps_notes_and_claims() {
    let dir = tempfile::tempdir().unwrap();
    let ids = SeededIds::new(2);
    let owner = identity(&ids);
    let mut stored = note(&owner, &ids, NOON, "kept");
    stored.attachments = attachments(&["a.txt"]);
    let claim = IdempotencyClaim {
        owner: owner.clone(),
        key: "key".parse().unwrap(),
        request: RequestHash([1; 32]),
        expires_at: noon_plus(60),
    };
    let notes = open(&dir);
    notes.create(&stored, Some(&claim)).await.unwrap();
    drop(notes);

    let notes = open(&dir);
    let found = notes.get(&owner, stored.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&stored));
    let again = note(&owner, &ids, noon_plus(1), "again");
    let creation = notes.create(&again, Some(&claim)).await.unwrap();
    let replayed = Creation::Replayed {
        note_id: stored.id,
        created_at: NOON,
    };
    assert_eq!(creation, replayed);
    let file = attachments(&["a.txt"]).names()[0].clone();
    let using = notes.notes_using(&owner, &file, 10).await.unwrap();
    assert_eq!(using, [stored.id]);
}

#[tokio::test]
async fn expired_claims_are_collected() {
    let database = Database::on_storage(Disk::default().opener()).unwrap();
    let notes = EmbeddedNotes::new(database.clone());
    let ids = SeededIds::new(3);
    let owner = identity(&ids);
    for second in 0..100 {
        let claim = IdempotencyClaim {
            owner: owner.clone(),
            key: format!("key{second}").parse().unwrap(),
            request: RequestHash([1; 32]),
            expires_at: noon_plus(second + 10),
        };
        let note = note(&owner, &ids, noon_plus(second), "claimed");
        notes.create(&note, Some(&claim)).await.unwrap();
    }
    for (table, most) in [("note_claims", 11), ("note_claim_expiries", 11)] {
        let rows = database.read(|transaction| {
            let mut tables = transaction.list_tables().unwrap();
            let handle = tables.find(|handle| redb::TableHandle::name(handle) == table);
            let table = transaction.open_untyped_table(handle.unwrap()).unwrap();
            Ok(redb::ReadableTableMetadata::len(&table).unwrap())
        });
        assert!((1..=most).contains(&rows.unwrap()), "rows in `{table}`");
    }
}

#[tokio::test]
async fn a_damaged_note_is_named() {
    const NOTES: redb::TableDefinition<'_, (&str, u128), &[u8]> =
        redb::TableDefinition::new("notes");
    let database = Database::on_storage(Disk::default().opener()).unwrap();
    let notes = EmbeddedNotes::new(database.clone());
    let ids = SeededIds::new(4);
    let stored = note(&identity(&ids), &ids, NOON, "whole");
    notes.create(&stored, None).await.unwrap();
    let (owner, id) = (stored.owner.clone(), stored.id.as_uuid().as_u128());
    let damage = move |transaction: &redb::WriteTransaction| {
        let mut notes = transaction.open_table(NOTES).unwrap();
        notes
            .insert((owner.as_str(), id), &b"\x01damaged\xff"[..])
            .unwrap();
        Ok(())
    };
    database.write(damage).await.unwrap();
    let error = notes.get(&stored.owner, stored.id).await.unwrap_err();
    let expected = format!(
        "stored note `{}` of `{}` is corrupt",
        stored.id, stored.owner
    );
    assert_eq!(error.to_string(), expected);
}

/// A call, on one of few people, notes, files and keys, so that calls meet.
#[derive(Clone, Debug)]
enum Call {
    Create {
        owner: usize,
        id: u128,
        files: Vec<&'static str>,
        claim: Option<(u8, u8)>,
        at: u64,
    },
    Replace {
        owner: usize,
        id: u128,
        files: Vec<&'static str>,
        expected: u64,
    },
    Delete {
        owner: usize,
        id: u128,
        expected: u64,
    },
    Get {
        owner: usize,
        id: u128,
    },
    List {
        owner: usize,
        after: Option<u128>,
        newest: bool,
        limit: usize,
        max_bytes: usize,
    },
    Using {
        owner: usize,
        file: &'static str,
    },
    Claimed {
        owner: usize,
        claim: (u8, u8),
        at: u64,
    },
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let owner = 0..2_usize;
    let id = 0..6_u128;
    let file = || prop::sample::select(vec!["a", "a/b", "ab"]);
    let files = move || prop::collection::vec(file(), 0..3);
    let key = || (0..3_u8, 0..2_u8);
    let at = 0..100_u64;
    let call = prop_oneof![
        3 => (owner.clone(), id.clone(), files(), prop::option::of(key()), at.clone()).prop_map(
            |(owner, id, files, claim, at)| Call::Create { owner, id, files, claim, at }
        ),
        2 => (owner.clone(), id.clone(), files(), 0..4_u64)
            .prop_map(|(owner, id, files, expected)| Call::Replace { owner, id, files, expected }),
        1 => (owner.clone(), id.clone(), 0..4_u64)
            .prop_map(|(owner, id, expected)| Call::Delete { owner, id, expected }),
        1 => (owner.clone(), id.clone()).prop_map(|(owner, id)| Call::Get { owner, id }),
        2 => (owner.clone(), prop::option::of(id), any::<bool>(), 1..5_usize, 1..40_usize).prop_map(
            |(owner, after, newest, limit, max_bytes)| Call::List {
                owner, after, newest, limit, max_bytes
            }
        ),
        1 => (owner.clone(), file()).prop_map(|(owner, file)| Call::Using { owner, file }),
        1 => (owner, key(), at)
            .prop_map(|(owner, claim, at)| Call::Claimed { owner, claim, at }),
    ];
    prop::collection::vec(call, 1..60)
}

fn person(number: usize) -> IdentityId {
    IdentityId::new("us-east-1", Uuid::from_u128(number as u128)).unwrap()
}

fn id(number: u128) -> NoteId {
    NoteId::new(Uuid::from_u128(number))
}

fn claim_of(owner: usize, (key, request): (u8, u8), at: u64) -> IdempotencyClaim {
    IdempotencyClaim {
        owner: person(owner),
        key: format!("key{key}").parse().unwrap(),
        request: RequestHash([request; 32]),
        expires_at: noon_plus(at + 20),
    }
}

fn note_of(owner: usize, number: u128, files: &[&str], at: Timestamp, version: u64) -> Note {
    Note {
        owner: person(owner),
        id: id(number),
        content: content(format!("note {number} at {version}")),
        attachments: attachments(files),
        created_at: at,
        updated_at: at,
        version: Version::new(version),
    }
}

/// What the store answers, in words that can be compared.
async fn answer(store: &dyn NoteStore, call: &Call) -> String {
    fn said<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
        match result {
            Ok(value) => format!("{value:?}"),
            Err(error) => error.to_string(),
        }
    }
    match call {
        Call::Create {
            owner,
            id,
            files,
            claim,
            at,
        } => {
            let note = note_of(*owner, *id, files, noon_plus(*at), 1);
            let claim = claim.map(|claim| claim_of(*owner, claim, *at));
            said(store.create(&note, claim.as_ref()).await)
        }
        Call::Replace {
            owner,
            id,
            files,
            expected,
        } => {
            let note = note_of(*owner, *id, files, NOON, expected + 1);
            said(store.replace(&note, Version::new(*expected)).await)
        }
        Call::Delete {
            owner,
            id: note,
            expected,
        } => {
            let owner = person(*owner);
            said(
                store
                    .delete(&owner, id(*note), Version::new(*expected))
                    .await,
            )
        }
        Call::Get { owner, id: note } => said(store.get(&person(*owner), id(*note)).await),
        Call::List {
            owner,
            after,
            newest,
            limit,
            max_bytes,
        } => {
            let query = NoteQuery {
                order: if *newest {
                    Order::Newest
                } else {
                    Order::Oldest
                },
                after: after.map(id),
                limit: *limit,
                max_bytes: *max_bytes,
            };
            said(store.list(&person(*owner), &query).await)
        }
        Call::Using { owner, file } => {
            let file = file.parse().unwrap();
            said(store.notes_using(&person(*owner), &file, 10).await)
        }
        Call::Claimed { owner, claim, at } => {
            let claim = claim_of(*owner, *claim, *at);
            said(store.claimed(&claim, noon_plus(*at)).await)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Time goes forward, as it does for a server.
    #[test]
    fn embedded_notes_answer_as_notes_in_memory_do(calls in calls()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let disk = Disk::default();
        let mut embedded = EmbeddedNotes::new(Database::on_storage(disk.opener()).unwrap());
        let model = Arc::new(MemoryNotes::default());
        let mut now = 0;
        for (step, mut call) in calls.into_iter().enumerate() {
            if let Call::Create { at, .. } | Call::Claimed { at, .. } = &mut call {
                now += *at / 10;
                *at = now;
            }
            let expected = runtime.block_on(answer(model.as_ref(), &call));
            let got = runtime.block_on(answer(&embedded, &call));
            prop_assert_eq!(got, expected, "step {}: {:?}", step, call);
            if step % 16 == 15 {
                drop(embedded);
                embedded = EmbeddedNotes::new(Database::on_storage(disk.opener()).unwrap());
            }
        }
    }
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_wins() {
    let notes = Arc::new(EmbeddedNotes::new(
        Database::on_storage(Disk::default().opener()).unwrap(),
    ));
    let ids = SeededIds::new(5);
    let first = note(&identity(&ids), &ids, NOON, "first");
    notes.create(&first, None).await.unwrap();
    let changes: Vec<_> = (0..32)
        .map(|writer| {
            let notes = Arc::clone(&notes);
            let change = changed(&first, &format!("by {writer}"));
            tokio::spawn(async move {
                let result = notes.replace(&change, Version::FIRST).await;
                result.map(|()| change)
            })
        })
        .collect();
    let mut won = Vec::new();
    for change in changes {
        match change.await.unwrap() {
            Ok(change) => won.push(change),
            Err(error) => assert!(matches!(error, StoreError::PreconditionFailed)),
        }
    }
    let found = notes.get(&first.owner, first.id).await.unwrap().unwrap();
    assert_eq!(won, [found]);
}
