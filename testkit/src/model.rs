//! Random calls on a note store and the claims that it holds, for tests that compare what they answer with what
//! [`MemoryNotes`](crate::MemoryNotes) and [`MemoryClaims`](crate::MemoryClaims) answer.

use std::fmt::Debug;

use notewarden_domain::{
    IdentityId, Note, NoteId, StoreError, Timestamp, Version,
    idempotency::{IdempotencyClaim, RequestHash},
    ports::{IdempotencyStore, NoteQuery, NoteStore, Order},
};
use proptest::{collection, option, prelude::*, sample};
use uuid::Uuid;

use crate::fixtures::{NOON, attachments, content, file, noon_plus};

/// How many people the calls are made for.
pub const PEOPLE: usize = 2;

/// A call, on one of few people, notes, files and keys, so that calls meet. People are numbered from 0, and moments are
/// in seconds after [`NOON`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the arguments of the port's methods")]
pub enum NoteCall {
    /// [`NoteStore::create`].
    Create {
        owner: usize,
        id: u128,
        files: Vec<&'static str>,
        claim: Option<(u8, u8)>,
        at: u64,
    },
    /// [`NoteStore::replace`].
    Replace {
        owner: usize,
        id: u128,
        files: Vec<&'static str>,
        expected: u64,
    },
    /// [`NoteStore::delete`].
    Delete {
        owner: usize,
        id: u128,
        expected: u64,
    },
    /// [`NoteStore::get`].
    Get { owner: usize, id: u128 },
    /// [`NoteStore::list`].
    List {
        owner: usize,
        after: Option<u128>,
        newest: bool,
        limit: usize,
        max_bytes: usize,
    },
    /// [`NoteStore::notes_using`].
    Using { owner: usize, file: &'static str },
    /// [`IdempotencyStore::claimed`].
    Claimed {
        owner: usize,
        claim: (u8, u8),
        at: u64,
    },
}

/// A few calls, in which time goes forward as it does for a server.
pub fn note_calls() -> impl Strategy<Value = Vec<NoteCall>> {
    collection::vec(note_call(), 1..60).prop_map(|mut calls| {
        let mut now = 0;
        for call in &mut calls {
            if let NoteCall::Create { at, .. } | NoteCall::Claimed { at, .. } = call {
                now += *at;
                *at = now;
            }
        }
        calls
    })
}

fn note_call() -> impl Strategy<Value = NoteCall> {
    let owner = 0..PEOPLE;
    let id = 0..6_u128;
    let file = || sample::select(vec!["a", "a/b", "ab"]);
    let files = move || collection::vec(file(), 0..3);
    let key = || (0..3_u8, 0..2_u8);
    let seconds = 0..10_u64;
    prop_oneof![
        3 => (owner.clone(), id.clone(), files(), option::of(key()), seconds.clone()).prop_map(
            |(owner, id, files, claim, at)| NoteCall::Create { owner, id, files, claim, at }
        ),
        2 => (owner.clone(), id.clone(), files(), 0..4_u64).prop_map(
            |(owner, id, files, expected)| NoteCall::Replace { owner, id, files, expected }
        ),
        1 => (owner.clone(), id.clone(), 0..4_u64)
            .prop_map(|(owner, id, expected)| NoteCall::Delete { owner, id, expected }),
        1 => (owner.clone(), id.clone()).prop_map(|(owner, id)| NoteCall::Get { owner, id }),
        2 => (owner.clone(), option::of(id), any::<bool>(), 1..5_usize, 1..40_usize).prop_map(
            |(owner, after, newest, limit, max_bytes)| NoteCall::List {
                owner, after, newest, limit, max_bytes
            }
        ),
        1 => (owner.clone(), file()).prop_map(|(owner, file)| NoteCall::Using { owner, file }),
        1 => (owner, key(), seconds)
            .prop_map(|(owner, claim, at)| NoteCall::Claimed { owner, claim, at }),
    ]
}

/// What the stores answer to the call, made for one of `people`, in words that can be compared.
pub async fn answer(
    store: &dyn NoteStore,
    claims: &dyn IdempotencyStore,
    people: &[IdentityId; PEOPLE],
    call: &NoteCall,
) -> String {
    match *call {
        NoteCall::Create {
            owner,
            id,
            ref files,
            claim,
            at,
        } => {
            let owner = &people[owner];
            let note = note(owner, id, files, noon_plus(at), 1);
            let claim = claim.map(|claim| claim_of(owner, claim, at));
            said(store.create(&note, claim.as_ref()).await)
        }
        NoteCall::Replace {
            owner,
            id,
            ref files,
            expected,
        } => {
            let note = note(&people[owner], id, files, NOON, expected + 1);
            said(store.replace(&note, Version::new(expected)).await)
        }
        NoteCall::Delete {
            owner,
            id,
            expected,
        } => {
            let expected = Version::new(expected);
            said(store.delete(&people[owner], note_id(id), expected).await)
        }
        NoteCall::Get { owner, id } => said(store.get(&people[owner], note_id(id)).await),
        NoteCall::List {
            owner,
            after,
            newest,
            limit,
            max_bytes,
        } => {
            let query = NoteQuery {
                order: if newest { Order::Newest } else { Order::Oldest },
                after: after.map(note_id),
                limit,
                max_bytes,
            };
            said(store.list(&people[owner], &query).await)
        }
        NoteCall::Using { owner, file: name } => {
            said(store.notes_using(&people[owner], &file(name), 10).await)
        }
        NoteCall::Claimed { owner, claim, at } => {
            let claim = claim_of(&people[owner], claim, at);
            said(claims.claimed(&claim, noon_plus(at)).await)
        }
    }
}

fn said<T: Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

const fn note_id(number: u128) -> NoteId {
    NoteId::new(Uuid::from_u128(number))
}

fn note(owner: &IdentityId, number: u128, files: &[&str], at: Timestamp, version: u64) -> Note {
    Note {
        owner: owner.clone(),
        id: note_id(number),
        content: content(format!("note {number} at {version}")),
        attachments: attachments(files),
        created_at: at,
        updated_at: at,
        version: Version::new(version),
    }
}

fn claim_of(owner: &IdentityId, (key, request): (u8, u8), at: u64) -> IdempotencyClaim {
    IdempotencyClaim {
        owner: owner.clone(),
        key: format!("key{key}").parse().expect("the key is valid"),
        request: RequestHash([request; 32]),
        expires_at: noon_plus(at + 20),
    }
}
