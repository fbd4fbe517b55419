//! Repeating a request safely: a key chosen by the client, bound to one request body.

use std::{fmt, str::FromStr, time::Duration};

use uuid::Uuid;

use crate::{IdentityId, Invalid, Timestamp};

/// How long a key is remembered.
pub const IDEMPOTENCY_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// The value of an `Idempotency-Key` header: 1–255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// The key as the client gave it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = Invalid;

    fn from_str(key: &str) -> Result<Self, Invalid> {
        if (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(key.into()))
        } else {
            Err(Invalid::new(
                "Idempotency-Key",
                "must be 1 to 255 visible ASCII characters",
            ))
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of a request's body: what an idempotency key is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHash(pub [u8; 32]);

/// What makes a repeated request the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The key that the client chose.
    pub key: IdempotencyKey,
    /// What was asked for.
    pub request: RequestHash,
}

impl Once {
    /// The claim that `owner` makes with it at `now`.
    pub(crate) fn claim(self, owner: &IdentityId, now: Timestamp) -> IdempotencyClaim {
        IdempotencyClaim {
            owner: owner.clone(),
            key: self.key,
            request: self.request,
            expires_at: now.plus(IDEMPOTENCY_WINDOW),
        }
    }
}

/// A claim on a key, stored in the same transaction as what the request creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyClaim {
    /// Whose key it is: the same key of another person is another key.
    pub owner: IdentityId,
    /// The key.
    pub key: IdempotencyKey,
    /// The request that first used it.
    pub request: RequestHash,
    /// When the key may be used anew.
    pub expires_at: Timestamp,
}

/// What a claim led to: something new, or what the first request with this key created.
///
/// The first answer follows from the repeated request and these two values, so nothing else is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// What is new and the claim are stored.
    Stored,
    /// An equal request created this before; nothing was stored.
    Replayed {
        /// Its id.
        id: Uuid,
        /// When it was created.
        created_at: Timestamp,
    },
    /// The key belongs to another request; nothing was stored.
    KeyReused,
}
