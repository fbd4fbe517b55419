//! Whom a user name means, and which client asks: without a difference, for those who must not see one,
//! between users who exist and users who do not.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::{Builder, Uuid};

use super::{ClientSettings, SecretHashFault, Shared, UserPool, UserPoolError, is_same};
use crate::{
    passwords::KeptPassword,
    srp::{Claimant, Salt},
    users::User,
    vault::Purpose,
};

/// Somebody who wants to sign in, or seems to be somebody.
pub(super) struct Subject {
    pub(super) id: Uuid,
    pub(super) password: KeptPassword,
    /// None of somebody unknown, whose password is right for nobody.
    pub(super) user: Option<User>,
}

impl UserPool {
    /// The user whose address or id is `username`.
    pub(super) fn find_user(&self, username: &str) -> Result<Option<User>, UserPoolError> {
        let users = &self.shared.users;
        Ok(match Uuid::try_parse(username) {
            Ok(id) => users.find(id)?,
            Err(_) => users.find_by_email(&username.to_lowercase())?,
        })
    }

    /// Whoever `username` is or seems to be: an unknown name always seems to be the same one.
    pub(super) fn subject(&self, username: &str) -> Result<Subject, UserPoolError> {
        Ok(match self.find_user(username)? {
            Some(user) => Subject {
                id: user.id,
                password: user.password.clone(),
                user: Some(user),
            },
            None => {
                let id = self.decoy_id(username);
                // A known name leads to an id, and the id to an item: this one to none.
                drop(self.shared.users.find(id)?);
                self.decoy(id)?
            }
        })
    }

    /// Whoever has or seems to have the id `id`.
    pub(super) fn subject_with_id(&self, id: Uuid) -> Result<Subject, UserPoolError> {
        Ok(match self.shared.users.find(id)? {
            Some(user) => Subject {
                id,
                password: user.password.clone(),
                user: Some(user),
            },
            None => self.decoy(id)?,
        })
    }

    fn decoy(&self, id: Uuid) -> Result<Subject, UserPoolError> {
        let Shared { decoy, vault, .. } = &*self.shared;
        let digest = vault.digest(Purpose::DecoySalt, &[id.as_bytes()]);
        Ok(Subject {
            id,
            password: decoy.password()?.with_salt(Salt::new(half(digest))),
            user: None,
        })
    }

    fn decoy_id(&self, username: &str) -> Uuid {
        Uuid::try_parse(username).unwrap_or_else(|_| {
            let name = username.to_lowercase();
            let digest = self
                .shared
                .vault
                .digest(Purpose::DecoyUser, &[name.as_bytes()]);
            Builder::from_random_bytes(half(digest)).into_uuid()
        })
    }

    /// Runs `compute` with the claimant that `id` is in SRP.
    pub(super) fn with_claimant<T>(&self, id: Uuid, compute: impl FnOnce(Claimant<'_>) -> T) -> T {
        let mut buffer = Uuid::encode_buffer();
        compute(Claimant {
            pool_name: self.shared.settings.name(),
            user_id: id.hyphenated().encode_lower(&mut buffer),
        })
    }
}

impl ClientSettings {
    /// Makes sure that whoever asks for `username` knows the client's secret, if it has one: `SECRET_HASH` is
    /// the HMAC-SHA-256 of the user name and the client's id.
    pub(super) fn check_secret_hash(
        &self,
        username: &str,
        secret_hash: Option<&str>,
    ) -> Result<(), UserPoolError> {
        let fault = match (&self.secret, secret_hash) {
            (None, None) => return Ok(()),
            (None, Some(_)) => SecretHashFault::Unexpected,
            (Some(_), None) => SecretHashFault::Missing,
            (Some(secret), Some(shown)) => {
                let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.expose().as_bytes());
                let expected = mac.map(|mac| {
                    let mac = mac.chain_update(username).chain_update(&self.id).finalize();
                    BASE64_STANDARD.encode(mac.into_bytes())
                });
                if expected.is_ok_and(|expected| is_same(&expected, shown)) {
                    return Ok(());
                }
                SecretHashFault::Mismatch
            }
        };
        Err(UserPoolError::ClientNotProved {
            client: self.id.clone(),
            fault,
        })
    }
}

/// The first half of a digest.
const fn half(digest: [u8; 32]) -> [u8; 16] {
    let (half, _) = digest.split_at(16);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(half);
    bytes
}
