//! The contract of note stores.

mod claims;
mod lists;

use notewarden_domain::{
    IdentityId, Note, StoreError, Version,
    idempotency::Creation,
    ports::{IdSource, NoteStore},
};

use crate::fixtures::{NOON, attachments, changed, file, identity, note};

/// Runs every check on `store`, with people whose ids come from `ids`.
pub async fn note_store(store: &dyn NoteStore, ids: &dyn IdSource) {
    a_created_note_is_read_back_whole(store, ids).await;
    the_longest_note_fits(store, ids).await;
    an_absent_note_is_none(store, ids).await;
    a_second_note_with_the_same_id_is_refused(store, ids).await;
    people_do_not_see_each_others_notes(store, ids).await;
    a_note_is_replaced_at_its_version_only(store, ids).await;
    a_note_is_deleted_at_its_version_only(store, ids).await;
    an_absent_note_is_neither_replaced_nor_deleted(store, ids).await;
    notes_are_counted(store, ids).await;
    files_are_found_in_the_notes_that_name_them(store, ids).await;
    a_change_of_the_text_leaves_files_where_they_are_found(store, ids).await;
    claims::check(store, ids).await;
    lists::check(store, ids).await;
}

/// Stores a new note of `owner`.
async fn stored(store: &dyn NoteStore, ids: &dyn IdSource, owner: &IdentityId, text: &str) -> Note {
    let note = note(owner, ids, NOON, text);
    let creation = store.create(&note, None).await.expect("create");
    assert_eq!(creation, Creation::Stored);
    note
}

async fn found(store: &dyn NoteStore, note: &Note) -> Option<Note> {
    store.get(&note.owner, note.id).await.expect("get")
}

/// What is written is what is read, down to the last byte.
async fn a_created_note_is_read_back_whole(store: &dyn NoteStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    for text in [
        "",
        "hello",
        "zero \0, tab \t, ä, 漢字, 😀, \u{202e}",
        "\"\\",
    ] {
        let mut written = note(&owner, ids, NOON, text);
        written.attachments = attachments(&["b.txt", "a/ö \" '.jpg"]);
        store.create(&written, None).await.expect("create");
        assert_eq!(found(store, &written).await.as_ref(), Some(&written));
    }
}

/// 100,000 characters of four bytes, and sixteen of the longest names.
async fn the_longest_note_fits(store: &dyn NoteStore, ids: &dyn IdSource) {
    let mut written = note(&identity(ids), ids, NOON, &"😀".repeat(100_000));
    let names: Vec<_> = (0..16).map(|i| format!("{i:0>960}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    written.attachments = attachments(&names);
    store.create(&written, None).await.expect("create");
    assert!(found(store, &written).await.as_ref() == Some(&written));
}

/// No error, and nobody else's note.
async fn an_absent_note_is_none(store: &dyn NoteStore, ids: &dyn IdSource) {
    let absent = note(&identity(ids), ids, NOON, "never stored");
    assert_eq!(found(store, &absent).await, None);
}

/// An id is used once, and the first note stays as it was.
async fn a_second_note_with_the_same_id_is_refused(store: &dyn NoteStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids), "first").await;
    let second = changed(&first, "second");
    let refusal = store.create(&second, None).await;
    assert!(matches!(refusal, Err(StoreError::AlreadyExists)));
    assert_eq!(found(store, &first).await, Some(first));
}

/// The same id under two owners is two notes.
async fn people_do_not_see_each_others_notes(store: &dyn NoteStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    let of_alice = stored(store, ids, &alice, "of alice").await;
    let of_bob = Note {
        owner: bob.clone(),
        ..changed(&of_alice, "of bob")
    };
    assert_eq!(found(store, &of_bob).await, None);

    let refusal = store.replace(&of_bob, Version::FIRST).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    let refusal = store.delete(&bob, of_alice.id, Version::FIRST).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));

    store.create(&of_bob, None).await.expect("create");
    assert_eq!(found(store, &of_alice).await, Some(of_alice));
    assert_eq!(found(store, &of_bob).await, Some(of_bob));
}

/// The second of two changes of one version is refused.
async fn a_note_is_replaced_at_its_version_only(store: &dyn NoteStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids), "first").await;
    let mut second = changed(&first, "second");
    second.attachments = attachments(&["new.txt"]);
    store
        .replace(&second, first.version)
        .await
        .expect("replace");

    let late = changed(&first, "late");
    let refusal = store.replace(&late, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert_eq!(found(store, &second).await, Some(second));
}

/// A change that the deleter has not seen keeps the note.
async fn a_note_is_deleted_at_its_version_only(store: &dyn NoteStore, ids: &dyn IdSource) {
    let first = stored(store, ids, &identity(ids), "first").await;
    let second = changed(&first, "second");
    store
        .replace(&second, first.version)
        .await
        .expect("replace");

    let refusal = store.delete(&first.owner, first.id, first.version).await;
    assert!(matches!(refusal, Err(StoreError::PreconditionFailed)));
    assert!(found(store, &second).await.is_some());

    let deleted = store.delete(&second.owner, second.id, second.version).await;
    deleted.expect("delete");
    assert_eq!(found(store, &second).await, None);
}

