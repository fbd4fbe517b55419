//! `AssumeRole`: a session of a role whose trust policy lets in whoever signs.

use notewarden_userpool::{Luggage, Principal, SessionScope, roles};

use super::{
    fault::Fault,
    query::Query,
    session::{Given, SessionRequest, check, check_name},
    tags::Tags,
};
use crate::{
    access::{Ask, Assumption, Signer},
    app::App,
    json_protocol::violations::{Shown, Violations},
    wire::WireRequest,
};

const ASSUME: &str = "sts:AssumeRole";

pub(super) async fn assume(
    app: &App,
    query: &Query,
    request: &WireRequest,
    signer: &Signer,
) -> Result<Given, Fault> {
    let asked = SessionRequest::read(query)?;
    let caller = signer.credential.principal.scope();
    let tags = Tags::read(query, caller)?;
    let source_identity = source_identity(query, caller)?;
    let mut ask = Ask::of(request, signer, ASSUME, &asked.role_arn);
    let Some(role) = app.roles.by_arn(&asked.role_arn) else {
        return Err(app.access.deny(&ask, "there is no such role").into());
    };
    let external_id = query.get("ExternalId").map(str::to_owned);
    ask.context
        .extend(external_id.map(|id| ("sts:ExternalId", id)));
    let source = source_identity.clone();
    ask.context
        .extend(source.map(|source| ("sts:SourceIdentity", source)));
    let mut actions = vec![ASSUME];
    if !tags.all.is_empty() {
        actions.push(roles::TAG_SESSION);
    }
    if source_identity.is_some() {
        actions.push(roles::SET_SOURCE_IDENTITY);
    }
    let transitive_tags: Vec<_> = tags.transitive.iter().cloned().collect();
    let assumption = Assumption {
        ask,
        role,
        luggage: Luggage {
            session_name: &asked.session_name,
            tags: &tags.all,
        },
        transitive_tags: &transitive_tags,
    };
    app.access.authorize_assumption(assumption, &actions)?;
    let lifetime = asked.lifetime_of(role, caller.is_some())?;
    let (account, name) = (&role.account_id, &asked.session_name);
    let principal = Principal::session(account, &role.name, &role.role_id, name, None);
    let principal = principal.within(SessionScope {
        tags: tags.all,
        transitive_tags: tags.transitive,
        policies: asked.policies.clone(),
        person: None,
        source_identity: source_identity.clone(),
    });
    Ok(Given {
        credential: app.credentials.issue_session(principal, lifetime).await?,
        packed_policy_size: asked.packed_policy_size(),
        told: source_identity
            .map(|source| ("SourceIdentity", source))
            .into_iter()
            .collect(),
    })
}

/// Who is behind the session. Once said in a chain of sessions, it stays.
fn source_identity(query: &Query, caller: Option<&SessionScope>) -> Result<Option<String>, Fault> {
    let said = caller.and_then(|caller| caller.source_identity.clone());
    let mut violations = Violations::default();
    let asked = query.get("SourceIdentity");
    check_name(&mut violations, "sourceIdentity", asked);
    if let Some(asked) = asked {
        violations.check_length("sourceIdentity", Shown::Value(asked), asked, 2..=64);
    }
    if let Some(id) = query.get("ExternalId") {
        violations.check_length("externalId", Shown::Value(id), id, 2..=1_224);
    }
    check(violations)?;
    if query
        .get("SerialNumber")
        .or(query.get("TokenCode"))
        .is_some()
    {
        return Err(Fault::denied(
            "MultiFactorAuthentication failed, the user has no MFA device",
        ));
    }
    match (said, asked) {
        (Some(said), Some(asked)) if said != asked => Err(Fault::denied(
            "SourceIdentity cannot be changed in a chain of sessions",
        )),
        (said, asked) => Ok(said.or_else(|| asked.map(str::to_owned))),
    }
}
