//! The signing keys in the database: all of them change in one commit, or none.

use std::time::Duration;

use notewarden_domain::{StoreError, Timestamp};
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::ring::TokenUse;

/// What a key signs → the key, sealed.
const KEYS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("signing_keys");
/// Until when a replaced key counts, in milliseconds; what it has signed; its id → the key, sealed.
const RETIRED: TableDefinition<'_, (u64, &str, &str), &[u8]> =
    TableDefinition::new("signing_keys_retired");
/// When the keys were made, and how long their tokens live, in milliseconds.
const FACTS: TableDefinition<'_, &str, u64> = TableDefinition::new("signing_key_facts");

const ID: &str = "id";
const ACCESS: &str = "access";
const MADE_AT: &str = "made_at";
const LONGEST_LIFETIME: &str = "longest_lifetime";

/// The keys, as kept.
pub(super) struct Kept {
    pub(super) id: Vec<u8>,
    pub(super) access: Vec<u8>,
    pub(super) made_at: Timestamp,
    pub(super) longest_lifetime: Duration,
    pub(super) retired: Vec<KeptRetired>,
}

/// A replaced key, as kept.
pub(super) struct KeptRetired {
    pub(super) signed: TokenUse,
    pub(super) until: Timestamp,
    pub(super) name: String,
    pub(super) key: Vec<u8>,
}

impl TokenUse {
    const fn name(self) -> &'static str {
        match self {
            Self::Id => ID,
            Self::Access => ACCESS,
        }
    }
}

/// Whether keys were ever made in `database`.
pub(crate) fn exist(database: &Database) -> Result<bool, StoreError> {
    database.read(|transaction| {
        let keys = existing(transaction.open_table(KEYS))?;
        let first = keys.map(|keys| Ok::<_, Fault>(keys.first()?.is_some()));
        Ok(first.transpose()?.unwrap_or_default())
    })
}

pub(super) fn read(transaction: &ReadTransaction) -> Result<Option<Kept>, Fault> {
    let Some(keys) = existing(transaction.open_table(KEYS))? else {
        return Ok(None);
    };
    let key = |name| Ok::<_, Fault>(keys.get(name)?.map(|key| key.value().to_vec()));
    let (Some(id), Some(access)) = (key(ID)?, key(ACCESS)?) else {
        return Ok(None);
    };
    let facts = transaction.open_table(FACTS)?;
    let fact = |name| {
        Ok::<_, Fault>(
            facts
                .get(name)?
                .map(|fact| fact.value())
                .unwrap_or_default(),
        )
    };
    let mut retired = Vec::new();
    if let Some(table) = existing(transaction.open_table(RETIRED))? {
        for entry in table.iter()? {
            let (facts, key) = entry?;
            let (until, signed, name) = facts.value();
            retired.push(KeptRetired {
                signed: if signed == ID {
                    TokenUse::Id
                } else {
                    TokenUse::Access
                },
                until: Timestamp::from_millis(until),
                name: name.to_owned(),
                key: key.value().to_vec(),
            });
        }
    }
    Ok(Some(Kept {
        id,
        access,
        made_at: Timestamp::from_millis(fact(MADE_AT)?),
        longest_lifetime: Duration::from_millis(fact(LONGEST_LIFETIME)?),
        retired,
    }))
}

/// Keeps these keys and no others.
pub(super) fn replace(transaction: &WriteTransaction, kept: &Kept) -> Result<(), Fault> {
    let mut keys = transaction.open_table(KEYS)?;
    keys.insert(ID, kept.id.as_slice())?;
    keys.insert(ACCESS, kept.access.as_slice())?;
    let mut facts = transaction.open_table(FACTS)?;
    facts.insert(MADE_AT, kept.made_at.as_millis())?;
    facts.insert(LONGEST_LIFETIME, millis(kept.longest_lifetime))?;
    let mut retired = transaction.open_table(RETIRED)?;
    while retired.pop_first()?.is_some() {}
    for KeptRetired {
        signed,
        until,
        name,
        key,
    } in &kept.retired
    {
        let facts = (until.as_millis(), signed.name(), name.as_str());
        retired.insert(facts, key.as_slice())?;
    }
    Ok(())
}

pub(super) fn set_longest_lifetime(
    transaction: &WriteTransaction,
    lifetime: Duration,
) -> Result<(), Fault> {
    let mut facts = transaction.open_table(FACTS)?;
    facts.insert(LONGEST_LIFETIME, millis(lifetime))?;
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
