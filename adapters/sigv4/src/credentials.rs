//! The keys that requests are signed with, and where they come from.

use std::{fmt, sync::Arc, time::SystemTime};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Refusal;

/// An access key with its secret, long-lived or of a session.
pub struct Credentials {
    access_key_id: Box<str>,
    secret_access_key: Box<str>,
    fingerprint: [u8; 32],
    session: Option<Session>,
}

struct Session {
    token: Box<str>,
    expires_at: SystemTime,
}

impl Credentials {
    /// A long-lived access key.
    pub fn new(access_key_id: impl Into<Box<str>>, secret_access_key: impl Into<Box<str>>) -> Self {
        let secret_access_key = secret_access_key.into();
        Self {
            access_key_id: access_key_id.into(),
            fingerprint: Sha256::digest(secret_access_key.as_bytes()).into(),
            secret_access_key,
            session: None,
        }
    }

    /// The same key as temporary credentials: requests must carry `token`, and end at `expires_at`.
    #[must_use]
    pub fn with_session(self, token: impl Into<Box<str>>, expires_at: SystemTime) -> Self {
        Self {
            session: Some(Session {
                token: token.into(),
                expires_at,
            }),
            ..self
        }
    }

    /// The public half.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// When the session ends; `None` for a long-lived key.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.session.as_ref().map(|session| session.expires_at)
    }

    /// What requests of the session carry; `None` for a long-lived key.
    pub(crate) fn session_token(&self) -> Option<&str> {
        self.session.as_ref().map(|session| &*session.token)
    }

    /// The secret half.
    pub(crate) fn secret(&self) -> &str {
        &self.secret_access_key
    }

    /// SHA-256 of the secret, which tells derived keys apart without holding the secret.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The token of the request must be the session's, while it lasts; a long-lived key has none.
    pub(crate) fn check_session(
        &self,
        token: Option<&[u8]>,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        match (&self.session, token) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Refusal::WrongSessionToken),
            (Some(_), None) => Err(Refusal::MissingSessionToken),
            (Some(session), Some(token)) => {
                if !same(session.token.as_bytes(), token) {
                    Err(Refusal::WrongSessionToken)
                } else if now >= session.expires_at {
                    Err(Refusal::ExpiredSessionToken)
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// Compares in time that depends on the lengths alone. Tokens are long: their differences are gathered
/// first, many bytes at a time, and looked at once.
fn same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    bool::from(a.len().ct_eq(&b.len()) & difference.ct_eq(&0))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

/// Finds the credentials of an access key id.
///
/// It is asked once for every request, before anything is believed: a key that it no longer finds is
/// refused at once, whatever was derived of it before.
pub trait KeySource {
    /// The credentials of `access_key_id`, if it exists and is active.
    fn find(&self, access_key_id: &str) -> Option<Arc<Credentials>>;
}

impl<F> KeySource for F
where
    F: Fn(&str) -> Option<Arc<Credentials>>,
{
    fn find(&self, access_key_id: &str) -> Option<Arc<Credentials>> {
        self(access_key_id)
    }
}
