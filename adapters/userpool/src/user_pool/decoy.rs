//! The user whom unknown names are checked against, so that a name that nobody has costs as much as one
//! that somebody has: a lookup, an item to read, a verifier to unseal and to compute with.

use notewarden_domain::{StoreError, Timestamp, ports::IdSource};
use uuid::Uuid;

use super::UserPoolSettings;
use crate::{
    email::{EmailAddress, InvalidEmail},
    passwords::KeptPassword,
    srp::Claimant,
    users::{User, UserState},
    vault::Vault,
};

/// A user's item that is in no table.
pub(super) struct Decoy {
    item: Vec<u8>,
}

impl Decoy {
    pub(super) fn new(
        settings: &UserPoolSettings,
        vault: &Vault,
        ids: &dyn IdSource,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let claimant = Claimant {
            pool_name: settings.name(),
            user_id: "",
        };
        let corrupt = |error: InvalidEmail| StoreError::corrupt("decoy", error);
        let email: EmailAddress = "nobody@example.com".parse().map_err(corrupt)?;
        let password = KeptPassword::new(claimant, "", vault, ids)
            .map_err(|error| StoreError::corrupt("decoy", error))?;
        let user = User::new(Uuid::nil(), email, password, UserState::Confirmed, now);
        Ok(Self {
            item: user.encode()?,
        })
    }

    /// The password of whoever has no password. It is right for nobody: see where it is used.
    pub(super) fn password(&self) -> Result<KeptPassword, StoreError> {
        Ok(User::decode(Uuid::nil(), &self.item)?.password)
    }
}
