//! The stored form of credentials, and the tables that find them by key, by expiry and by identity.

use std::{sync::Arc, time::Duration};

use notewarden_domain::{IdentityId, StoreError, Timestamp};
use notewarden_embedded::database::{Fault, existing};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::Credential;
use crate::{principal::Principal, secret::Secret};

/// Access key id → [`CredentialItem`] as JSON.
const CREDENTIALS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("credentials");
/// (Expiry in milliseconds, access key id): collecting reads nothing that stays.
const BY_EXPIRY: TableDefinition<'_, (u64, &str), ()> =
    TableDefinition::new("credentials_by_expiry");
/// (Identity id, access key id): revoking reads nothing of others.
const BY_IDENTITY: TableDefinition<'_, (&str, &str), ()> =
    TableDefinition::new("credentials_by_identity");
/// The administrator's access key id.
const ADMIN: TableDefinition<'_, (), &str> = TableDefinition::new("admin_credential");

/// How long an expired credential stays known.
const KEPT_AFTER_EXPIRY: Duration = Duration::from_secs(24 * 60 * 60);
/// How many one call collects: more than an issue adds, so that the tables do not grow without end, and
/// few enough that nobody waits for it.
const COLLECTED_AT_ONCE: usize = 8;

#[derive(Serialize, Deserialize)]
struct CredentialItem {
    secret: String,
    token: Option<String>,
    expires_at: Option<Timestamp>,
    principal: Principal,
}

impl CredentialItem {
    fn encode(credential: &Credential) -> Result<Vec<u8>, StoreError> {
        let item = Self {
            secret: credential.secret_access_key.expose().to_owned(),
            token: credential
                .session_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            expires_at: credential.expires_at,
            principal: Principal::clone(&credential.principal),
        };
        serde_json::to_vec(&item).map_err(|error| corrupt(&credential.access_key_id, error))
    }

    fn decode(access_key_id: &str, bytes: &[u8]) -> Result<Credential, StoreError> {
        let item: Self =
            serde_json::from_slice(bytes).map_err(|error| corrupt(access_key_id, error))?;
        Ok(Credential {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: Secret::new(item.secret),
            session_token: item.token.map(Secret::new),
            expires_at: item.expires_at,
            principal: Arc::new(item.principal),
        })
    }
}

fn corrupt(access_key_id: &str, error: serde_json::Error) -> StoreError {
    StoreError::corrupt(format!("credential `{access_key_id}`"), error)
}

pub(super) fn find(
    transaction: &ReadTransaction,
    access_key_id: &str,
) -> Result<Option<Credential>, Fault> {
    let Some(table) = existing(transaction.open_table(CREDENTIALS))? else {
        return Ok(None);
    };
    let Some(item) = table.get(access_key_id)? else {
        return Ok(None);
    };
    Ok(Some(CredentialItem::decode(access_key_id, item.value())?))
}

/// Up to `limit` of those of `identity`.
pub(super) fn of_identity(
    transaction: &ReadTransaction,
    identity: &IdentityId,
    limit: usize,
) -> Result<Vec<Credential>, Fault> {
    let credentials = existing(transaction.open_table(CREDENTIALS))?;
    let by_identity = existing(transaction.open_table(BY_IDENTITY))?;
    let Some((credentials, by_identity)) = credentials.zip(by_identity) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in by_identity.range((identity.as_str(), "")..)?.take(limit) {
        let (entry, _) = entry?;
        let (owner, key) = entry.value();
        if owner != identity.as_str() {
            break;
        }
        if let Some(item) = credentials.get(key)? {
            found.push(CredentialItem::decode(key, item.value())?);
        }
    }
    Ok(found)
}

/// The administrator's access key id, if there is one yet.
pub(super) fn admin(transaction: &ReadTransaction) -> Result<Option<String>, Fault> {
    let Some(table) = existing(transaction.open_table(ADMIN))? else {
        return Ok(None);
    };
    Ok(table.get(())?.map(|key| key.value().to_owned()))
}

pub(super) fn insert(transaction: &WriteTransaction, credential: &Credential) -> Result<(), Fault> {
    let key = credential.access_key_id.as_str();
    let item = CredentialItem::encode(credential)?;
    let mut credentials = transaction.open_table(CREDENTIALS)?;
    if credentials.get(key)?.is_some() {
        return Err(StoreError::AlreadyExists.into());
    }
    credentials.insert(key, item.as_slice())?;
    if let Some(end) = credential.expires_at {
        let mut by_expiry = transaction.open_table(BY_EXPIRY)?;
        by_expiry.insert((end.as_millis(), key), ())?;
    }
    if let Some(identity) = credential.principal.identity() {
        let mut by_identity = transaction.open_table(BY_IDENTITY)?;
        by_identity.insert((identity.identity_id.as_str(), key), ())?;
    }
    Ok(())
}

/// Keeps `made` as the administrator's unless another call was first; answers the access key id that stays.
pub(super) fn insert_admin(
    transaction: &WriteTransaction,
    made: &Credential,
) -> Result<String, Fault> {
    let mut admin = transaction.open_table(ADMIN)?;
    if let Some(first) = admin.get(())? {
        return Ok(first.value().to_owned());
    }
    insert(transaction, made)?;
    admin.insert((), made.access_key_id.as_str())?;
    Ok(made.access_key_id.clone())
}

/// Removes some of those that expired long before `now`; answers their access key ids.
pub(super) fn collect_expired(
    transaction: &WriteTransaction,
    now: Timestamp,
) -> Result<Vec<String>, Fault> {
    let kept = u64::try_from(KEPT_AFTER_EXPIRY.as_millis()).unwrap_or(u64::MAX);
    let end = now.as_millis().saturating_sub(kept);
    let ended = {
        let by_expiry = transaction.open_table(BY_EXPIRY)?;
        by_expiry
            .range(..(end, ""))?
            .take(COLLECTED_AT_ONCE)
            .map(|entry| Ok(entry?.0.value().1.to_owned()))
            .collect::<Result<Vec<_>, Fault>>()?
    };
    remove(transaction, &ended)?;
    Ok(ended)
}

/// Removes all of `identity`; answers their access key ids.
pub(super) fn remove_identity(
    transaction: &WriteTransaction,
    identity: &IdentityId,
) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    {
        let by_identity = transaction.open_table(BY_IDENTITY)?;
        for entry in by_identity.range((identity.as_str(), "")..)? {
            let (entry, ()) = entry.map(|(key, value)| (key, value.value()))?;
            let (owner, key) = entry.value();
            if owner != identity.as_str() {
                break;
            }
            keys.push(key.to_owned());
        }
    }
    remove(transaction, &keys)?;
    Ok(keys)
}

fn remove(transaction: &WriteTransaction, access_key_ids: &[String]) -> Result<(), Fault> {
    let mut credentials = transaction.open_table(CREDENTIALS)?;
    let mut by_expiry = transaction.open_table(BY_EXPIRY)?;
    let mut by_identity = transaction.open_table(BY_IDENTITY)?;
    for key in access_key_ids {
        let Some(credential) = credentials
            .remove(key.as_str())?
            .map(|item| CredentialItem::decode(key, item.value()))
            .transpose()?
        else {
            continue;
        };
        if let Some(end) = credential.expires_at {
            by_expiry.remove((end.as_millis(), key.as_str()))?;
        }
        if let Some(identity) = credential.principal.identity() {
            by_identity.remove((identity.identity_id.as_str(), key.as_str()))?;
        }
    }
    Ok(())
}
