//! The use cases of API keys: a person makes, lists and revokes their own; whoever shows one acts for its owner.

use std::{sync::Arc, time::Duration};

use crate::{
    Caller, Invalid, Scope, Scopes, StoreError, Timestamp,
    api_key::{ApiKey, ApiKeyId, ApiKeyToken, KeyName},
    caller::NotAllowed,
    ports::{ApiKeyStore, Clock, IdSource},
};

mod allowance;

pub use allowance::Allowance;

/// The most keys that a person has. Two made at the same moment may exceed it by one.
pub const MAX_KEYS: usize = 100;

/// How coarse the time of a key's last use is: a use sooner after the last noted one is not noted.
pub const USE_INTERVAL: Duration = Duration::from_secs(5 * 60);

/// What a person does with their API keys.
#[derive(Clone)]
pub struct ApiKeys {
    keys: Arc<dyn ApiKeyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    allowance: Arc<Allowance>,
}

/// A key that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDraft {
    /// What its owner calls it.
    pub name: KeyName,
    /// What it allows: at least one scope.
    pub scopes: Scopes,
    /// From when on it is refused, if ever.
    pub expires_at: Option<Timestamp>,
}

impl ApiKeys {
    /// The use cases over this store, with this time and randomness.
    pub fn new(keys: Arc<dyn ApiKeyStore>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            keys,
            clock,
            ids,
            allowance: Arc::new(Allowance::default()),
        }
    }

    /// Makes a key, and the only copy of its secret.
    pub async fn create(
        &self,
        caller: &Caller,
        draft: KeyDraft,
    ) -> Result<(ApiKey, ApiKeyToken), ApiKeysError> {
        caller.require(Scope::Keys)?;
        let now = self.clock.now();
        if draft.scopes.is_empty() || !Scopes::GRANTABLE.contains_all(draft.scopes) {
            return Err(Invalid::new("scopes", "must name at least one scope of API keys").into());
        }
        if draft.expires_at.is_some_and(|at| at <= now) {
            return Err(Invalid::new("expiresAt", "must be in the future").into());
        }
        if self.keys.list(&caller.identity).await?.len() >= MAX_KEYS {
            return Err(ApiKeysError::TooMany);
        }
        let token = ApiKeyToken::random(self.ids.as_ref());
        let key = ApiKey {
            id: token.id(),
            owner: caller.identity.clone(),
            name: draft.name,
            scopes: draft.scopes,
            hash: token.hash(),
            created_at: now,
            expires_at: draft.expires_at,
            last_used_at: None,
        };
        self.keys.create(&key).await?;
        Ok((key, token))
    }

    /// The caller's keys, newest first, those included that have expired.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<ApiKey>, ApiKeysError> {
        caller.require(Scope::Keys)?;
        let mut keys = self.keys.list(&caller.identity).await?;
        keys.sort_by_key(|key| (std::cmp::Reverse(key.created_at), key.id));
        Ok(keys)
    }

    /// Revokes a key. Whoever shows it is refused from then on, as far as it is read anew: see the page on ways in for
    /// how long a gateway remembers it.
    pub async fn revoke(&self, caller: &Caller, id: ApiKeyId) -> Result<(), ApiKeysError> {
        caller.require(Scope::Keys)?;
        match self.keys.delete(&caller.identity, id).await {
            Err(StoreError::NotFound) => Err(ApiKeysError::NotFound),
            other => Ok(other?),
        }
    }

    /// The key that `text` is with its secret. `None` for everything else: what is no key, one that nobody has, another
    /// secret, a revoked or an expired key.
    ///
    /// # Errors
    /// The store failed: nothing is known about the key.
    pub async fn authenticate(&self, text: &str) -> Result<Option<ApiKey>, StoreError> {
        let Ok(token) = text.parse::<ApiKeyToken>() else {
            return Ok(None);
        };
        let now = self.clock.now();
        let found = self.keys.find(token.id()).await?;
        let Some(key) = found.filter(|key| key.hash == token.hash() && !key.is_expired(now)) else {
            return Ok(None);
        };
        let noted = key
            .last_used_at
            .is_some_and(|at| now.since(at) < USE_INTERVAL);
        if !noted {
            // Revoked meanwhile: the use came first.
            match self.keys.note_use(&key.owner, key.id, now).await {
                Ok(()) | Err(StoreError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(key))
    }

    /// Counts a request that is made with the key.
    ///
    /// # Errors
    /// It has used up what it may ask in a minute: seconds until there is more.
    pub fn count(&self, key: ApiKeyId) -> Result<(), UsedUp> {
        self.allowance.spend(key, self.clock.now())
    }
}

/// The key has made as many requests in this minute as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the API key has made its {} requests of this minute",
    allowance::REQUESTS_A_MINUTE
)]
pub struct UsedUp;

/// Why a use case of API keys did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiKeysError {
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller has no key with this id.
    #[error("the API key does not exist")]
    NotFound,
    /// The caller has [`MAX_KEYS`] keys.
    #[error("there are {MAX_KEYS} API keys already: revoke one first")]
    TooMany,
    /// The caller's credentials do not reach this far.
    #[error(transparent)]
    Forbidden(#[from] NotAllowed),
    /// The store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}
