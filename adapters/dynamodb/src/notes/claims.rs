//! Idempotency claims as items. DynamoDB removes expired ones in its own time, so their expiry is checked as well.

use std::time::Duration;

use notewarden_domain::{
    NoteId, StoreError, Timestamp,
    idempotency::{Creation, IdempotencyClaim, RequestHash},
};

use crate::{
    attributes::{
        Item, Unreadable, bytes, item, millis, number, take_hash, take_millis, take_parsed, text,
    },
    commit::Condition,
};

const OWNER: &str = "userId";
const KEY: &str = "idempotencyKey";
const REQUEST: &str = "requestHash";
const NOTE: &str = "noteId";
const CREATED_AT: &str = "createdAt";
const EXPIRES_AT_MILLIS: &str = "expiresAtMillis";

/// The attribute that the table's time to live looks at: seconds, of which it takes no fractions.
const EXPIRES_AT: &str = "expiresAt";

/// A claim as it is stored.
#[derive(Debug)]
pub(super) struct Held {
    request: RequestHash,
    pub(super) note_id: NoteId,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Held {
    pub(super) const fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.as_millis() <= now.as_millis()
    }

    /// What it answers to `claim`.
    pub(super) fn answer(&self, claim: &IdempotencyClaim) -> Creation {
        if self.request == claim.request {
            Creation::Replayed {
                id: self.note_id.as_uuid(),
                created_at: self.created_at,
            }
        } else {
            Creation::KeyReused
        }
    }
}

pub(super) fn key(claim: &IdempotencyClaim) -> Item {
    item([
        (OWNER, text(claim.owner.as_str())),
        (KEY, text(claim.key.as_str())),
    ])
}

/// The claim of the note `id` that is created at `now`.
pub(super) fn encode(claim: &IdempotencyClaim, id: NoteId, now: Timestamp) -> Item {
    let mut encoded = key(claim);
    encoded.extend(item([
        (REQUEST, bytes(claim.request.0)),
        (NOTE, text(id.to_string())),
        (CREATED_AT, millis(now)),
        (EXPIRES_AT_MILLIS, millis(claim.expires_at)),
        (EXPIRES_AT, number(whole_seconds(claim.expires_at))),
    ]));
    encoded
}

/// Rounded up: the item must not go before the claim has expired.
fn whole_seconds(moment: Timestamp) -> u64 {
    moment.plus(Duration::from_millis(999)).as_secs()
}

/// That no claim holds the key, or one that has expired at `now`.
pub(super) fn is_free(now: Timestamp) -> Condition {
    Condition {
        expression: "attribute_not_exists(idempotencyKey) OR expiresAtMillis <= :now",
        values: item([(":now", millis(now))]),
    }
}

/// The claim on the key of `claim` that is stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the key.
pub(super) fn decode(claim: &IdempotencyClaim, item: Item) -> Result<Held, StoreError> {
    let IdempotencyClaim { owner, key, .. } = claim;
    let what = || format!("idempotency key `{key}` of `{owner}`");
    read(item).map_err(|cause| StoreError::corrupt(what(), cause))
}

fn read(mut item: Item) -> Result<Held, Unreadable> {
    Ok(Held {
        request: RequestHash(take_hash(&mut item, REQUEST)?),
        note_id: take_parsed(&mut item, NOTE)?,
        created_at: take_millis(&mut item, CREATED_AT)?,
        expires_at: take_millis(&mut item, EXPIRES_AT_MILLIS)?,
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use aws_sdk_dynamodb::types::AttributeValue;
    use notewarden_domain::IdentityId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_262_400_001);

    fn claim(request: [u8; 32], expires_at: Timestamp) -> IdempotencyClaim {
        IdempotencyClaim {
            owner: IdentityId::new("us-east-1", Uuid::from_u128(7)).unwrap(),
            key: "key".parse().unwrap(),
            request: RequestHash(request),
            expires_at,
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_answers_the_same_request(
            request: [u8; 32], other: [u8; 32], id: u128, created_at: u64, expires_at: u64,
        ) {
            let claim = claim(request, Timestamp::from_millis(expires_at));
            let id = NoteId::new(Uuid::from_u128(id));
            let created_at = Timestamp::from_millis(created_at);
            let held = decode(&claim, encode(&claim, id, created_at)).unwrap();
            let replay = Creation::Replayed { id: id.as_uuid(), created_at };
            prop_assert_eq!(held.answer(&claim), replay);
            prop_assert_eq!(held.expires_at, claim.expires_at);
            prop_assume!(other != request);
            let other = IdempotencyClaim { request: RequestHash(other), ..claim };
            prop_assert_eq!(held.answer(&other), Creation::KeyReused);
        }
    }

    #[test]
    fn a_claim_is_expired_from_its_moment_on() {
        let claim = claim([0; 32], NOW);
        let id = NoteId::new(Uuid::nil());
        let held = decode(&claim, encode(&claim, id, NOW)).unwrap();
        assert!(held.is_expired(NOW));
        assert!(!held.is_expired(NOW.minus(Duration::from_millis(1))));
    }

    #[test]
    fn the_time_to_live_is_in_whole_seconds_and_not_too_short() {
        let seconds = |expires_at| {
            let claim = claim([0; 32], expires_at);
            encode(&claim, NoteId::new(Uuid::nil()), NOW)[EXPIRES_AT].clone()
        };
        let millis = Timestamp::from_millis;
        assert_eq!(seconds(NOW), AttributeValue::N("1795262401".to_owned()));
        assert_eq!(seconds(millis(2_000)), AttributeValue::N("2".to_owned()));
        assert_eq!(seconds(millis(2_999)), AttributeValue::N("3".to_owned()));
    }

    #[test]
    fn a_damaged_claim_is_named() {
        let claim = claim([0; 32], NOW);
        let mut damaged = encode(&claim, NoteId::new(Uuid::nil()), NOW);
        damaged.insert(REQUEST.to_owned(), bytes([1, 2, 3]));
        let error = decode(&claim, damaged).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stored idempotency key `key` of `us-east-1:00000000-0000-0000-0000-000000000007` is corrupt"
        );
        assert_eq!(
            error.source().unwrap().to_string(),
            "its attribute `requestHash` is not 32 bytes long"
        );
    }
}
