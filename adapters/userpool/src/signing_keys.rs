//! The pool's signing keys: one for ID tokens, one for access tokens, kept under the vault's key, and the keys that
//! they have replaced, for as long as what those have signed is valid.

mod ring;
mod table;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use notewarden_domain::{
    StoreError, Timestamp,
    ports::{Clock, IdSource},
};
use notewarden_embedded::Database;
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, OnceCell},
    task,
};

use self::{
    ring::{Retired, TooManyKeys},
    table::{Kept, KeptRetired},
};
pub(crate) use self::{
    ring::{Ring, TokenUse},
    table::exist,
};
use crate::{
    jws::{self, JwsError, SigningKey},
    vault::{Purpose, Vault},
};

/// The keys that tokens are signed and verified with.
pub(crate) type KeySet = Ring<Arc<SigningKey>>;

/// A token that one of the pool's keys has signed.
#[derive(Debug)]
pub(crate) struct Verified {
    /// What its key signs.
    pub(crate) signed_as: TokenUse,
    pub(crate) claims: serde_json::Map<String, Value>,
}

impl KeySet {
    /// Verifies `token` with the one of the keys that count at `now` that its header names.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, JwsError> {
        let keys = self.valid(now).map(|(_, key)| key.as_ref());
        let jws::Verified { key, claims } = jws::verify(token, keys)?;
        let signed_as = self
            .valid(now)
            .find(|(_, valid)| valid.id() == key.id())
            .map(|(signed_as, _)| signed_as);
        Ok(Verified {
            signed_as: signed_as.ok_or(JwsError::UnknownKey)?,
            claims,
        })
    }

    /// The JSON Web Key Set that the pool publishes at `now`.
    pub(crate) fn jwks(&self, now: Timestamp) -> Value {
        let keys = self.valid(now).map(|(_, key)| key.jwk());
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

/// Why the keys stay as they are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RotateKeysError {
    /// Too many keys still verify tokens: whoever reads the published set must not have to read a long one.
    #[error(
        "the keys were rotated too often of late: wait until tokens of the oldest have ended, a day at most"
    )]
    TooOften,
    /// The keys cannot be read, made or kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TooManyKeys> for RotateKeysError {
    fn from(_: TooManyKeys) -> Self {
        Self::TooOften
    }
}

/// The keys of a data directory, read or made when they are first wanted: making them takes longer than a
/// server may take to start.
pub(crate) struct SigningKeys {
    database: Database,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    /// How long the longest token lives that is signed from now on.
    longest_lifetime: Duration,
    current: OnceCell<RwLock<Arc<KeySet>>>,
    rotating: Mutex<()>,
}

impl SigningKeys {
    pub(crate) fn new(
        database: Database,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        longest_lifetime: Duration,
    ) -> Self {
        Self {
            database,
            vault,
            clock,
            ids,
            longest_lifetime,
            current: OnceCell::new(),
            rotating: Mutex::new(()),
        }
    }

    /// The keys; whoever is first waits for them to be made.
    pub(crate) async fn current(&self) -> Result<Arc<KeySet>, StoreError> {
        let keys = self.slot().await?.read();
        Ok(Arc::clone(&keys.unwrap_or_else(PoisonError::into_inner)))
    }

    /// Makes new keys, which sign from now on. The ones that they replace verify what they have signed until the
    /// last of it has ended.
    pub(crate) async fn rotate(&self) -> Result<(), RotateKeysError> {
        let _alone = self.rotating.lock().await;
        self.rotate_alone().await
    }

    /// [Rotates](Self::rotate) the keys if they are older than `age`; whether they were.
    pub(crate) async fn rotate_if_older(&self, age: Duration) -> Result<bool, RotateKeysError> {
        let _alone = self.rotating.lock().await;
        let is_older = self.current().await?.made_at().plus(age) <= self.clock.now();
        if is_older {
            self.rotate_alone().await?;
        }
        Ok(is_older)
    }

