//! Idempotency claims as items. DynamoDB removes expired ones in its own time, so their expiry is checked as well.

use async_trait::async_trait;
use notewarden_domain::{
    StoreError, Timestamp,
    idempotency::{Creation, IdempotencyClaim, RequestHash},
    ports::IdempotencyStore,
};
use uuid::Uuid;

use crate::{
    DynamoNotes,
    attributes::{
        Item, Unreadable, bytes, item, millis, take_hash, take_millis, take_uuid, text,
        time_to_live,
    },
    commit::{Change, Condition, Effect, Found},
    database::Database,
};

const OWNER: &str = "userId";
const KEY: &str = "idempotencyKey";
const REQUEST: &str = "requestHash";
const CREATED: &str = "createdId";
const CREATED_AT: &str = "createdAt";
const EXPIRES_AT_MILLIS: &str = "expiresAtMillis";

/// The attribute that the table's time to live looks at: seconds, of which it takes no fractions.
const EXPIRES_AT: &str = "expiresAt";

/// Claims in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoClaims {
    database: Database,
}

impl DynamoClaims {
    /// The claims of `notes`, which are those of everything that is created beside them.
    pub fn beside(notes: &DynamoNotes) -> Self {
        Self {
            database: notes.database.clone(),
        }
    }
}

#[async_trait]
impl IdempotencyStore for DynamoClaims {
    async fn claim(
        &self,
        claim: &IdempotencyClaim,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Creation, StoreError> {
        let change = hold(&self.database, claim, id, now);
        let Some(mut refused) = self.database.commit(&[change]).await? else {
            return Ok(Creation::Stored);
        };
        let found = refused.take(0).unwrap_or(Found::Nothing);
        answer(claim, id, found, refused.is_uncertain)
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        claimed(&self.database, claim, now).await
    }
}

/// The key is held, and the store does not show by what.
#[derive(Debug, thiserror::Error)]
#[error("the idempotency key is held, and the store does not show by what")]
struct UnknownHolder;

/// The part of a write that claims the key for what is created as `id` at `now`.
pub(crate) fn hold<'a>(
    database: &'a Database,
    claim: &IdempotencyClaim,
    id: Uuid,
    now: Timestamp,
) -> Change<'a> {
    Change {
        table: &database.tables.idempotency,
        effect: Effect::Put(encode(claim, id, now)),
        condition: Some(is_free(now)),
    }
}

/// What a write is answered that [`hold`] was a part of, and was to create `id`: the key is held by what was `found`,
/// which is this very write if `is_uncertain` and it leads to the same.
pub(crate) fn answer(
    claim: &IdempotencyClaim,
    id: Uuid,
    found: Found,
    is_uncertain: bool,
) -> Result<Creation, StoreError> {
    let Found::Item(held) = found else {
        return Err(StoreError::unavailable(UnknownHolder));
    };
    let held = decode(claim, held)?;
    Ok(if is_uncertain && held.created == id {
        Creation::Stored
    } else {
        held.answer(claim)
    })
}

/// What the claim would be answered at `now`, if the key is held.
pub(crate) async fn claimed(
    database: &Database,
    claim: &IdempotencyClaim,
    now: Timestamp,
) -> Result<Option<Creation>, StoreError> {
    let stored = database.read(&database.tables.idempotency, key(claim), None);
    let held = stored.await?.map(|stored| decode(claim, stored));
    let held = held.transpose()?.filter(|held| !held.is_expired(now));
    Ok(held.map(|held| held.answer(claim)))
}

/// A claim as it is stored.
#[derive(Debug)]
struct Held {
    request: RequestHash,
    created: Uuid,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Held {
    const fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.as_millis() <= now.as_millis()
    }

    /// What it answers to `claim`.
    fn answer(&self, claim: &IdempotencyClaim) -> Creation {
        if self.request == claim.request {
            Creation::Replayed {
                id: self.created,
                created_at: self.created_at,
            }
        } else {
            Creation::KeyReused
        }
    }
}

fn key(claim: &IdempotencyClaim) -> Item {
    item([
        (OWNER, text(claim.owner.as_str())),
        (KEY, text(claim.key.as_str())),
    ])
}

/// The claim of what is created as `id` at `now`.
fn encode(claim: &IdempotencyClaim, id: Uuid, now: Timestamp) -> Item {
    let mut encoded = key(claim);
    encoded.extend(item([
        (REQUEST, bytes(claim.request.0)),
        (CREATED, text(id.to_string())),
        (CREATED_AT, millis(now)),
        (EXPIRES_AT_MILLIS, millis(claim.expires_at)),
        (EXPIRES_AT, time_to_live(claim.expires_at)),
    ]));
    encoded
}

/// That no claim holds the key, or one that has expired at `now`.
fn is_free(now: Timestamp) -> Condition {
    Condition {
        expression: "attribute_not_exists(idempotencyKey) OR expiresAtMillis <= :now",
        values: item([(":now", millis(now))]),
    }
}

/// The claim on the key of `claim` that is stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the key.
fn decode(claim: &IdempotencyClaim, item: Item) -> Result<Held, StoreError> {
    let IdempotencyClaim { owner, key, .. } = claim;
    let what = || format!("idempotency key `{key}` of `{owner}`");
    read(item).map_err(|cause| StoreError::corrupt(what(), cause))
}

fn read(mut item: Item) -> Result<Held, Unreadable> {
    Ok(Held {
        request: RequestHash(take_hash(&mut item, REQUEST)?),
        created: take_uuid(&mut item, CREATED)?,
        created_at: take_millis(&mut item, CREATED_AT)?,
        expires_at: take_millis(&mut item, EXPIRES_AT_MILLIS)?,
    })
}

#[cfg(test)]
mod tests {
    use std::{error::Error, time::Duration};

    use aws_sdk_dynamodb::types::AttributeValue;
    use notewarden_domain::IdentityId;
    use proptest::prelude::*;

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
            let id = Uuid::from_u128(id);
            let created_at = Timestamp::from_millis(created_at);
            let held = decode(&claim, encode(&claim, id, created_at)).unwrap();
            let replay = Creation::Replayed { id, created_at };
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
        let id = Uuid::nil();
        let held = decode(&claim, encode(&claim, id, NOW)).unwrap();
        assert!(held.is_expired(NOW));
        assert!(!held.is_expired(NOW.minus(Duration::from_millis(1))));
    }

    #[test]
    fn the_time_to_live_is_in_whole_seconds_and_not_too_short() {
        let seconds = |expires_at| {
            let claim = claim([0; 32], expires_at);
            encode(&claim, Uuid::nil(), NOW)[EXPIRES_AT].clone()
        };
        let millis = Timestamp::from_millis;
        assert_eq!(seconds(NOW), AttributeValue::N("1795262401".to_owned()));
        assert_eq!(seconds(millis(2_000)), AttributeValue::N("2".to_owned()));
        assert_eq!(seconds(millis(2_999)), AttributeValue::N("3".to_owned()));
    }

    #[test]
    fn a_damaged_claim_is_named() {
        let claim = claim([0; 32], NOW);
        let mut damaged = encode(&claim, Uuid::nil(), NOW);
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
