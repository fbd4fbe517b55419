//! What the template says, in the words of those who enforce it.

use std::collections::BTreeMap;

use notewarden_domain::{
    allowances::{Allowance, Allowances, NotAllowed},
    policy::{Policy, PolicyError, PolicyKind, Position, Source},
};
use notewarden_infra::{
    AuthFlow, FunctionSettings, MatchType, MfaConfiguration, MfaMethod, MfaSettings, PolicySource,
    RoleSettings, Stack, Template,
};
use notewarden_userpool::{
    IdentityPoolSettings, Principal, Role, Roles, UserPoolSettings,
    identity_pool::{
        AmbiguousRole, ClaimComparison, MappingRule, RoleMapping, RoleSource, TagMapping,
    },
    passwords::PasswordPolicy,
    user_pool,
};

use std::time::Duration;

use crate::{
    access::Policies,
    deployment::{ACCOUNT_ID, Deployment},
    local::playground::Playground,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What the owner of the data directory may do.
const ADMIN_POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "Owner", "Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// The policies of the owner of the data directory.
pub fn admin_policies(stack: &Stack) -> Result<Policies, PolicyError> {
    let admin = Policy::parse(ADMIN_POLICY, PolicyKind::Identity)?.named("Owner");
    Ok(Policies::new(&[admin], &bucket_policy(stack)?))
}

/// The policies of each role's sessions, by the role's name.
pub fn role_policies(stack: &Stack) -> Result<BTreeMap<String, Policies>, PolicyError> {
    policies_of(stack.roles.iter(), stack)
}

/// What the function that serves the API is told that each person may keep and have packed.
pub fn allowances(api: &FunctionSettings) -> Result<Allowances, NotAllowed> {
    let mut allowances = Allowances::default();
    for allowance in Allowance::ALL {
        if let Some(text) = api.environment.get(allowance.variable()) {
            allowances.set(allowance, allowance.read(text)?);
        }
    }
    Ok(allowances)
}

/// The policies of the sessions of functions' roles, by the role's name.
pub fn function_policies(
    functions: &[FunctionSettings],
    stack: &Stack,
) -> Result<BTreeMap<String, Policies>, PolicyError> {
    policies_of(functions.iter().map(|function| &function.role), stack)
}

fn policies_of<'a>(
    roles: impl Iterator<Item = &'a RoleSettings>,
    stack: &Stack,
) -> Result<BTreeMap<String, Policies>, PolicyError> {
    let bucket = bucket_policy(stack)?;
    let policies = |role: &RoleSettings| {
        let policies = Policies::new(&permissions(role)?, &bucket);
        Ok((role.name.clone(), policies))
    };
    roles.map(policies).collect()
}

/// The roles that people may be given, with their trust policies.
pub fn roles(stack: &Stack) -> Result<Roles, PolicyError> {
    stack.roles.iter().map(role).collect()
}

fn role(settings: &RoleSettings) -> Result<Role, PolicyError> {
    let trust = Policy::parse(&settings.trust_policy, PolicyKind::Trust)?.named("TrustPolicy");
    let trust = placed(trust, &settings.trust_source);
    let longest_session = Duration::from_secs(settings.longest_session.into());
    Ok(Role::new(ACCOUNT_ID, &settings.name, trust).with_longest_session(longest_session))
}

/// The session of its role that a function runs as: Lambda names it after the function.
pub fn function_session(
    function: &FunctionSettings,
    deployment: &Deployment,
) -> Result<Principal, PolicyError> {
    let role = role(&function.role)?;
    let session = format!("notewarden-{}-{}", function.logical_id, deployment.suffix);
    let (name, id) = (&role.name, &role.role_id);
    Ok(Principal::session(ACCOUNT_ID, name, id, &session, None))
}

/// What the policies of signed-in people's role are tried with.
pub fn playground(
    template: Template,
    place: notewarden_infra::Deployment,
    stack: &Stack,
) -> Result<Playground, &'static str> {
    let role = stack.role(&stack.identity_pool.authenticated_role);
    let role = role.ok_or("the identity pool's role is none of the template")?;
    Ok(Playground {
        template,
        place,
        role: role.name.clone(),
        permissions: role.permissions.clone(),
    })
}

fn bucket_policy(stack: &Stack) -> Result<Policy, PolicyError> {
    let policy = Policy::parse(&stack.bucket.policy, PolicyKind::Resource)?.named("BucketPolicy");
    Ok(placed(policy, &stack.bucket.policy_source))
}

fn permissions(role: &RoleSettings) -> Result<Vec<Policy>, PolicyError> {
    role.permissions
        .iter()
        .map(|permission| {
            let policy = Policy::parse(&permission.document, PolicyKind::Identity)?;
            Ok(placed(policy.named(&permission.name), &permission.source))
        })
        .collect()
}

