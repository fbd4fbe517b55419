//! The pool's users: what is kept of each, and the states that one goes through.

mod filter;
mod table;

use std::collections::BTreeMap;

use notewarden_domain::{StoreError, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::filter::{InvalidFilter, UserFilter};
pub(crate) use self::{
    filter::Search,
    table::{Users, check_is_new, delete, get, insert, update},
};
use crate::{codes::SentCodes, email::EmailAddress, factors::Factors, passwords::KeptPassword};

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
    /// An administrator has ended the password: must choose another with a code.
    MustResetPassword,
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
    /// `RESET_REQUIRED`
    ResetRequired,
}

impl UserStatus {
    /// Cognito's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
        }
    }
}

/// An address that a code was sent to, which verifies it: the user's own, or one that is to become it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification {
    pub(crate) address: EmailAddress,
    pub(crate) codes: Option<SentCodes>,
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
    /// The codes that reset the password.
    #[serde(default)]
    pub(crate) reset_codes: Option<SentCodes>,
    /// The codes that sign in: in place of the password, or after it.
    #[serde(default)]
    pub(crate) sign_in_codes: Option<SentCodes>,
    #[serde(default)]
    pub(crate) verification: Option<Verification>,
    #[serde(default)]
    pub(crate) factors: Factors,
}

/// A user is not in a state that the change starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongState(pub(crate) UserStatus);

impl User {
    /// A user who is made `now`, and whose address is not verified.
    pub(crate) fn new(
        id: Uuid,
        email: EmailAddress,
        password: KeptPassword,
        state: UserState,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            email,
            is_email_verified: false,
            attributes: BTreeMap::new(),
            password,
            state,
            is_enabled: true,
            created_at: now,
            modified_at: now,
            reset_codes: None,
            sign_in_codes: None,
            verification: None,
            factors: Factors::default(),
        }
    }

    pub(crate) const fn status(&self) -> UserStatus {
        match self.state {
            UserState::Unconfirmed { .. } => UserStatus::Unconfirmed,
            UserState::Confirmed => UserStatus::Confirmed,
            UserState::MustChangePassword { .. } => UserStatus::ForceChangePassword,
            UserState::MustResetPassword => UserStatus::ResetRequired,
        }
    }

    /// Whether codes that stand for the password may be sent to the user: whoever has a password, and whose
    /// address is verified.
    pub(crate) const fn can_use_address(&self) -> bool {
        let has_password = matches!(
            self.state,
            UserState::Confirmed | UserState::MustResetPassword
        );
        self.is_enabled && self.is_email_verified && has_password
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
        // What was sent before speaks for the old password's owner.
        self.reset_codes = None;
        self.sign_in_codes = None;
        self.state = match temporary_until {
            Some(until) => UserState::MustChangePassword { until },
            None => UserState::Confirmed,
        };
        self.modified_at = now;
    }

    /// Another address, from now on the user's. Codes that went to the last one are worthless.
    pub(crate) fn set_email(&mut self, email: EmailAddress, is_verified: bool) {
        self.email = email;
        self.is_email_verified = is_verified;
        self.reset_codes = None;
        self.sign_in_codes = None;
    }

    /// Goes on with the address that the user has, and no longer waits for another to be verified.
    pub(crate) fn keep_address(&mut self, now: Timestamp) {
        if let Some(verification) = &mut self.verification {
            verification.address = self.email.clone();
            // The last code says who reads the other address.
            if let Some(codes) = &mut verification.codes {
                codes.end(now);
            }
        }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(StoreError::unavailable)
    }

    pub(crate) fn decode(id: Uuid, item: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(item)
            .map_err(|error| StoreError::corrupt(format!("user {id}"), error))
    }
}
