//! API keys: each under its owner, and for each id whose it is.

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, Scopes, StoreError, Timestamp,
    api_key::{ApiKey, ApiKeyId, SecretHash},
    ports::ApiKeyStore,
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::database::{Database, Fault, existing};

/// (owner, id) → [`Stored`].
const KEYS: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("api_keys");

/// Whose the key is.
const OWNERS: TableDefinition<'_, u64, &str> = TableDefinition::new("api_key_owners");

const FORMAT: u8 = 1;

/// API keys in the database of a data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedApiKeys {
    database: Database,
}

impl EmbeddedApiKeys {
    /// The keys in `database`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ApiKeyStore for EmbeddedApiKeys {
    async fn create(&self, key: &ApiKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.database
            .write(move |transaction| Ok(create(transaction, &key)?))
            .await
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.database.read(|transaction| Ok(find(transaction, id)?))
    }

    async fn list(&self, owner: &IdentityId) -> Result<Vec<ApiKey>, StoreError> {
        self.database
            .read(|transaction| Ok(list(transaction, owner)?))
    }

    async fn note_use(
        &self,
        owner: &IdentityId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let owner = owner.clone();
        self.database
            .write(move |transaction| Ok(note_use(transaction, &owner, id, at)?))
            .await
    }

    async fn delete(&self, owner: &IdentityId, id: ApiKeyId) -> Result<(), StoreError> {
        let owner = owner.clone();
        self.database
            .write(move |transaction| Ok(delete(transaction, &owner, id)?))
            .await
    }
}

fn create(transaction: &WriteTransaction, key: &ApiKey) -> Result<(), Fault> {
    let mut owners = transaction.open_table(OWNERS)?;
    if owners.insert(key.id.get(), key.owner.as_str())?.is_some() {
        // The transaction is undone.
        return Err(StoreError::AlreadyExists.into());
    }
    let mut keys = transaction.open_table(KEYS)?;
    keys.insert((key.owner.as_str(), key.id.get()), encode(key)?.as_slice())?;
    Ok(())
}

fn find(transaction: &ReadTransaction, id: ApiKeyId) -> Result<Option<ApiKey>, Fault> {
    let Some(owners) = existing(transaction.open_table(OWNERS))? else {
        return Ok(None);
    };
    let Some(owner) = owners.get(id.get())? else {
        return Ok(None);
    };
    let owner = owner.value().parse::<IdentityId>();
    let owner = owner.map_err(|cause| StoreError::corrupt(name(id), cause))?;
    match existing(transaction.open_table(KEYS))? {
        Some(keys) => get(&keys, &owner, id),
        None => Ok(None),
    }
}

fn list(transaction: &ReadTransaction, owner: &IdentityId) -> Result<Vec<ApiKey>, Fault> {
    let Some(keys) = existing(transaction.open_table(KEYS))? else {
        return Ok(Vec::new());
    };
    let of_owner = keys.range((owner.as_str(), u64::MIN)..=(owner.as_str(), u64::MAX))?;
    of_owner
        .map(|entry| {
            let (key, stored) = entry?;
            let (_, id) = key.value();
            Ok(decode(owner, ApiKeyId::new(id), stored.value())?)
        })
        .collect()
}

fn note_use(
    transaction: &WriteTransaction,
    owner: &IdentityId,
    id: ApiKeyId,
    at: Timestamp,
) -> Result<(), Fault> {
    let mut keys = transaction.open_table(KEYS)?;
    let mut key = get(&keys, owner, id)?.ok_or(StoreError::NotFound)?;
    key.last_used_at = Some(at);
    keys.insert((owner.as_str(), id.get()), encode(&key)?.as_slice())?;
    Ok(())
}

fn delete(transaction: &WriteTransaction, owner: &IdentityId, id: ApiKeyId) -> Result<(), Fault> {
    let mut keys = transaction.open_table(KEYS)?;
    let removed = keys.remove((owner.as_str(), id.get()))?.is_some();
    if !removed {
        return Err(StoreError::NotFound.into());
    }
    transaction.open_table(OWNERS)?.remove(id.get())?;
    Ok(())
}

fn get(
    keys: &impl ReadableTable<(&'static str, u64), &'static [u8]>,
    owner: &IdentityId,
    id: ApiKeyId,
) -> Result<Option<ApiKey>, Fault> {
    let stored = keys.get((owner.as_str(), id.get()))?;
    let key = stored.map(|stored| decode(owner, id, stored.value()));
    Ok(key.transpose()?)
}

/// All of a key but its own key here.
#[derive(Serialize, Deserialize)]
struct Stored {
    format: u8,
    name: String,
    /// By their names, which stay the same.
    scopes: Vec<String>,
    hash: [u8; 32],
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
}

fn encode(key: &ApiKey) -> Result<Vec<u8>, StoreError> {
    let stored = Stored {
        format: FORMAT,
        name: key.name.as_str().to_owned(),
        scopes: key.scopes.names().map(str::to_owned).collect(),
        hash: key.hash.0,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
    };
    postcard::to_stdvec(&stored).map_err(StoreError::unavailable)
}

fn decode(owner: &IdentityId, id: ApiKeyId, stored: &[u8]) -> Result<ApiKey, StoreError> {
    let corrupt = |cause: Unreadable| StoreError::corrupt(name(id), cause);
    let stored: Stored = postcard::from_bytes(stored).map_err(|cause| corrupt(cause.into()))?;
    if stored.format != FORMAT {
        return Err(corrupt(Unreadable::Format(stored.format)));
    }
    let scopes = stored
        .scopes
        .iter()
        .try_fold(Scopes::default(), |all, name| {
            let scope = Scopes::named(name).ok_or_else(|| Unreadable::Scope(name.clone()));
            scope.map(|scope| all.and(scope))
        });
    let key = stored.name.parse();
    Ok(ApiKey {
        id,
        owner: owner.clone(),
        name: key.map_err(|cause| corrupt(Unreadable::Invalid(cause)))?,
        scopes: scopes.map_err(corrupt)?,
        hash: SecretHash(stored.hash),
        created_at: stored.created_at,
        expires_at: stored.expires_at,
        last_used_at: stored.last_used_at,
    })
}

/// Why a stored key cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("it is cut short or of another form")]
    Form(#[from] postcard::Error),
    #[error("it has format {0}, and this version reads format {FORMAT}")]
    Format(u8),
    #[error("it has the scope `{0}`, which this version does not know")]
    Scope(String),
    #[error("a value in it breaks a rule")]
    Invalid(#[source] notewarden_domain::Invalid),
}

fn name(id: ApiKeyId) -> String {
    format!("API key `{id}`")
}
