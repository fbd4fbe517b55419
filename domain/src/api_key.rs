//! API keys: long-lived credentials that a person makes for a script, with fewer rights than their own.

mod token;

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{IdentityId, Invalid, Scopes, Timestamp, ports::IdSource};

pub use token::{ApiKeyToken, NotAToken};

/// The most characters of a key's name.
pub const MAX_NAME_CHARS: usize = 100;

/// The public part of a key: 16 hexadecimal digits in lower case, made at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiKeyId(u64);

impl ApiKeyId {
    /// A new id.
    pub fn random(ids: &dyn IdSource) -> Self {
        let mut bytes = [0; 8];
        ids.fill(&mut bytes);
        Self(u64::from_be_bytes(bytes))
    }

    /// The number that the digits are.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The id whose digits are this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for ApiKeyId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_spelled = text.len() == 16 && text.bytes().all(token::is_hex_digit);
        let number = u64::from_str_radix(text, 16).ok().filter(|_| is_spelled);
        let refuse = || Invalid::new("keyId", "must be 16 hexadecimal digits in lower case");
        number.map(Self).ok_or_else(refuse)
    }
}

/// What a person calls a key: 1 to [`MAX_NAME_CHARS`] characters, none a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName(Box<str>);

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = Invalid;

    fn from_str(name: &str) -> Result<Self, Invalid> {
        if name.chars().any(char::is_control) {
            return Err(Invalid::new("name", "must have no control character"));
        }
        if name.trim().is_empty() || name.chars().nth(MAX_NAME_CHARS).is_some() {
            let rule = format!("must be 1 to {MAX_NAME_CHARS} characters, not all of them blank");
            return Err(Invalid::new("name", rule));
        }
        Ok(Self(name.into()))
    }
}

/// SHA-256 of a key's secret: all that is kept of it. The secret has 256 random bits, so there is nothing to guess that
/// a slow hash would protect.
#[derive(Clone, Copy)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// The hash of `secret`.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

/// In constant time.
impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public part.
    pub id: ApiKeyId,
    /// Whose it is: what it reaches is this person's.
    pub owner: IdentityId,
    /// What they call it.
    pub name: KeyName,
    /// What it allows: of the [grantable](Scopes::GRANTABLE) ones.
    pub scopes: Scopes,
    /// The hash of its secret.
    pub hash: SecretHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused; never, if there is no such time.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to within [`USE_INTERVAL`](crate::api_keys::USE_INTERVAL).
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it has ended at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id: ApiKeyId = "00ff00ff00ff00ff".parse().unwrap();
        assert_eq!(id.to_string(), "00ff00ff00ff00ff");
        for bad in [
            "",
            "0",
            "00FF00FF00FF00FF",
            "+0ff00ff00ff00ff",
            "00ff00ff00ff00ff0",
        ] {
            assert!(bad.parse::<ApiKeyId>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_name_says_something() {
        assert!("laptop".parse::<KeyName>().is_ok());
        assert!("ä".repeat(MAX_NAME_CHARS).parse::<KeyName>().is_ok());
        for bad in ["", "  ", "a\nb", "\u{7f}", &"x".repeat(MAX_NAME_CHARS + 1)] {
            assert!(bad.parse::<KeyName>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_hash_is_not_shown() {
        let hash = SecretHash::of(b"secret");
        assert_eq!(format!("{hash:?}"), "SecretHash(…)");
        assert_eq!(hash, SecretHash::of(b"secret"));
        assert_ne!(hash, SecretHash::of(b"Secret"));
    }
}
