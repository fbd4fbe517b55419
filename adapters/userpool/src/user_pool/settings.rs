//! What a pool's owner decides.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{passwords::PasswordPolicy, secret::Secret};

/// The settings of a pool.
#[derive(Clone, Debug)]
pub struct UserPoolSettings {
    /// `<region>_<name>`.
    pub id: String,
    /// What passwords must be.
    pub password_policy: PasswordPolicy,
    /// How long the password lives that an administrator gives.
    pub temporary_password_lifetime: Duration,
    /// The app clients.
    pub clients: Vec<ClientSettings>,
    /// The attributes that users can have besides the standard ones.
    pub custom_attributes: Vec<CustomAttribute>,
    /// Whether a new address counts only when it is verified, and the old one until then. Otherwise the new
    /// one counts at once, unverified.
    pub keeps_email_until_verified: bool,
    /// The second factors.
    pub mfa: MfaSettings,
    /// Whether a code sent to the verified address signs in, in place of a password.
    pub allows_email_sign_in: bool,
}

/// The second factors of a pool's users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MfaSettings {
    /// Who needs one.
    pub requirement: MfaRequirement,
    /// Whether it can be an authenticator (TOTP).
    pub software_token: bool,
    /// Whether it can be a code sent to the verified address.
    pub email: bool,
}

/// Who needs a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MfaRequirement {
    /// `OFF`: nobody.
    #[default]
    Off,
    /// `OPTIONAL`: whoever has chosen one.
    Optional,
    /// `ON`: everybody; whoever has none must set one up to sign in.
    On,
}

/// An attribute that a pool's owner has added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomAttribute {
    /// Its name with `custom:`.
    pub name: String,
    /// Whether it can be changed once it is set.
    pub is_mutable: bool,
    /// What its values must be.
    pub values: AttributeValues,
}

/// What the values of an attribute must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValues {
    /// Text of so many characters.
    Text {
        /// The fewest.
        least: usize,
        /// The most, 2,048 at most.
        most: usize,
    },
    /// A whole number.
    Number {
        /// The smallest.
        least: i64,
        /// The largest.
        most: i64,
    },
}

impl UserPoolSettings {
    /// The region in the pool's id.
    pub fn region(&self) -> &str {
        self.id.split_once('_').map_or("", |(region, _)| region)
    }

    /// The pool's name in its id, which SRP's hashes start with.
    pub fn name(&self) -> &str {
        self.id.split_once('_').map_or("", |(_, name)| name)
    }

    /// How long the longest of the clients' ID and access tokens live.
    pub fn longest_token_lifetime(&self) -> Duration {
        let clients = self.clients.iter();
        clients
            .map(|client| client.id_token_lifetime.max(client.access_token_lifetime))
            .max()
            .unwrap_or_default()
    }

    /// `iss` of the pool's tokens.
    pub fn issuer(&self) -> String {
        format!(
            "https://cognito-idp.{}.amazonaws.com/{}",
            self.region(),
            self.id
        )
    }
}

/// The settings of an app client.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// The client's id.
    pub id: String,
    /// Its secret, if it can keep one.
    pub secret: Option<Secret>,
    /// The ways in which its users may sign in.
    pub flows: BTreeSet<AuthFlow>,
    /// Whether it must not learn who is a user.
    pub prevents_user_existence_errors: bool,
    /// Whether ended sessions end its access tokens too.
    pub revokes_tokens: bool,
    /// How long ID tokens live.
    pub id_token_lifetime: Duration,
    /// How long access tokens live.
    pub access_token_lifetime: Duration,
    /// How long refresh tokens live.
    pub refresh_token_lifetime: Duration,
}

/// A way of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuthFlow {
    /// The password is proved and never sent.
    UserSrp,
    /// The password is sent.
    UserPassword,
    /// The password is sent by a server that is permitted to sign users in.
    AdminUserPassword,
    /// The user chooses the first factor.
    UserChoice,
    /// A refresh token is sent.
    RefreshToken,
}

impl AuthFlow {
    /// As `InitiateAuth` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserSrp => "USER_SRP_AUTH",
            Self::UserPassword => "USER_PASSWORD_AUTH",
            Self::AdminUserPassword => "ADMIN_USER_PASSWORD_AUTH",
            Self::UserChoice => "USER_AUTH",
            Self::RefreshToken => "REFRESH_TOKEN_AUTH",
        }
    }
}
