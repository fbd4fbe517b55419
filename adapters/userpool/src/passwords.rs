//! What a password must be, and what of it is kept.

use notewarden_domain::ports::IdSource;
use serde::{Deserialize, Serialize};

use crate::{
    srp::{Claimant, Salt, Verifier},
    vault::{Purpose, SealError, Vault},
};

/// The characters that count as symbols; a space counts too, and may not be at either end.
const SYMBOLS: &str = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

/// What a pool's owner asks of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest characters, 6 to 99.
    pub minimum_length: usize,
    /// A letter A–Z.
    pub require_uppercase: bool,
    /// A letter a–z.
    pub require_lowercase: bool,
    /// A digit.
    pub require_numbers: bool,
    /// One of `^ $ * . [ ] { } ( ) ? - " ! @ # % & / \ , > < ' : ; | _ ~` and backtick, `+`, `=`, space.
    pub require_symbols: bool,
}

/// What a password lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Characters.
    #[error("the password is not long enough")]
    TooShort,
    /// An upper-case letter.
    #[error("the password has no upper-case letter")]
    NoUppercase,
    /// A lower-case letter.
    #[error("the password has no lower-case letter")]
    NoLowercase,
    /// A digit.
    #[error("the password has no digit")]
    NoNumber,
    /// A symbol.
    #[error("the password has no symbol")]
    NoSymbol,
}

impl PasswordPolicy {
    /// # Errors
    /// The first thing that `password` lacks.
    pub fn check(&self, password: &str) -> Result<(), WeakPassword> {
        let has = |test: fn(&char) -> bool| password.chars().any(|c| test(&c));
        if password.chars().count() < self.minimum_length {
            Err(WeakPassword::TooShort)
        } else if self.require_uppercase && !has(char::is_ascii_uppercase) {
            Err(WeakPassword::NoUppercase)
        } else if self.require_lowercase && !has(char::is_ascii_lowercase) {
            Err(WeakPassword::NoLowercase)
        } else if self.require_numbers && !has(char::is_ascii_digit) {
            Err(WeakPassword::NoNumber)
        } else if self.require_symbols && !has(|c| SYMBOLS.contains(*c)) {
            Err(WeakPassword::NoSymbol)
        } else {
            Ok(())
        }
    }
}

/// What is kept of a password: its salt, and its SRP verifier under the vault's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptPassword {
    #[serde(with = "crate::encoded")]
    salt: [u8; 16],
    #[serde(with = "crate::encoded")]
    verifier: Vec<u8>,
}

impl KeptPassword {
    /// Derives what is kept of `password`. Takes about a millisecond.
    pub(crate) fn new(
        claimant: Claimant<'_>,
        password: &str,
        vault: &Vault,
        ids: &dyn IdSource,
    ) -> Result<Self, SealError> {
        let mut random = [0; 16];
        ids.fill(&mut random);
        let salt = Salt::new(random);
        let verifier = Verifier::new(claimant, salt, password);
        Ok(Self {
            salt: *salt.as_bytes(),
            verifier: vault.seal(Purpose::Verifier, &verifier.to_bytes(), ids)?,
        })
    }

    /// The same verifier under another salt, for somebody who has neither.
    pub(crate) fn with_salt(&self, salt: Salt) -> Self {
        Self {
            salt: *salt.as_bytes(),
            verifier: self.verifier.clone(),
        }
    }

    pub(crate) const fn salt(&self) -> Salt {
        Salt::from_kept(self.salt)
    }

    /// What is kept of the verifier: another for each password that was ever set.
    pub(crate) fn sealed_verifier(&self) -> &[u8] {
        &self.verifier
    }

    pub(crate) fn verifier(&self, vault: &Vault) -> Result<Verifier, SealError> {
        let bytes = vault.unseal(Purpose::Verifier, &self.verifier)?;
        let bytes = bytes.as_slice().try_into().map_err(|_| SealError)?;
        Verifier::from_kept(bytes).ok_or(SealError)
    }

    /// Whether this is kept of `password`. Takes about a millisecond, whatever the answer.
    pub(crate) fn matches(
        &self,
        claimant: Claimant<'_>,
        password: &str,
        vault: &Vault,
    ) -> Result<bool, SealError> {
        let shown = Verifier::new(claimant, self.salt(), password);
        Ok(self.verifier(vault)?.matches(&shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thing_missing_is_named() {
        let policy = PasswordPolicy {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
        };
        assert_eq!(policy.check("Passw0rd!"), Ok(()));
        assert_eq!(policy.check("Passw0rd ~"), Ok(()));
        for (password, lack) in [
            ("Pw0!", WeakPassword::TooShort),
            ("passw0rd!", WeakPassword::NoUppercase),
            ("PASSW0RD!", WeakPassword::NoLowercase),
            ("Password!", WeakPassword::NoNumber),
            ("Passw0rdd", WeakPassword::NoSymbol),
            ("Passw0rdé", WeakPassword::NoSymbol),
            ("ÄÖÜpassw0rd!", WeakPassword::NoUppercase),
        ] {
            assert_eq!(policy.check(password), Err(lack), "{password}");
        }
    }
}
