//! JSON Web Key Sets: what an issuer publishes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{json, key::VerificationKey};

/// The keys of one issuer, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet(BTreeMap<String, VerificationKey>);

/// Why a document is no set of keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// It is no JSON object with an array `keys`, or one that could be read in two ways.
    #[error("not a json web key set")]
    Malformed,
    /// It holds no key that can verify a token.
    #[error("the key set holds no key that can verify a token")]
    Empty,
    /// Two keys have one id: which one signed could not be told.
    #[error("the key set has two keys `{0}`")]
    SameId(String),
}

impl KeySet {
    /// Reads a set. Keys for something else (encryption, other algorithms, or without an id) are passed over, as
    /// RFC 7517 asks.
    ///
    /// # Errors
    /// See [`KeySetError`].
    pub fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        let document = json::object(document).map_err(|_| KeySetError::Malformed)?;
        let keys = document.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(KeySetError::Malformed)?;
        let usable = keys.iter().filter_map(|key| {
            VerificationKey::from_jwk(key.as_object()?)
                .inspect_err(|reason| tracing::debug!(%reason, "a json web key is passed over"))
                .ok()
        });
        Self::of(usable)
    }

    /// The set of `keys`.
    ///
    /// # Errors
    /// There is none, or two have one id.
    pub fn of(keys: impl IntoIterator<Item = VerificationKey>) -> Result<Self, KeySetError> {
        let mut set = BTreeMap::new();
        for key in keys {
            if let Some(other) = set.insert(key.id().to_owned(), key) {
                return Err(KeySetError::SameId(other.id().to_owned()));
            }
        }
        if set.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(Self(set))
    }

    /// The key `id`.
    pub fn get(&self, id: &str) -> Option<&VerificationKey> {
        self.0.get(id)
    }

    /// The ids of all keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
