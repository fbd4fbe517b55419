//! Ours: compiled once, as the local server does.

use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request,
};

use super::Prepared;
use crate::scenario::{ACTION, IDENTITY, PRINCIPAL, SUB, Scenario};

pub fn notewarden(scenario: &Scenario) -> Prepared<impl Fn() -> bool> {
    let policy = Policy::parse(&scenario.iam_policy().to_string(), PolicyKind::Identity)?;
    let policies = CompiledPolicies::builder().identity(&policy).build();
    let principal: Principal = PRINCIPAL.parse()?;
    let context = Context::new().with(SUB, IDENTITY);
    Ok(move || {
        let request = Request::new(&principal, ACTION, &scenario.resource, &context);
        policies.evaluate(&request).is_allowed()
    })
}
