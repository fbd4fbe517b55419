//! The condition keys of a request: only what the server itself established.

use std::net::IpAddr;

use notewarden_domain::{
    Timestamp,
    policy::{Context, ContextValue},
};
use notewarden_userpool::{Principal, PrincipalKind};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

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
        PrincipalKind::Session { role, identity } => {
            // The role's ARN, not the session's.
            let role = format!("arn:aws:iam::{}:role/{role}", principal.account_id);
            let context = context
                .with("aws:PrincipalType", "AssumedRole")
                .with("aws:PrincipalArn", role);
            match identity {
                Some(identity) => context
                    .with("aws:FederatedProvider", "cognito-identity.amazonaws.com")
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
                None => context,
            }
        }
    }
}

/// `2026-11-21T12:00:00Z`.
fn rfc3339(now: Timestamp) -> Option<String> {
    let seconds = i64::try_from(now.as_secs()).ok()?;
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    moment.format(&Rfc3339).ok()
}
