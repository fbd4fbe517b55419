//! The pool's users: what is kept of each, and the states that one goes through.

mod table;

use std::collections::BTreeMap;

use notewarden_domain::{StoreError, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use self::table::{Users, check_is_new, delete, get, insert, update};
use crate::{codes::SentCodes, email::EmailAddress, passwords::KeptPassword};

/// Where a user stands. Only a confirmed one gets tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
#[non_exhaustive]
pub(crate) enum UserState {
    /// Has signed up, and has not shown a code yet.
    Unconfirmed {
        /// The codes sent to the address.
        codes: SentCodes,
    },
    /// May sign in.
    Confirmed,
    /// Was made by an administrator: must choose a password at the first sign-in.
    MustChangePassword {
        /// When the temporary password ends.
        until: Timestamp,
    },
}

/// A user's state, as Cognito names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserStatus {
    /// `UNCONFIRMED`
    Unconfirmed,
    /// `CONFIRMED`
    Confirmed,
    /// `FORCE_CHANGE_PASSWORD`
    ForceChangePassword,
}

impl UserStatus {
    /// Cognito's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
        }
    }
}

/// A user, as kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) email: EmailAddress,
    pub(crate) is_email_verified: bool,
    /// Every attribute but `sub`, `email` and `email_verified`.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) password: KeptPassword,
    pub(crate) state: UserState,
    pub(crate) is_enabled: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
}

/// A user is not in a state that the change starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongState(pub(crate) UserStatus);

impl User {
    pub(crate) const fn status(&self) -> UserStatus {
        match self.state {
            UserState::Unconfirmed { .. } => UserStatus::Unconfirmed,
            UserState::Confirmed => UserStatus::Confirmed,
            UserState::MustChangePassword { .. } => UserStatus::ForceChangePassword,
        }
    }

    /// The user's attributes as clients see them, but for `sub`.
    pub(crate) fn attributes_with_email(&self) -> Vec<(String, String)> {
        let address = [
            (
                "email_verified".to_owned(),
                self.is_email_verified.to_string(),
            ),
            ("email".to_owned(), self.email.to_string()),
        ];
        let others = self
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()));
        address.into_iter().chain(others).collect()
    }

    /// The codes sent to somebody who has not confirmed their sign-up.
    pub(crate) const fn sign_up_codes(&mut self) -> Result<&mut SentCodes, WrongState> {
        let status = self.status();
        match &mut self.state {
            UserState::Unconfirmed { codes } => Ok(codes),
            _ => Err(WrongState(status)),
        }
    }

    /// Unconfirmed → confirmed. Whoever showed the code reads the address.
    pub(crate) fn confirm(
        &mut self,
        has_shown_code: bool,
        now: Timestamp,
    ) -> Result<(), WrongState> {
        self.sign_up_codes()?;
        self.state = UserState::Confirmed;
        self.is_email_verified |= has_shown_code;
        self.modified_at = now;
        Ok(())
    }

    /// Another password: one that the user chose, or that an administrator gave for good (→ confirmed) or
    /// until the next sign-in.
    pub(crate) fn set_password(
        &mut self,
        password: KeptPassword,
        temporary_until: Option<Timestamp>,
        now: Timestamp,
    ) {
        self.password = password;
        self.state = match temporary_until {
            Some(until) => UserState::MustChangePassword { until },
            None => UserState::Confirmed,
        };
        self.modified_at = now;
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(StoreError::unavailable)
    }

    pub(crate) fn decode(id: Uuid, item: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(item)
            .map_err(|error| StoreError::corrupt(format!("user {id}"), error))
    }
}
