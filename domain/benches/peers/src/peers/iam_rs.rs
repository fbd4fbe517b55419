//! iam-rs: the same document, by its evaluator without the collecting of reasons.

use iam_rs::{
    Arn, Context, Decision, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator, Principal,
    PrincipalId,
};

use super::Prepared;
use crate::scenario::{ACTION, IDENTITY, PRINCIPAL, SUB, Scenario};

pub fn iam_rs(scenario: &Scenario) -> Prepared<impl Fn() -> bool> {
    let policy: IAMPolicy = serde_json::from_value(scenario.iam_policy())?;
    let evaluator = PolicyEvaluator::with_policies(vec![policy]).with_options(EvaluationOptions {
        collect_match_details: false,
        ..EvaluationOptions::default()
    });
    let principal = Principal::Aws(PrincipalId::String(PRINCIPAL.to_owned()));
    let resource = Arn::parse(&scenario.resource)?;
    let context = Context::new().with_string(SUB, IDENTITY);
    let request = IAMRequest::new_with_context(principal, ACTION, resource, context);
    Ok(move || {
        evaluator
            .evaluate(&request)
            .is_ok_and(|result| result.decision == Decision::Allow)
    })
}
