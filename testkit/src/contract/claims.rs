//! The contract of idempotency stores, and that all stores have the same claims.

use futures_util::future::join_all;
use notewarden_domain::{
    archive::Selection,
    idempotency::{Creation, IDEMPOTENCY_WINDOW},
    ports::{ArchiveStore, IdSource, IdempotencyStore, NoteStore},
};
use uuid::Uuid;

use crate::fixtures::{NOON, claim, identity, job, noon_plus, note};

const DAY: u64 = IDEMPOTENCY_WINDOW.as_secs();

/// Runs every check on `store`.
pub async fn idempotency_store(store: &dyn IdempotencyStore, ids: &dyn IdSource) {
    a_repeated_claim_is_answered_with_the_first_id(store, ids).await;
    a_key_claimed_for_another_request_is_refused(store, ids).await;
    keys_of_two_people_are_two_keys(store, ids).await;
    an_expired_claim_may_be_made_anew(store, ids).await;
    of_claims_at_once_one_is_the_first(store, ids).await;
}

/// Checks that a key claimed in one of these stores is claimed in all.
pub async fn shared_claims(
    claims: &dyn IdempotencyStore,
    notes: &dyn NoteStore,
    archives: &dyn ArchiveStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    let none = Selection::default();
    let [of_note, of_archive, of_neither] =
        ["note", "archive", "neither"].map(|key| claim(&owner, key, 1, NOON));
    let note = note(&owner, ids, NOON, "claimed");
    let job = job(&owner, ids, NOON);
    let id = ids.uuid_v7(NOON);
    let first = [
        notes.create(&note, Some(&of_note)).await,
        archives.create(&job, &none, Some(&of_archive), 1).await,
        claims.claim(&of_neither, id, NOON).await,
    ];
    for creation in first {
        assert_eq!(creation.expect("create"), Creation::Stored);
    }
    let held = [
        (of_note, note.id.as_uuid()),
        (of_archive, job.id.as_uuid()),
        (of_neither, id),
    ];
    for (same, id) in held {
        let created_at = NOON;
        let other = claim(&owner, same.key.as_str(), 2, NOON);
        for (claim, answer) in [
            (&same, Creation::Replayed { id, created_at }),
            (&other, Creation::KeyReused),
        ] {
            let note = crate::fixtures::note(&owner, ids, NOON, "again");
            let job = crate::fixtures::job(&owner, ids, NOON);
            for said in [
                notes.create(&note, Some(claim)).await,
                archives.create(&job, &none, Some(claim), 9).await,
                claims.claim(claim, Uuid::nil(), NOON).await,
            ] {
                assert_eq!(said.expect("create"), answer, "of `{}`", claim.key);
            }
            let said = claims.claimed(claim, NOON).await.expect("claimed");
            assert_eq!(said, Some(answer), "of `{}`", claim.key);
        }
    }
}

async fn a_repeated_claim_is_answered_with_the_first_id(
    store: &dyn IdempotencyStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    let first = claim(&owner, "key", 1, NOON);
    assert_eq!(store.claimed(&first, NOON).await.expect("claimed"), None);
    let id = ids.uuid_v7(NOON);
    let said = store.claim(&first, id, NOON).await.expect("claim");
    assert_eq!(said, Creation::Stored);

    let later = noon_plus(DAY - 1);
    let again = claim(&owner, "key", 1, later);
    let created_at = NOON;
    let replayed = Creation::Replayed { id, created_at };
    let other = ids.uuid_v7(later);
    let said = store.claim(&again, other, later).await.expect("claim");
    assert_eq!(said, replayed);
    let said = store.claimed(&again, later).await.expect("claimed");
    assert_eq!(said, Some(replayed));
}

async fn a_key_claimed_for_another_request_is_refused(
    store: &dyn IdempotencyStore,
    ids: &dyn IdSource,
) {
    let owner = identity(ids);
    let (first, other) = (claim(&owner, "key", 1, NOON), claim(&owner, "key", 2, NOON));
    let id = ids.uuid_v7(NOON);
    store.claim(&first, id, NOON).await.expect("claim");
    let said = store.claim(&other, Uuid::nil(), NOON).await;
    assert_eq!(said.expect("claim"), Creation::KeyReused);
    let said = store.claimed(&other, NOON).await.expect("claimed");
    assert_eq!(said, Some(Creation::KeyReused));
    let said = store.claim(&first, Uuid::nil(), NOON).await.expect("claim");
    let created_at = NOON;
    assert_eq!(said, Creation::Replayed { id, created_at });
}

async fn keys_of_two_people_are_two_keys(store: &dyn IdempotencyStore, ids: &dyn IdSource) {
    let [alice, bob] = [identity(ids), identity(ids)];
    for claim in [
        claim(&alice, "key", 1, NOON),
        claim(&bob, "key", 2, NOON),
        claim(&alice, "Key", 3, NOON),
    ] {
        let said = store.claim(&claim, ids.uuid_v7(NOON), NOON).await;
        assert_eq!(said.expect("claim"), Creation::Stored);
    }
}

/// At the very moment of its expiry a claim is absent.
async fn an_expired_claim_may_be_made_anew(store: &dyn IdempotencyStore, ids: &dyn IdSource) {
    let owner = identity(ids);
    let first = claim(&owner, "key", 1, NOON);
    let made = store.claim(&first, ids.uuid_v7(NOON), NOON).await;
    assert_eq!(made.expect("claim"), Creation::Stored);
    let tomorrow = noon_plus(DAY);
    let anew = claim(&owner, "key", 2, tomorrow);
    let free = store.claimed(&anew, tomorrow).await.expect("claimed");
    assert_eq!(free, None);
    let id = ids.uuid_v7(tomorrow);
    let made = store.claim(&anew, id, tomorrow).await.expect("claim");
    assert_eq!(made, Creation::Stored);
    let created_at = tomorrow;
    let held = store.claimed(&anew, tomorrow).await.expect("claimed");
    assert_eq!(held, Some(Creation::Replayed { id, created_at }));
}

async fn of_claims_at_once_one_is_the_first(store: &dyn IdempotencyStore, ids: &dyn IdSource) {
    let key = claim(&identity(ids), "key", 1, NOON);
    let made: Vec<_> = (0..8).map(|_| ids.uuid_v7(NOON)).collect();
    let said = join_all(made.iter().map(|id| store.claim(&key, *id, NOON))).await;
    let said: Vec<_> = said.into_iter().map(|said| said.expect("claim")).collect();
    let first = said.iter().position(|said| *said == Creation::Stored);
    let first = first.expect("none of the claims is the first");
    let replayed = Creation::Replayed {
        id: made[first],
        created_at: NOON,
    };
    for (place, said) in said.iter().enumerate() {
        assert!(place == first || *said == replayed, "{place}: {said:?}");
    }
}
