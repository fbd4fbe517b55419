//! The user pool's and its client's settings.

use std::time::Duration;

use serde::Deserialize;

use crate::{
    TemplateError,
    resources::{Properties, Resources},
};

/// Rules of a user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserPoolSettings {
    /// What every new password must have.
    pub password_policy: PasswordPolicy,
    /// Attributes that may be signed in with in place of a user name, as `email`.
    pub username_attributes: Vec<String>,
    /// Attributes that a code is sent to on sign-up.
    pub auto_verified_attributes: Vec<String>,
    /// Whether `A@example.com` and `a@example.com` are two users.
    pub case_sensitive_usernames: bool,
    /// What is asked for beside the password.
    pub mfa: MfaSettings,
}

/// The second factor of sign-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MfaSettings {
    /// Who must have one.
    pub configuration: MfaConfiguration,
    /// What can be one; empty only if nobody can have one.
    pub methods: Vec<MfaMethod>,
}

/// Who must have a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MfaConfiguration {
    /// Nobody can have one.
    Off,
    /// Whoever has set one up.
    Optional,
    /// Everybody.
    On,
}

/// A second factor, by Cognito's name of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum MfaMethod {
    /// A code of an authenticator (TOTP).
    SoftwareTokenMfa,
    /// A code by SMS.
    SmsMfa,
    /// A code by e-mail.
    EmailOtp,
}

/// What a password must have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PasswordPolicy {
    /// Characters at least.
    pub minimum_length: usize,
    /// A lower-case letter.
    pub require_lowercase: bool,
    /// An upper-case letter.
    pub require_uppercase: bool,
    /// A digit.
    pub require_numbers: bool,
    /// One of the characters that Cognito counts as symbols.
    pub require_symbols: bool,
    /// For how many days a password that an administrator set can be used to sign in.
    pub temporary_password_validity_days: u32,
}

/// Rules of one client of a user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientSettings {
    /// Ways to sign in that are switched on.
    pub auth_flows: Vec<AuthFlow>,
    /// Whether an unknown user is answered like a wrong password.
    pub prevent_user_existence_errors: bool,
    /// Whether refresh tokens can be revoked.
    pub token_revocation: bool,
    /// How long tokens last.
    pub validity: TokenValidity,
}

/// A way to sign in, by Cognito's name of the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AuthFlow {
    /// Secure remote password: the password does not travel.
    AllowUserSrpAuth,
    /// The password itself, under TLS.
    AllowUserPasswordAuth,
    /// The password itself, from a backend with credentials of its own.
    AllowAdminUserPasswordAuth,
    /// The first factor that the user chooses.
    AllowUserAuth,
    /// New tokens for a refresh token.
    AllowRefreshTokenAuth,
}

/// How long each kind of token lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenValidity {
    /// Access tokens.
    pub access: Duration,
    /// ID tokens.
    pub id: Duration,
    /// Refresh tokens.
    pub refresh: Duration,
}

impl ClientSettings {
    /// Whether the client may sign in this way.
    pub fn allows(&self, flow: AuthFlow) -> bool {
        self.auth_flows.contains(&flow)
    }
}

pub(crate) fn pool(resources: &Resources<'_>) -> Result<UserPoolSettings, TemplateError> {
    let found = resources.only::<UserPool>()?;
    let pool = found.properties;
    if pool.enabled_mfas.is_empty() && pool.mfa_configuration != MfaConfiguration::Off {
        return Err(TemplateError::property(
            format!("Resources.{}.Properties.EnabledMfas", found.logical_id),
            "names no second factor, and `MfaConfiguration` asks for one",
        ));
    }
    Ok(UserPoolSettings {
        password_policy: pool.policies.password_policy,
        username_attributes: pool.username_attributes,
        auto_verified_attributes: pool.auto_verified_attributes,
        case_sensitive_usernames: pool.username_configuration.case_sensitive,
        mfa: MfaSettings {
            configuration: pool.mfa_configuration,
            methods: pool.enabled_mfas,
        },
    })
}

pub(crate) fn client(resources: &Resources<'_>) -> Result<ClientSettings, TemplateError> {
    let client: UserPoolClient = resources.only()?.properties;
    let units = client.token_validity_units;
    Ok(ClientSettings {
        auth_flows: client.explicit_auth_flows,
        prevent_user_existence_errors: client.prevent_user_existence_errors
            == UserExistenceErrors::Enabled,
        token_revocation: client.enable_token_revocation,
        validity: TokenValidity {
            access: units.access_token.times(client.access_token_validity),
            id: units.id_token.times(client.id_token_validity),
            refresh: units.refresh_token.times(client.refresh_token_validity),
        },
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UserPool {
    username_attributes: Vec<String>,
    username_configuration: UsernameConfiguration,
    auto_verified_attributes: Vec<String>,
    policies: Policies,
    mfa_configuration: MfaConfiguration,
    #[serde(default)]
    enabled_mfas: Vec<MfaMethod>,
}

impl Properties for UserPool {
    const KIND: &'static str = "AWS::Cognito::UserPool";
    const UNREAD: &'static [&'static str] = &["AccountRecoverySetting", "DeletionProtection"];
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UsernameConfiguration {
    case_sensitive: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Policies {
    password_policy: PasswordPolicy,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UserPoolClient {
    #[serde(rename = "UserPoolId")]
    _user_pool_id: String,
    #[serde(rename = "GenerateSecret")]
    _generate_secret: NoSecret,
    explicit_auth_flows: Vec<AuthFlow>,
    prevent_user_existence_errors: UserExistenceErrors,
    enable_token_revocation: bool,
    access_token_validity: u32,
    id_token_validity: u32,
    refresh_token_validity: u32,
    token_validity_units: TokenValidityUnits,
}

impl Properties for UserPoolClient {
    const KIND: &'static str = "AWS::Cognito::UserPoolClient";
}

/// `GenerateSecret: false`: the local user pool has only public clients.
#[derive(Deserialize)]
#[serde(try_from = "bool")]
struct NoSecret;

impl TryFrom<bool> for NoSecret {
    type Error = &'static str;

    fn try_from(generate: bool) -> Result<Self, Self::Error> {
        if generate {
            Err("a client with a secret is not understood here")
        } else {
            Ok(Self)
        }
    }
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum UserExistenceErrors {
    Enabled,
    Legacy,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TokenValidityUnits {
    access_token: TimeUnit,
    id_token: TimeUnit,
    refresh_token: TimeUnit,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TimeUnit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl TimeUnit {
    fn times(self, count: u32) -> Duration {
        let seconds: u64 = match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 60 * 60,
            Self::Days => 24 * 60 * 60,
        };
        Duration::from_secs(seconds * u64::from(count))
    }
}
