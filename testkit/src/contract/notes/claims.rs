//! Idempotency claims: stored with the note, or not at all.

use notewarden_domain::{
    Note, StoreError, Timestamp,
    idempotency::{Creation, IDEMPOTENCY_WINDOW, IdempotencyClaim},
    ports::{IdSource, NoteStore},
};

use super::{found, stored};
use crate::fixtures::{NOON, claim, identity, noon_plus, note};

const DAY: u64 = IDEMPOTENCY_WINDOW.as_secs();

pub(super) async fn check(store: &dyn NoteStore, ids: &dyn IdSource) {
    a_repeated_request_is_answered_with_the_first_note(store, ids).await;
    a_key_used_for_another_request_is_refused(store, ids).await;
    keys_of_two_people_are_two_keys(store, ids).await;
    an_expired_key_may_be_used_anew(store, ids).await;
    a_refused_note_leaves_no_claim(store, ids).await;
    a_claim_outlives_its_note(store, ids).await;
}

/// Creates a new note at `now` under `claim`.
async fn create(
    store: &dyn NoteStore,
    ids: &dyn IdSource,
    claim: &IdempotencyClaim,
    now: Timestamp,
) -> (Note, Creation) {
    let note = note(&claim.owner, ids, now, "claimed");
    let creation = store.create(&note, Some(claim)).await.expect("create");
    (note, creation)
}

const fn replay_of(note: &Note) -> Creation {
    Creation::Replayed {
        id: note.id.as_uuid(),
        created_at: note.created_at,
    }
}

/// Nothing new is stored, and the answer names the first note.
async fn a_repeated_request_is_answered_with_the_first_note(
    store: &dyn NoteStore,
    ids: &dyn IdSource,
) {
    let first_claim = claim(&identity(ids), "key", 1, NOON);
    let (first, creation) = create(store, ids, &first_claim, NOON).await;
    assert_eq!(creation, Creation::Stored);
    assert_eq!(found(store, &first).await.as_ref(), Some(&first));

    let later = noon_plus(DAY - 1);
    let repeated = claim(&first.owner, "key", 1, later);
    let (second, creation) = create(store, ids, &repeated, later).await;
    assert_eq!(creation, replay_of(&first));
    assert_eq!(found(store, &second).await, None);
}

/// Nothing new is stored, and the key stays bound to the first request.
async fn a_key_used_for_another_request_is_refused(store: &dyn NoteStore, ids: &dyn IdSource) {
    let first_claim = claim(&identity(ids), "key", 1, NOON);
    let (first, _) = create(store, ids, &first_claim, NOON).await;

    let other = claim(&first.owner, "key", 2, NOON);
    let (second, creation) = create(store, ids, &other, NOON).await;
    assert_eq!(creation, Creation::KeyReused);
    assert_eq!(found(store, &second).await, None);

    let (_, creation) = create(store, ids, &first_claim, NOON).await;
    assert_eq!(creation, replay_of(&first));
}

/// Another person's key, and another key of the same person, are free.
async fn keys_of_two_people_are_two_keys(store: &dyn NoteStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    for claim in [
        claim(&alice, "key", 1, NOON),
        claim(&bob, "key", 2, NOON),
        claim(&alice, "Key", 3, NOON),
        claim(&alice, "key2", 4, NOON),
    ] {
        let (note, creation) = create(store, ids, &claim, NOON).await;
        assert_eq!(creation, Creation::Stored);
        assert!(found(store, &note).await.is_some());
    }
}

/// At the very moment of its expiry a claim is absent.
async fn an_expired_key_may_be_used_anew(store: &dyn NoteStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let (first, _) = create(store, ids, &claim(&owner, "key", 1, NOON), NOON).await;
    let tomorrow = noon_plus(DAY);
    let anew = claim(&owner, "key", 2, tomorrow);

    let (second, creation) = create(store, ids, &anew, tomorrow).await;
    assert_eq!(creation, Creation::Stored);
    assert!(found(store, &first).await.is_some());
    assert!(found(store, &second).await.is_some());
    let (_, creation) = create(store, ids, &anew, tomorrow).await;
    assert_eq!(creation, replay_of(&second));
}

/// Both or neither: a note that cannot be stored does not use up the key.
async fn a_refused_note_leaves_no_claim(store: &dyn NoteStore, ids: &dyn IdSource) {
    let existing = stored(store, ids, &identity(ids), "exists").await;
    let key = claim(&existing.owner, "key", 1, NOON);
    let refusal = store.create(&existing, Some(&key)).await;
    assert!(matches!(refusal, Err(StoreError::AlreadyExists)));
    let (_, creation) = create(store, ids, &key, NOON).await;
    assert_eq!(creation, Creation::Stored);
}

/// Deleting the note does not let an old request create it again.
async fn a_claim_outlives_its_note(store: &dyn NoteStore, ids: &dyn IdSource) {
    let key = claim(&identity(ids), "key", 1, NOON);
    let (first, _) = create(store, ids, &key, NOON).await;
    let deleted = store.delete(&first.owner, first.id, first.version).await;
    deleted.expect("delete");
    let (_, creation) = create(store, ids, &key, NOON).await;
    assert_eq!(creation, replay_of(&first));
    assert_eq!(found(store, &first).await, None);
}