/// The policy, which knows where in the template it stands.
fn placed(policy: Policy, source: &PolicySource) -> Policy {
    let places = source.statements.iter();
    policy.read_from(Source {
        file: "template.yaml".to_owned(),
        statements: places
            .map(|&(line, column)| Position { line, column })
            .collect(),
    })
}

/// The user pool's settings, with its one client's.
pub fn user_pool(stack: &Stack, deployment: &Deployment) -> UserPoolSettings {
    let rules = &stack.user_pool.password_policy;
    let client = &stack.client;
    let flows = client.auth_flows.iter().filter_map(|flow| match flow {
        AuthFlow::AllowUserSrpAuth => Some(user_pool::AuthFlow::UserSrp),
        AuthFlow::AllowUserPasswordAuth => Some(user_pool::AuthFlow::UserPassword),
        AuthFlow::AllowAdminUserPasswordAuth => Some(user_pool::AuthFlow::AdminUserPassword),
        AuthFlow::AllowUserAuth => Some(user_pool::AuthFlow::UserChoice),
        AuthFlow::AllowRefreshTokenAuth => Some(user_pool::AuthFlow::RefreshToken),
        _ => None,
    });
    UserPoolSettings {
        id: deployment.user_pool.clone(),
        password_policy: PasswordPolicy {
            minimum_length: rules.minimum_length,
            require_uppercase: rules.require_uppercase,
            require_lowercase: rules.require_lowercase,
            require_numbers: rules.require_numbers,
            require_symbols: rules.require_symbols,
        },
        temporary_password_lifetime: DAY * rules.temporary_password_validity_days,
        clients: vec![user_pool::ClientSettings {
            id: deployment.user_pool_client.clone(),
            secret: None,
            flows: flows.collect(),
            prevents_user_existence_errors: client.prevent_user_existence_errors,
            revokes_tokens: client.token_revocation,
            id_token_lifetime: client.validity.id,
            access_token_lifetime: client.validity.access,
            refresh_token_lifetime: client.validity.refresh,
        }],
        custom_attributes: Vec::new(),
        // As the template has it, which asks for no verification before an address counts.
        keeps_email_until_verified: false,
        mfa: mfa(&stack.user_pool.mfa),
        allows_email_sign_in: false,
    }
}

fn mfa(settings: &MfaSettings) -> user_pool::MfaSettings {
    user_pool::MfaSettings {
        requirement: match settings.configuration {
            MfaConfiguration::Off => user_pool::MfaRequirement::Off,
            MfaConfiguration::Optional => user_pool::MfaRequirement::Optional,
            MfaConfiguration::On => user_pool::MfaRequirement::On,
        },
        software_token: settings.methods.contains(&MfaMethod::SoftwareTokenMfa),
        email: settings.methods.contains(&MfaMethod::EmailOtp),
    }
}

/// The identity pool's settings.
pub fn identity_pool(stack: &Stack, deployment: &Deployment) -> IdentityPoolSettings {
    let pool = &stack.identity_pool;
    let role_mappings = pool.role_mappings.iter();
    let tag_mappings = pool.principal_tags.iter();
    IdentityPoolSettings {
        id: deployment.identity_pool.clone(),
        authenticated_role: pool.authenticated_role.clone(),
        allows_guests: pool.allow_unauthenticated,
        unauthenticated_role: pool.unauthenticated_role.clone(),
        allows_classic_flow: pool.allow_classic_flow,
        role_mappings: role_mappings
            .map(|(provider, mapping)| (provider.clone(), role_mapping(mapping)))
            .collect(),
        tag_mappings: tag_mappings
            .map(|(provider, tags)| (provider.clone(), TagMapping(tags.clone())))
            .collect(),
    }
}

fn role_mapping(mapping: &notewarden_infra::RoleMapping) -> RoleMapping {
    let rule = |rule: &notewarden_infra::MappingRule| MappingRule {
        claim: rule.claim.clone(),
        comparison: match rule.match_type {
            MatchType::Equals => ClaimComparison::Equals,
            MatchType::Contains => ClaimComparison::Contains,
            MatchType::StartsWith => ClaimComparison::StartsWith,
            MatchType::NotEqual => ClaimComparison::NotEqual,
        },
        value: rule.value.clone(),
        role_arn: rule.role_arn.clone(),
    };
    RoleMapping {
        source: match &mapping.rules {
            Some(rules) => RoleSource::Rules(rules.iter().map(rule).collect()),
            None => RoleSource::Token,
        },
        ambiguous: match mapping.ambiguous {
            notewarden_infra::AmbiguousRole::AuthenticatedRole => AmbiguousRole::AuthenticatedRole,
            notewarden_infra::AmbiguousRole::Deny => AmbiguousRole::Deny,
        },
    }
}
