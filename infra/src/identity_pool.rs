//! The identity pool's settings, with the role that its identities are given.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    TemplateError,
    resources::{Properties, Resources},
};

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
    /// Public providers whose tokens are logins, as `accounts.google.com`, each with our client or app there.
    pub login_providers: BTreeMap<String, String>,
    /// ARNs of the OpenID Connect providers of IAM whose ID tokens are logins; the part after `oidc-provider/` is
    /// the issuer without the scheme.
    pub open_id_connect_providers: Vec<String>,
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
    let pool: IdentityPool = resources.only()?.properties;
    let attachment: RoleAttachment = resources.only()?.properties;
    Ok(IdentityPoolSettings {
        allow_unauthenticated: pool.allow_unauthenticated_identities,
        allow_classic_flow: pool.allow_classic_flow,
        user_pools: pool.cognito_identity_providers,
        login_providers: pool.supported_login_providers,
        open_id_connect_providers: pool.open_id_connect_providers,
        authenticated_role: attachment.roles.authenticated,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct IdentityPool {
    allow_unauthenticated_identities: bool,
    allow_classic_flow: bool,
    cognito_identity_providers: Vec<UserPoolProvider>,
    #[serde(default)]
    supported_login_providers: BTreeMap<String, String>,
    #[serde(default, rename = "OpenIdConnectProviderARNs")]
    open_id_connect_providers: Vec<String>,
}

impl Properties for IdentityPool {
    const KIND: &'static str = "AWS::Cognito::IdentityPool";
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoleAttachment {
    #[serde(rename = "IdentityPoolId")]
    _identity_pool_id: String,
    roles: Roles,
}

impl Properties for RoleAttachment {
    const KIND: &'static str = "AWS::Cognito::IdentityPoolRoleAttachment";
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    authenticated: String,
}