    async fn rotate_alone(&self) -> Result<(), RotateKeysError> {
        let before = self.current().await?;
        // Before the work, so that a refusal costs nothing.
        before.check_can_rotate(self.clock.now())?;
        let (id, access) = make().await?;
        let kept = (self.seal(&id)?, self.seal(&access)?);
        let now = self.clock.now();
        let after = before.rotated(id, access, now, self.longest_lifetime)?;
        let retired = after.retired().map(|retired| self.seal_retired(retired));
        let kept = Kept {
            id: kept.0,
            access: kept.1,
            made_at: after.made_at(),
            longest_lifetime: after.longest_lifetime(),
            retired: retired.collect::<Result<_, _>>()?,
        };
        self.database
            .write(move |transaction| Ok(table::replace(transaction, &kept)?))
            .await?;
        // Nothing is signed with a key that a crash could undo.
        let slot = self.slot().await?;
        *slot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        Ok(())
    }

    async fn slot(&self) -> Result<&RwLock<Arc<KeySet>>, StoreError> {
        let load = || async { Ok(RwLock::new(Arc::new(self.load_or_make().await?))) };
        self.current.get_or_try_init(load).await
    }

    async fn load_or_make(&self) -> Result<KeySet, StoreError> {
        let kept = self
            .database
            .read(|transaction| Ok(table::read(transaction)?))?;
        let Some(kept) = kept else {
            return self.make_first().await;
        };
        let retired = kept.retired.iter().map(|retired| {
            Ok(Retired {
                key: self.open(&retired.key)?,
                signed: retired.signed,
                until: retired.until,
            })
        });
        let mut keys = Ring::new(
            self.open(&kept.id)?,
            self.open(&kept.access)?,
            kept.made_at,
            kept.longest_lifetime,
            retired.collect::<Result<_, StoreError>>()?,
        );
        if keys.promise(self.longest_lifetime) {
            let longest = self.longest_lifetime;
            self.database
                .write(move |transaction| Ok(table::set_longest_lifetime(transaction, longest)?))
                .await?;
        }
        Ok(keys)
    }

    async fn make_first(&self) -> Result<KeySet, StoreError> {
        let (id, access) = make().await?;
        let kept = Kept {
            id: self.seal(&id)?,
            access: self.seal(&access)?,
            made_at: self.clock.now(),
            longest_lifetime: self.longest_lifetime,
            retired: Vec::new(),
        };
        let (made_at, longest) = (kept.made_at, kept.longest_lifetime);
        self.database
            .write(move |transaction| Ok(table::replace(transaction, &kept)?))
            .await?;
        Ok(Ring::first(id, access, made_at, longest))
    }

    fn seal(&self, key: &SigningKey) -> Result<Vec<u8>, StoreError> {
        let pkcs8 = key.to_pkcs8().map_err(StoreError::unavailable)?;
        self.vault
            .seal(Purpose::SigningKey, &pkcs8, self.ids.as_ref())
            .map_err(StoreError::unavailable)
    }

    fn seal_retired(&self, retired: &Retired<Arc<SigningKey>>) -> Result<KeptRetired, StoreError> {
        Ok(KeptRetired {
            signed: retired.signed,
            until: retired.until,
            name: retired.key.id().to_owned(),
            key: self.seal(&retired.key)?,
        })
    }

    fn open(&self, sealed: &[u8]) -> Result<Arc<SigningKey>, StoreError> {
        let pkcs8 = self
            .vault
            .unseal(Purpose::SigningKey, sealed)
            .map_err(|error| StoreError::corrupt("signing key", error))?;
        let key = SigningKey::from_pkcs8(&pkcs8);
        let key = key.map_err(|error| StoreError::corrupt("signing key", error))?;
        Ok(Arc::new(key))
    }
}

/// Makes a key for each use, beside the runtime's threads.
async fn make() -> Result<(Arc<SigningKey>, Arc<SigningKey>), StoreError> {
    let generate = || async {
        let key = task::spawn_blocking(SigningKey::generate)
            .await
            .map_err(StoreError::unavailable)?;
        key.map(Arc::new).map_err(StoreError::unavailable)
    };
    tokio::try_join!(generate(), generate())
}