/// `NotFound`, and nothing comes into being.
async fn an_absent_note_is_neither_replaced_nor_deleted(store: &dyn NoteStore, ids: &dyn IdSource) {
    let absent = note(&identity(ids), ids, NOON, "never stored");
    let refusal = store.replace(&absent, absent.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    let refusal = store.delete(&absent.owner, absent.id, absent.version).await;
    assert!(matches!(refusal, Err(StoreError::NotFound)));
    assert_eq!(found(store, &absent).await, None);
}

/// The owner's, as they come and go, and neither files nor changes; also if they are too many to be read at once.
async fn notes_are_counted(store: &dyn NoteStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    let count = async |owner: &IdentityId| store.count(owner).await.expect("count");
    assert_eq!(count(&alice).await, 0);
    let first = stored(store, ids, &alice, "first").await;
    stored(store, ids, &bob, "of bob").await;
    for _ in 0..5 {
        let mut long = note(&alice, ids, NOON, &"😀".repeat(100_000));
        long.attachments = attachments(&["a", "b"]);
        store.create(&long, None).await.expect("create");
    }
    assert_eq!(count(&alice).await, 6);
    let second = changed(&first, "second");
    let replaced = store.replace(&second, first.version).await;
    replaced.expect("replace");
    assert_eq!(count(&alice).await, 6);
    let deleted = store.delete(&alice, second.id, second.version).await;
    deleted.expect("delete");
    assert_eq!(count(&alice).await, 5);
    assert_eq!(count(&bob).await, 1);
}

/// Through creation, change and deletion, by the whole name, up to a limit, and in the owner's notes only.
async fn files_are_found_in_the_notes_that_name_them(store: &dyn NoteStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    let shared = file("shared.txt");
    let mut notes = Vec::new();
    for owner in [&alice, &alice, &alice, &bob] {
        let mut note = note(owner, ids, NOON, "uses a file");
        note.attachments = attachments(&["other", "shared.txt"]);
        store.create(&note, None).await.expect("create");
        notes.push(note);
    }
    let [first, second, third, of_bob] = &notes[..] else {
        panic!("four notes were stored")
    };
    let using = async |owner: &IdentityId, limit| {
        let found = store.notes_using(owner, &shared, limit).await;
        let mut found = found.expect("notes_using");
        found.sort();
        found
    };
    assert_eq!(using(&alice, 10).await, [first.id, second.id, third.id]);
    assert_eq!(using(&alice, 2).await.len(), 2);
    assert_eq!(using(&bob, 10).await, [of_bob.id]);
    for name in ["shared", "shared.txt.bak", "SHARED.TXT", "txt"] {
        let found = store.notes_using(&alice, &file(name), 10).await;
        assert_eq!(found.expect("notes_using"), [], "notes that name `{name}`");
    }

    let mut without = changed(first, "uses it no more");
    without.attachments = attachments(&["other"]);
    store
        .replace(&without, first.version)
        .await
        .expect("replace");
    let deleted = store.delete(&alice, second.id, second.version).await;
    deleted.expect("delete");
    assert_eq!(using(&alice, 10).await, [third.id]);
}

/// Whoever still names a file is found, however often the note is changed, and whichever other files come and go.
async fn a_change_of_the_text_leaves_files_where_they_are_found(
    store: &dyn NoteStore,
    ids: &dyn IdSource,
) {
    let mut note = note(&identity(ids), ids, NOON, "first");
    note.attachments = attachments(&["kept", "b", "c"]);
    store.create(&note, None).await.expect("create");
    for (names, text) in [
        (["kept", "b", "c"], "the same files"),
        (["c", "b", "kept"], "in another order"),
        (["d", "kept", "b"], "with another one"),
    ] {
        let mut next = changed(&note, text);
        next.attachments = attachments(&names);
        let replaced = store.replace(&next, note.version).await;
        replaced.expect("replace");
        assert_eq!(found(store, &next).await.as_ref(), Some(&next));
        for name in ["kept", "b", "c", "d"] {
            let using = store.notes_using(&next.owner, &file(name), 10).await;
            let is_found = using.expect("notes_using") == [next.id];
            assert_eq!(is_found, names.contains(&name), "`{name}` {text}");
        }
        note = next;
    }
    let deleted = store.delete(&note.owner, note.id, note.version).await;
    deleted.expect("delete");
    for name in ["kept", "b", "c", "d"] {
        let using = store.notes_using(&note.owner, &file(name), 10).await;
        assert_eq!(using.expect("notes_using"), [], "notes that name `{name}`");
    }
}
