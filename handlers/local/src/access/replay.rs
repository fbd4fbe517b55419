//! Decisions made again, as they would have been with other policies of a role.

use std::sync::Arc;

use notewarden_domain::policy::{Policy, PolicyKind, Request, Verdict};
use notewarden_userpool::PrincipalKind;

use super::{Access, Policies, caller, conditions};
use crate::decisions::Decision;

/// A decision that was made again.
pub struct Replayed {
    /// The decision as it was made.
    pub decision: Arc<Decision>,
    /// What it would have been.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

impl Access {
    /// The newest `limit` decisions on sessions of the role `role`, made again as if `permissions` were its policies.
    /// Whatever else has a say, the bucket's policy or session policies, is as it was.
    pub fn replay(&self, role: &str, permissions: &[Policy], limit: usize) -> Vec<Replayed> {
        let Some(of_role) = self.roles.get(role) else {
            return Vec::new();
        };
        let edited = of_role.with_own(permissions);
        let again = |decision: Arc<Decision>| {
            decision.asked.as_ref()?;
            let policies = match &decision.principal.as_ref()?.kind {
                PrincipalKind::Session {
                    role: of, scope, ..
                } if of == role => narrowed(&edited, &scope.policies)?,
                _ => return None,
            };
            let context = conditions::of_decision(&decision, &self.region);
            let caller = caller(decision.principal.as_ref());
            let (action, resource) = (&decision.action, &decision.resource);
            let request = Request::new(&caller, action, resource, &context);
            let told = policies.on(action).explain(&request);
            Some(Replayed {
                verdict: told.verdict,
                reason: told.reason,
                decision,
            })
        };
        let kept = self.decisions.kept(usize::MAX).into_iter();
        kept.filter_map(again).take(limit).collect()
    }
}

/// `policies` within a session's own, documents that were read before.
fn narrowed(policies: &Policies, documents: &[String]) -> Option<Policies> {
    if documents.is_empty() {
        return Some(policies.clone());
    }
    let session = documents
        .iter()
        .map(|document| Policy::parse(document, PolicyKind::Identity))
        .collect::<Result<Vec<_>, _>>();
    Some(policies.within(&session.ok()?))
}
