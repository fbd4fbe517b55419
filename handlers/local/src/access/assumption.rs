//! Whether a role may be assumed: by somebody who signs, whose own policies are asked beside the role's trust policy;
//! and the refusals of trust policies that were asked elsewhere.

use std::sync::Arc;

use notewarden_domain::policy::{CompiledPolicies, Explanation as Told, Request, Verdict};
use notewarden_userpool::{Luggage, RefusedAssumption, Role};
use serde_json::{Value, json};

use super::{Access, Ask, Denied, caller, evaluation};
use crate::decisions::{Decision, Explain, Outcome};

/// What somebody who signs asks when they want to assume a role.
pub struct Assumption<'a> {
    /// Who asks; the action and what it is on are the assumption's own.
    pub ask: Ask<'a>,
    /// The role.
    pub role: &'a Role,
    /// What they bring along.
    pub luggage: Luggage<'a>,
    /// The names of tags that further sessions are to have too.
    pub transitive_tags: &'a [String],
}

impl Access {
    /// Whether the policies of who asks, and the role's trust policy, allow every one of `actions`. The verdicts go
    /// into the decision log.
    ///
    /// # Errors
    /// The first that is not allowed.
    pub fn authorize_assumption<'a>(
        &self,
        assumption: Assumption<'a>,
        actions: &[&'a str],
    ) -> Result<(), Denied> {
        let Assumption {
            mut ask,
            role,
            luggage,
            transitive_tags,
        } = assumption;
        let at = self.clock.now();
        let policies = ask
            .principal
            .and_then(|principal| self.policies_of_principal(principal))
            .map(|policies| Arc::new(policies.on_role(&role.trust_policy)));
        let caller = caller(ask.principal);
        ask.resource = &role.arn;
        for action in actions {
            ask.action = action;
            let (verdict, explain) = {
                let mut context = luggage.describe(self.context(&ask, at));
                if !transitive_tags.is_empty() {
                    context = context.with_all("sts:TransitiveTagKeys", transitive_tags);
                }
                let request = Request::new(&caller, ask.action, ask.resource, &context);
                match &policies {
                    Some(policies) => {
                        let told = policies.explain(&request);
                        let policies = Arc::clone(policies);
                        (
                            told.verdict,
                            of_policies(Some(policies), told, json!(context)),
                        )
                    }
                    None => (Verdict::ImplicitlyDenied, self.explanation(None, &ask)),
                }
            };
            self.decide(&ask, verdict, at, None, explain)?;
        }
        Ok(())
    }

    /// Denies what is asked because of `reason`, and writes that into the decision log.
    pub fn deny(&self, ask: &Ask<'_>, reason: &'static str) -> Denied {
        let (now, explain) = (self.clock.now(), evaluation::because(reason.to_owned()));
        let denied = self.decide(ask, Verdict::ImplicitlyDenied, now, None, explain);
        denied.err().unwrap_or_else(|| Denied::of(ask, false))
    }

    /// Writes into the decision log that a role's trust policy did not let somebody in who showed a token.
    pub fn record_refusal(&self, request_id: &str, refused: &RefusedAssumption) {
        tracing::info!(
            request_id,
            role = refused.role,
            reason = refused.reason(),
            "a role was not given"
        );
        let outcome = refused
            .explanation
            .as_ref()
            .map_or(Outcome::ImplicitlyDenied, |told| told.verdict.into());
        let explain = match refused.explanation.clone() {
            Some(told) => of_policies(refused.trust.clone(), told, refused.context.clone()),
            None => evaluation::because(refused.reason().to_owned()),
        };
        self.decisions.record(Decision {
            request_id: request_id.to_owned(),
            at: self.clock.now(),
            principal: None,
            action: refused.action.to_owned(),
            resource: refused.role.clone(),
            outcome,
            asked: None,
            explain,
        });
    }
}

/// Roles are assumed rarely: what explains the verdict is kept, and not worked out again.
fn of_policies(policies: Option<Arc<CompiledPolicies>>, told: Told, context: Value) -> Explain {
    Box::new(move |_, depth| evaluation::of_told(policies.as_deref(), &told, &context, depth))
}
