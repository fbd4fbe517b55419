//! The note store on a data directory: the port's contract, a reference model, and what a restart keeps.

use std::sync::Arc;

use notewarden_domain::{
    StoreError, Version,
    idempotency::{Creation, IdempotencyClaim, RequestHash},
    ports::NoteStore,
};
use notewarden_embedded::{Database, EmbeddedClaims, EmbeddedNotes};
use notewarden_testkit::{
    MemoryClaims, MemoryNotes, SeededIds, contract,
    fixtures::{NOON, attachments, changed, identity, noon_plus, note},
    model::{answer, note_calls},
};
use proptest::prelude::*;
use tempfile::TempDir;

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
        id: stored.id.as_uuid(),
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn embedded_notes_answer_as_notes_in_memory_do(calls in note_calls()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let disk = Disk::default();
        let reopened = || {
            let database = Database::on_storage(disk.opener()).unwrap();
            (EmbeddedNotes::new(database.clone()), EmbeddedClaims::new(database))
        };
        let (mut embedded, mut claims) = reopened();
        let known = Arc::new(MemoryClaims::default());
        let model = MemoryNotes::sharing(known.clone());
        let ids = SeededIds::new(6);
        let people = [identity(&ids), identity(&ids)];
        for (step, call) in calls.into_iter().enumerate() {
            let expected = runtime.block_on(answer(&model, &*known, &people, &call));
            let got = runtime.block_on(answer(&embedded, &claims, &people, &call));
            prop_assert_eq!(got, expected, "step {}: {:?}", step, call);
            for person in &people {
                let counts = runtime.block_on(embedded.count(person)).unwrap();
                let expected = runtime.block_on(model.count(person)).unwrap();
                prop_assert_eq!(counts, expected, "step {}: {:?}", step, call);
            }
            if step % 16 == 15 {
                drop((embedded, claims));
                (embedded, claims) = reopened();
            }
        }
    }
}

/// As a data directory of a version that did not count.
#[tokio::test]
async fn what_was_there_before_is_counted_when_it_is_asked_for_or_changed() {
    const COUNTS: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("note_counts");
    let database = Database::on_storage(Disk::default().opener()).unwrap();
    let notes = EmbeddedNotes::new(database.clone());
    let ids = SeededIds::new(9);
    let owners = [identity(&ids), identity(&ids)];
    let mut stored = Vec::new();
    for owner in [&owners[0], &owners[0], &owners[1], &owners[1]] {
        let note = note(owner, &ids, NOON, "before");
        notes.create(&note, None).await.unwrap();
        stored.push(note);
    }
    let forget = |transaction: &redb::WriteTransaction| {
        let deleted = transaction.delete_table(COUNTS);
        assert!(deleted.unwrap(), "notes are counted in a table");
        Ok(())
    };
    database.write(forget).await.unwrap();
    let counts = async || {
        let [one, other] = &owners;
        let one = notes.count(one).await.unwrap();
        (one, notes.count(other).await.unwrap())
    };
    assert_eq!(counts().await, (2, 2));
    let more = note(&owners[0], &ids, NOON, "since");
    notes.create(&more, None).await.unwrap();
    let gone = &stored[3];
    let deleted = notes.delete(&owners[1], gone.id, gone.version);
    deleted.await.unwrap();
    assert_eq!(counts().await, (3, 1));
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
