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
    /// ARN of the role for identities without one.
    pub unauthenticated_role: Option<String>,
    /// Who is given another role, by the provider's name, or `<provider>:<client id>`.
    pub role_mappings: BTreeMap<String, RoleMapping>,
    /// Which claims become tags of the session, by the provider's name: the claim by the tag's name.
    pub principal_tags: BTreeMap<String, BTreeMap<String, String>>,
}

/// How the logins of one provider are given roles.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleMapping {
    /// The rules, in order; without any, the token names the role.
    pub rules: Option<Vec<MappingRule>>,
    /// What happens when they give no single role.
    pub ambiguous: AmbiguousRole,
}

/// What happens when no single role comes of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AmbiguousRole {
    /// It gives the authenticated role.
    AuthenticatedRole,
    /// It gives none.
    Deny,
}

/// A role for logins whose claim fits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct MappingRule {
    /// The claim's name.
    pub claim: String,
    /// How it is compared.
    pub match_type: MatchType,
    /// What it is compared with.
    pub value: String,
    /// ARN of the role.
    #[serde(rename = "RoleARN")]
    pub role_arn: String,
}

/// How a claim is compared with a rule's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum MatchType {
    /// It is the value.
    Equals,
    /// The value is part of it.
    Contains,
    /// It begins with the value.
    StartsWith,
    /// It is not the value.
    NotEqual,
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
    let attachment = resources.only::<RoleAttachment>()?;
    let path = format!(
        "Resources.{}.Properties.RoleMappings",
        attachment.logical_id
    );
    let attachment = attachment.properties;
    let mut role_mappings = BTreeMap::new();
    for (name, mapping) in attachment.role_mappings {
        let path = format!("{path}.{name}");
        let (provider, mapping) = mapping.read(name, &path)?;
        if role_mappings.insert(provider, mapping).is_some() {
            return Err(TemplateError::property(
                path,
                "its provider is mapped twice",
            ));
        }
    }
    Ok(IdentityPoolSettings {
        allow_unauthenticated: pool.allow_unauthenticated_identities,
        allow_classic_flow: pool.allow_classic_flow,
        user_pools: pool.cognito_identity_providers,
        login_providers: pool.supported_login_providers,
        open_id_connect_providers: pool.open_id_connect_providers,
        authenticated_role: attachment.roles.authenticated,
        unauthenticated_role: attachment.roles.unauthenticated,
        role_mappings,
        principal_tags: principal_tags(resources)?,
    })
}

fn principal_tags(
    resources: &Resources<'_>,
) -> Result<BTreeMap<String, BTreeMap<String, String>>, TemplateError> {
    let mut tags = BTreeMap::new();
    for found in resources.all::<PrincipalTag>()? {
        let path = format!("Resources.{}.Properties", found.logical_id);
        let mapping = found.properties;
        let named = match (mapping.use_defaults, mapping.principal_tags) {
            (true, None) => [("client", "aud"), ("username", "sub")]
                .map(|(tag, claim)| (tag.to_owned(), claim.to_owned()))
                .into(),
            (false, Some(named)) => named,
            _ => {
                return Err(TemplateError::property(
                    path,
                    "exactly one of `PrincipalTags` and `UseDefaults: true` is needed",
                ));
            }
        };
        if tags.insert(mapping.identity_provider_name, named).is_some() {
            return Err(TemplateError::property(
                path,
                "its provider is mapped twice",
            ));
        }
    }
    Ok(tags)
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
    #[serde(default)]
    role_mappings: BTreeMap<String, RoleMappingProperties>,
}

impl Properties for RoleAttachment {
    const KIND: &'static str = "AWS::Cognito::IdentityPoolRoleAttachment";
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    authenticated: String,
    unauthenticated: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RoleMappingProperties {
    /// The provider, where the name that the mapping stands under cannot be one because of its characters.
    identity_provider: Option<String>,
    #[serde(rename = "Type")]
    kind: MappingKind,
    ambiguous_role_resolution: AmbiguousRole,
    rules_configuration: Option<RulesConfiguration>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
enum MappingKind {
    Token,
    Rules,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RulesConfiguration {
    rules: Vec<MappingRule>,
}

impl RoleMappingProperties {
    fn read(self, name: String, path: &str) -> Result<(String, RoleMapping), TemplateError> {
        let rules = self
            .rules_configuration
            .map(|configuration| configuration.rules);
        if rules.is_some() != (self.kind == MappingKind::Rules) {
            let message = "`RulesConfiguration` belongs to the type `Rules`, and to no other";
            return Err(TemplateError::property(path, message));
        }
        let mapping = RoleMapping {
            rules,
            ambiguous: self.ambiguous_role_resolution,
        };
        Ok((self.identity_provider.unwrap_or(name), mapping))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PrincipalTag {
    #[serde(rename = "IdentityPoolId")]
    _identity_pool_id: String,
    identity_provider_name: String,
    principal_tags: Option<BTreeMap<String, String>>,
    #[serde(default)]
    use_defaults: bool,
}

impl Properties for PrincipalTag {
    const KIND: &'static str = "AWS::Cognito::IdentityPoolPrincipalTag";
}
