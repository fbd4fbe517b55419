//! The condition keys of a request: only what the server itself established.

use std::net::IpAddr;

use notewarden_domain::{
    Timestamp,
    policy::{Context, ContextValue},
};
use notewarden_userpool::{
    CognitoIdentity, Principal, PrincipalKind, SessionScope, principal::COGNITO,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::decisions::Decision;

/// What the global condition keys are made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Who asks; nobody if the request is not signed.
    pub principal: Option<&'a Principal>,
    /// The peer of the connection.
    pub source: IpAddr,
    /// The region that is asked.
    pub region: &'a str,
    /// When it is asked.
    pub at: Timestamp,
}

/// The global keys, the principal's, and those that the service gives.
pub fn context<'a>(
    facts: Facts<'a>,
    of_service: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Context<'a> {
    let mut context = Context::new()
        .with("aws:SourceIp", facts.source.to_canonical().to_string())
        // On AWS every endpoint that this server stands for is behind TLS.
        .with("aws:SecureTransport", "true")
        .with("aws:RequestedRegion", facts.region)
        .with("aws:EpochTime", facts.at.as_secs().to_string());
    if let Some(moment) = rfc3339(facts.at) {
        context = context.with("aws:CurrentTime", moment);
    }
    if let Some(principal) = facts.principal {
        context = with_principal(context, principal);
    }
    for (key, value) in of_service {
        context.set(key, ContextValue::One(value.into()));
    }
    context
}

/// The keys with which the policies were asked for a decision.
pub(super) fn of_decision<'a>(decision: &'a Decision, region: &'a str) -> Context<'a> {
    let asked = decision.asked.as_ref();
    let facts = Facts {
        principal: decision.principal.as_deref(),
        source: asked.map_or(IpAddr::from([0, 0, 0, 0]), |asked| asked.source),
        region,
        at: decision.at,
    };
    let of_service = asked.into_iter().flat_map(|asked| &asked.of_service);
    context(facts, of_service.map(|(key, value)| (&**key, &**value)))
}

fn with_principal<'a>(context: Context<'a>, principal: &'a Principal) -> Context<'a> {
    let context = context
        .with("aws:userid", principal.user_id.as_str())
        .with("aws:PrincipalAccount", principal.account_id.as_str());
    match &principal.kind {
        PrincipalKind::Admin => {
            let context = context
                .with("aws:PrincipalType", "User")
                .with("aws:PrincipalArn", principal.arn.as_str());
            match principal.arn.rsplit_once('/') {
                Some((_, name)) => context.with("aws:username", name),
                None => context,
            }
        }
        PrincipalKind::Session {
            role,
            identity,
            scope,
        } => {
            // The role's ARN, not the session's.
            let role = format!("arn:aws:iam::{}:role/{role}", principal.account_id);
            let context = context
                .with("aws:PrincipalType", "AssumedRole")
                .with("aws:PrincipalArn", role);
            with_person(with_scope(context, scope), identity.as_ref(), scope)
        }
    }
}

fn with_scope<'a>(mut context: Context<'a>, scope: &'a SessionScope) -> Context<'a> {
    for (name, value) in &scope.tags {
        context = context.with(format!("aws:PrincipalTag/{name}"), value);
    }
    match &scope.source_identity {
        Some(source) => context.with("aws:SourceIdentity", source),
        None => context,
    }
}

/// The person behind the session, if a provider vouched for them.
fn with_person<'a>(
    context: Context<'a>,
    identity: Option<&'a CognitoIdentity>,
    scope: &'a SessionScope,
) -> Context<'a> {
    match (identity, &scope.person) {
        (Some(identity), _) => context
            .with("aws:FederatedProvider", COGNITO)
            .with(
                "cognito-identity.amazonaws.com:sub",
                identity.identity_id.as_str(),
            )
            .with(
                "cognito-identity.amazonaws.com:aud",
                identity.identity_pool_id.as_str(),
            )
            .with_all(
                "cognito-identity.amazonaws.com:amr",
                identity.amr.iter().map(String::as_str),
            ),
        (None, Some(person)) => {
            person.describe(context.with("aws:FederatedProvider", &person.provider))
        }
        (None, None) => context,
    }
}

/// `2026-11-21T12:00:00Z`.
fn rfc3339(now: Timestamp) -> Option<String> {
    let seconds = i64::try_from(now.as_secs()).ok()?;
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    moment.format(&Rfc3339).ok()
}
