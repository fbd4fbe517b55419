//! `AssumeRoleWithWebIdentity`: a session of a role whose trust policy lets in whoever shows a provider's token.

use notewarden_domain::StoreError;
use notewarden_userpool::{
    Luggage, Principal, SessionScope,
    identity_pool::LoginError,
    web_identities::{Identified, WebIdentityError},
};

use super::{
    fault::Fault,
    query::Query,
    session::{Given, SessionRequest, check},
};
use crate::{
    app::App,
    json_protocol::violations::{Shown, Violations},
};

pub(super) async fn assume(app: &App, query: &Query, request_id: &str) -> Result<Given, Fault> {
    let asked = SessionRequest::read(query)?;
    let token = query.get("WebIdentityToken");
    let mut violations = Violations::default();
    match token {
        // A token is a secret.
        Some(token) => {
            violations.check_length("webIdentityToken", Shown::Nothing, token, 4..=20_000);
        }
        None => violations.add_missing("webIdentityToken", Shown::Null),
    }
    check(violations)?;
    let token = token.unwrap_or_default();
    let identified = app
        .identity_pool
        .recognize(token, query.get("ProviderId"))
        .await
        .map_err(of_recognition)?;
    let Identified {
        person,
        identity,
        subject,
        audience,
        issuer,
        tags,
        transitive_tags,
    } = identified;
    let luggage = Luggage {
        session_name: &asked.session_name,
        tags: &tags,
    };
    let role = app
        .roles
        .admit(&asked.role_arn, &person, luggage)
        .map_err(|refused| {
            app.access.record_refusal(request_id, &refused);
            not_authorized()
        })?;
    let lifetime = asked.lifetime_of(role, false)?;
    let is_of_pool = identity.is_some();
    let (account, name) = (&role.account_id, &asked.session_name);
    let principal = Principal::session(account, &role.name, &role.role_id, name, identity);
    let principal = principal.within(SessionScope {
        tags,
        transitive_tags,
        policies: asked.policies.clone(),
        person: (!is_of_pool).then_some(person),
        source_identity: None,
    });
    let credential = app
        .identity_pool
        .issue_classic_session(principal, lifetime)
        .await
        .map_err(|error| match error {
            // The identity was deleted, or unlinked, since it got its token.
            StoreError::NotFound => not_authorized(),
            other => Fault::from(other),
        })?;
    Ok(Given {
        credential,
        packed_policy_size: asked.packed_policy_size(),
        told: vec![
            ("SubjectFromWebIdentityToken", subject),
            ("Audience", audience),
            ("Provider", issuer),
        ],
    })
}

/// One answer, whether the role is not there or does not trust: nobody can list roles with it.
fn not_authorized() -> Fault {
    Fault::denied("Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

fn of_recognition(error: WebIdentityError) -> Fault {
    match error {
        WebIdentityError::UnknownProvider => {
            Fault::invalid_token("No OpenIDConnect provider found in your account for this token")
        }
        WebIdentityError::Tags => {
            Fault::invalid_token("The ID Token provided has malformed session tags")
        }
        WebIdentityError::Token(error) => of_token(error),
        _ => Fault::invalid_token("The web identity token could not be validated"),
    }
}

fn of_token(error: LoginError) -> Fault {
    match error {
        LoginError::Expired { expired_at, now } => Fault::expired_token(format!(
            "Token expired: current date/time {now} must be before the expiration date/time {expired_at}"
        )),
        LoginError::WrongAudience => Fault::invalid_token("Incorrect token audience"),
        LoginError::WrongIssuer => Fault::invalid_token("Issuer does not match the provider"),
        LoginError::MissingClaim(claim) => {
            Fault::invalid_token(format!("Missing a required claim: {claim}"))
        }
        LoginError::Revoked => Fault::rejected_claim("The web identity token was revoked"),
        LoginError::Unavailable(error) => {
            tracing::warn!(%error, "a login provider could not be asked");
            Fault::provider_unavailable()
        }
        LoginError::Store(error) => Fault::from(error),
        _ => Fault::invalid_token("The ID Token provided is not a valid JWT"),
    }
}
