//! The condition keys of a request: only what the server itself established.

use notewarden_domain::{
    Timestamp,
    policy::{Context, ContextValue},
};
use notewarden_userpool::{Principal, PrincipalKind};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Ask;

/// The global keys, the principal's, and those that the service gives.
pub fn context(ask: &Ask<'_>, region: &str, now: Timestamp) -> Context<'static> {
    let mut context = Context::new();
    let mut set =
        |key: &'static str, value: String| context.set(key, ContextValue::One(value.into()));
    set("aws:SourceIp", ask.peer.ip().to_canonical().to_string());
    // On AWS every endpoint that this server stands for is behind TLS.
    set("aws:SecureTransport", "true".to_owned());
    set("aws:RequestedRegion", region.to_owned());
    set("aws:EpochTime", now.as_secs().to_string());
    if let Some(moment) = rfc3339(now) {
        set("aws:CurrentTime", moment);
    }
    if let Some(principal) = ask.principal {
        set_principal(&mut context, principal);
    }
    for (key, value) in &ask.context {
        context.set((*key).to_owned(), ContextValue::One(value.clone().into()));
    }
    context
}

fn set_principal(context: &mut Context<'static>, principal: &Principal) {
    let mut set =
        |key: &'static str, value: String| context.set(key, ContextValue::One(value.into()));
    set("aws:userid", principal.user_id.clone());
    set("aws:PrincipalAccount", principal.account_id.clone());
    match &principal.kind {
        PrincipalKind::Admin => {
            set("aws:PrincipalType", "User".to_owned());
            set("aws:PrincipalArn", principal.arn.clone());
            if let Some((_, name)) = principal.arn.rsplit_once('/') {
                set("aws:username", name.to_owned());
            }
        }
        PrincipalKind::Session { role, identity } => {
            set("aws:PrincipalType", "AssumedRole".to_owned());
            // The role's ARN, not the session's.
            set(
                "aws:PrincipalArn",
                format!("arn:aws:iam::{}:role/{role}", principal.account_id),
            );
            if let Some(identity) = identity {
                set(
                    "aws:FederatedProvider",
                    "cognito-identity.amazonaws.com".to_owned(),
                );
                set(
                    "cognito-identity.amazonaws.com:sub",
                    identity.identity_id.to_string(),
                );
                set(
                    "cognito-identity.amazonaws.com:aud",
                    identity.identity_pool_id.clone(),
                );
                let amr = identity
                    .amr
                    .iter()
                    .map(|method| method.clone().into())
                    .collect();
                context.set(
                    "cognito-identity.amazonaws.com:amr",
                    ContextValue::Many(amr),
                );
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
