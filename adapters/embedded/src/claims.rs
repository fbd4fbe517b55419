//! Idempotency claims: stored with what they led to, whatever that is, and collected after they expire.

use async_trait::async_trait;
use notewarden_domain::{
    StoreError, Timestamp,
    idempotency::{Creation, IdempotencyClaim},
    ports::IdempotencyStore,
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use uuid::Uuid;

use crate::database::{Database, Fault, existing};

/// The claims in the database of a data directory: those of notes, of archives and of whatever else is created.
#[derive(Clone, Debug)]
pub struct EmbeddedClaims {
    database: Database,
}

impl EmbeddedClaims {
    /// The claims in `database`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl IdempotencyStore for EmbeddedClaims {
    async fn claim(
        &self,
        claim: &IdempotencyClaim,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Creation, StoreError> {
        let wanted = claim.clone();
        let hold = move |transaction: &_| {
            let earlier = self::claim(transaction, &wanted, id, now)?;
            Ok(earlier.unwrap_or(Creation::Stored))
        };
        self.database.write(hold).await
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        self.database
            .read(|transaction| Ok(claimed(transaction, claim, now)?))
    }
}

/// Whose key, and the key.
type ClaimKey = (&'static str, &'static str);

/// The hash of the request, what it led to, when that was created, and when the claim expires.
type Held = (&'static [u8; 32], u128, u64, u64);

const CLAIMS: TableDefinition<'_, ClaimKey, Held> = TableDefinition::new("note_claims");

/// (when it expires, owner, key): the claims in the order in which they are collected.
const EXPIRIES: TableDefinition<'_, (u64, &str, &str), ()> =
    TableDefinition::new("note_claim_expiries");

/// How many expired claims a new one clears away: more than one, so that they become fewer.
const COLLECTED: usize = 4;

/// Stores the claim for what has this `id` and is created at `now`, unless an earlier one holds the key: then
/// answers what that led to.
pub(crate) fn claim(
    transaction: &WriteTransaction,
    claim: &IdempotencyClaim,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<Creation>, Fault> {
    let mut claims = transaction.open_table(CLAIMS)?;
    if let Some(earlier) = held(&claims, claim, now)? {
        return Ok(Some(earlier));
    }
    let mut expiries = transaction.open_table(EXPIRIES)?;
    let expired = expiries.range((0, "", "")..(now.as_millis().saturating_add(1), "", ""))?;
    let expired: Result<Vec<_>, _> = expired
        .take(COLLECTED)
        .map(|entry| entry.map(|(key, _)| owned(key.value())))
        .collect();
    for (at, owner, key) in expired? {
        expiries.remove((at, owner.as_str(), key.as_str()))?;
        claims.remove((owner.as_str(), key.as_str()))?;
    }
    let (owner, key) = key(claim);
    let expires_at = claim.expires_at.as_millis();
    let held = (&claim.request.0, id.as_u128(), now.as_millis(), expires_at);
    let replaced = claims.insert((owner, key), held)?;
    if let Some(expired) = replaced {
        let (_, _, _, at) = expired.value();
        expiries.remove((at, owner, key))?;
    }
    expiries.insert((expires_at, owner, key), ())?;
    Ok(None)
}

/// What an earlier claim on the key led to, if it has not expired at `now`.
pub(crate) fn claimed(
    transaction: &ReadTransaction,
    claim: &IdempotencyClaim,
    now: Timestamp,
) -> Result<Option<Creation>, Fault> {
    match existing(transaction.open_table(CLAIMS))? {
        Some(claims) => held(&claims, claim, now),
        None => Ok(None),
    }
}

fn held(
    claims: &impl ReadableTable<ClaimKey, Held>,
    claim: &IdempotencyClaim,
    now: Timestamp,
) -> Result<Option<Creation>, Fault> {
    let Some(held) = claims.get(key(claim))? else {
        return Ok(None);
    };
    let (request, id, created_at, expires_at) = held.value();
    Ok(if expires_at <= now.as_millis() {
        None
    } else if *request == claim.request.0 {
        Some(Creation::Replayed {
            id: Uuid::from_u128(id),
            created_at: Timestamp::from_millis(created_at),
        })
    } else {
        Some(Creation::KeyReused)
    })
}

fn key(claim: &IdempotencyClaim) -> (&str, &str) {
    (claim.owner.as_str(), claim.key.as_str())
}

fn owned((at, owner, key): (u64, &str, &str)) -> (u64, String, String) {
    (at, owner.to_owned(), key.to_owned())
}
