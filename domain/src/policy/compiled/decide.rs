//! How the layers' answers make a verdict (IAM User Guide: “How AWS enforcement code logic evaluates requests”,
//! “Cross-account policy evaluation logic”).

use super::{Answer, PolicyLayer, Verdict};
use crate::policy::{PrincipalType, principal::Grant};

/// All that a verdict depends on. A layer that is `None` has no policies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub principal: PrincipalType,
    /// Whether the resource is of the principal's account.
    pub is_within_account: bool,
    /// Whether the resource policy's consent is needed even within the account.
    pub resource_must_allow: bool,
    pub identity: Answer,
    pub resource: Option<Answer>,
    pub boundary: Option<Answer>,
    pub session: Option<Answer>,
    pub service_control: Option<Answer>,
    pub resource_control: Option<Answer>,
}

/// Which layer made the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Reason {
    /// A statement of this layer denies.
    Denied(PolicyLayer),
    /// A statement of this layer allows.
    Allowed(PolicyLayer),
    /// The account's root user may do everything that is not denied.
    Root,
    /// No statement of this layer allows, and one must.
    NotAllowed(PolicyLayer),
}

/// Explicit deny over allow over implicit deny.
#[inline]
pub(super) fn decide(facts: &Facts) -> (Verdict, Reason) {
    let (allowed, reason) = match denial(facts) {
        Some(layer) => return (Verdict::ExplicitlyDenied, Reason::Denied(layer)),
        None => grant(facts),
    };
    let verdict = if allowed {
        Verdict::Allowed
    } else {
        Verdict::ImplicitlyDenied
    };
    (verdict, reason)
}

/// Whether organizations' service control policies and an account's own policies are about the principal.
fn is_of_account(principal: PrincipalType) -> bool {
    use PrincipalType::{AssumedRole, FederatedUser, Role, Root, User};
    matches!(principal, Root | User | Role | AssumedRole | FederatedUser)
}

/// The first layer that denies.
#[inline]
fn denial(facts: &Facts) -> Option<PolicyLayer> {
    let denies = |answer: Option<Answer>| answer.is_some_and(|answer| answer.denies);
    let service_control = facts
        .service_control
        .filter(|_| is_of_account(facts.principal));
    [
        (service_control, PolicyLayer::ServiceControl),
        (facts.resource_control, PolicyLayer::ResourceControl),
        (facts.resource, PolicyLayer::Resource),
        (Some(facts.identity), PolicyLayer::Identity),
        (facts.boundary, PolicyLayer::Boundary),
        (facts.session, PolicyLayer::Session),
    ]
    .into_iter()
    .find_map(|(answer, layer)| denies(answer).then_some(layer))
}

/// Whether the request is allowed if nothing denies it, and the layer that decides.
#[inline]
fn grant(facts: &Facts) -> (bool, Reason) {
    let allows = |answer: Option<Answer>| answer.is_none_or(|answer| answer.grant > Grant::None);
    let not_allowed = |layer| (false, Reason::NotAllowed(layer));
    if !allows(facts.resource_control) {
        return not_allowed(PolicyLayer::ResourceControl);
    }
    let by_resource = facts.resource.map_or(Grant::None, |answer| answer.grant);
    if !is_of_account(facts.principal) {
        // Whoever has no policies of their own has what the resource grants.
        return match by_resource {
            Grant::Direct => (true, Reason::Allowed(PolicyLayer::Resource)),
            _ => not_allowed(PolicyLayer::Resource),
        };
    }
    if !allows(facts.service_control) {
        return not_allowed(PolicyLayer::ServiceControl);
    }
    let needs_resource = facts.resource_must_allow || !facts.is_within_account;
    if needs_resource && by_resource == Grant::None {
        return not_allowed(PolicyLayer::Resource);
    }
    if facts.is_within_account && by_resource == Grant::Direct {
        return (true, Reason::Allowed(PolicyLayer::Resource));
    }
    let is_root = facts.principal == PrincipalType::Root;
    let by_identity = facts.identity.grant > Grant::None;
    let suffices = facts.is_within_account && by_resource == Grant::Limited;
    if !(is_root || by_identity || suffices) {
        return not_allowed(PolicyLayer::Identity);
    }
    if !allows(facts.boundary) {
        return not_allowed(PolicyLayer::Boundary);
    }
    if !allows(facts.session) {
        return not_allowed(PolicyLayer::Session);
    }
    let reason = match (by_identity, is_root) {
        (true, _) => Reason::Allowed(PolicyLayer::Identity),
        (false, true) => Reason::Root,
        (false, false) => Reason::Allowed(PolicyLayer::Resource),
    };
    (true, reason)
}
