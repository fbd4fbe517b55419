//! The pool's signing keys: one for ID tokens, one for access tokens, made once per data directory and kept
//! under the vault's key.

use std::sync::Arc;

use notewarden_domain::{StoreError, ports::IdSource};
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use serde_json::{Value, json};
use tokio::{sync::OnceCell, task};

use crate::{
    jws::SigningKey,
    vault::{Purpose, Vault},
};

/// What a key signs → the key, sealed.
const KEYS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("signing_keys");

const ID: &str = "id";
const ACCESS: &str = "access";

/// The keys that sign now.
#[derive(Debug)]
pub(crate) struct KeySet {
    pub(crate) id: SigningKey,
    pub(crate) access: SigningKey,
}

impl KeySet {
    /// Every key that a valid token may be signed with.
    pub(crate) fn all(&self) -> [&SigningKey; 2] {
        [&self.id, &self.access]
    }

    /// The JSON Web Key Set that the pool publishes.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": self.all().map(SigningKey::jwk) })
    }
}

/// The keys of a data directory, read or made when they are first wanted: making them takes longer than a
/// server may take to start.
pub(crate) struct SigningKeys {
    database: Database,
    vault: Arc<Vault>,
    ids: Arc<dyn IdSource>,
    current: OnceCell<Arc<KeySet>>,
}

impl SigningKeys {
    pub(crate) fn new(database: Database, vault: Arc<Vault>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            database,
            vault,
            ids,
            current: OnceCell::new(),
        }
    }

    /// The keys; whoever is first waits for them to be made.
    pub(crate) async fn current(&self) -> Result<Arc<KeySet>, StoreError> {
        let keys = self.current.get_or_try_init(|| self.load_or_make());
        keys.await.cloned()
    }

    async fn load_or_make(&self) -> Result<Arc<KeySet>, StoreError> {
        let stored = self
            .database
            .read(|transaction| Ok((stored(transaction, ID)?, stored(transaction, ACCESS)?)))?;
        let keys = match stored {
            (Some(id), Some(access)) => KeySet {
                id: self.open(&id)?,
                access: self.open(&access)?,
            },
            _ => self.make().await?,
        };
        Ok(Arc::new(keys))
    }

    async fn make(&self) -> Result<KeySet, StoreError> {
        let (id, access) = tokio::try_join!(generate(), generate())?;
        let sealed = [(ID, self.seal(&id)?), (ACCESS, self.seal(&access)?)];
        self.database
            .write(move |transaction| Ok(insert(transaction, &sealed)?))
            .await?;
        Ok(KeySet { id, access })
    }

    fn seal(&self, key: &SigningKey) -> Result<Vec<u8>, StoreError> {
        let pkcs8 = key.to_pkcs8().map_err(StoreError::unavailable)?;
        self.vault
            .seal(Purpose::SigningKey, &pkcs8, self.ids.as_ref())
            .map_err(StoreError::unavailable)
    }

    fn open(&self, sealed: &[u8]) -> Result<SigningKey, StoreError> {
        let pkcs8 = self
            .vault
            .unseal(Purpose::SigningKey, sealed)
            .map_err(|error| StoreError::corrupt("signing key", error))?;
        SigningKey::from_pkcs8(&pkcs8).map_err(|error| StoreError::corrupt("signing key", error))
    }
}

/// Makes a key beside the runtime's threads.
async fn generate() -> Result<SigningKey, StoreError> {
    task::spawn_blocking(SigningKey::generate)
        .await
        .map_err(StoreError::unavailable)?
        .map_err(StoreError::unavailable)
}

fn stored(transaction: &ReadTransaction, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let Some(keys) = existing(transaction.open_table(KEYS))? else {
        return Ok(None);
    };
    let key = keys.get(name)?;
    Ok(key.map(|key| key.value().to_vec()))
}

fn insert(transaction: &WriteTransaction, sealed: &[(&str, Vec<u8>)]) -> Result<(), Fault> {
    let mut keys = transaction.open_table(KEYS)?;
    for (name, key) in sealed {
        keys.insert(*name, key.as_slice())?;
    }
    Ok(())
}

/// Whether keys were ever made in `database`.
pub(crate) fn exist(database: &Database) -> Result<bool, StoreError> {
    database.read(|transaction| {
        let keys = existing(transaction.open_table(KEYS))?;
        let first = keys.map(|keys| Ok::<_, Fault>(keys.first()?.is_some()));
        Ok(first.transpose()?.unwrap_or_default())
    })
}
