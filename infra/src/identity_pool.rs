//! The identity pool's settings, with the role that its identities are given.

use serde::Deserialize;

use crate::{TemplateError, template::Resources};

/// Rules of an identity pool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IdentityPoolSettings {
    /// Whether there are identities without a login.
    pub allow_unauthenticated: bool,
    /// Whether `GetOpenIdToken` and the role's assumption may be separate steps (the basic flow).
    pub allow_classic_flow: bool,
    /// Whose tokens are logins.
    pub user_pools: Vec<UserPoolProvider>,
    /// ARN of the role for identities with a login.
    pub authenticated_role: String,
}

/// A user pool's client whose ID tokens are logins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct UserPoolProvider {
    /// Audience of the tokens.
    pub client_id: String,
    /// Their issuer without the scheme: `cognito-idp.<region>.amazonaws.com/<pool id>`.
    pub provider_name: String,
    /// Whether the user pool is asked if the user is still there, enabled and signed in.
    pub server_side_token_check: bool,
}

pub(crate) fn settings(resources: &Resources<'_>) -> Result<IdentityPoolSettings, TemplateError> {
    let pool: IdentityPool = resources.only("AWS::Cognito::IdentityPool")?.properties;
    let attachment: RoleAttachment = resources
        .only("AWS::Cognito::IdentityPoolRoleAttachment")?
        .properties;
    Ok(IdentityPoolSettings {
        allow_unauthenticated: pool.allow_unauthenticated_identities,
        allow_classic_flow: pool.allow_classic_flow,
        user_pools: pool.cognito_identity_providers,
        authenticated_role: attachment.roles.authenticated,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IdentityPool {
    allow_unauthenticated_identities: bool,
    allow_classic_flow: bool,
    cognito_identity_providers: Vec<UserPoolProvider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoleAttachment {
    #[serde(rename = "IdentityPoolId")]
    _identity_pool_id: String,
    roles: Roles,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    authenticated: String,
}
