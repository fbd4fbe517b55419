//! `notewarden_domain::policy`.

mod attacks;
mod corpus;
mod explanations;
mod layers;
mod properties;
mod refusals;

use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request, Verdict,
};

const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/NotesUser/CognitoIdentityCredentials";
const SUB: &str = "cognito-identity.amazonaws.com:sub";

fn policy(kind: PolicyKind, statements: &str) -> Policy {
    versioned("2012-10-17", kind, statements)
}

fn versioned(version: &str, kind: PolicyKind, statements: &str) -> Policy {
    let json = format!(r#"{{"Version": "{version}", "Statement": [{statements}]}}"#);
    Policy::parse(&json, kind).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// The policies of a role with one policy of these statements.
fn role(statements: &str) -> CompiledPolicies {
    let policy = policy(PolicyKind::Identity, statements);
    CompiledPolicies::builder().identity(&policy).build()
}

/// The verdict on a session of the role; explanation and evaluation agree on it.
fn verdict(
    policies: &CompiledPolicies,
    action: &str,
    resource: &str,
    context: &Context<'_>,
) -> Verdict {
    verdict_on(policies, SESSION, action, resource, context)
}

fn verdict_on(
    policies: &CompiledPolicies,
    principal: &str,
    action: &str,
    resource: &str,
    context: &Context<'_>,
) -> Verdict {
    let principal: Principal = principal.parse().expect(principal);
    let request = Request::new(&principal, action, resource, context);
    let verdict = policies.evaluate(&request);
    assert_eq!(policies.explain(&request).verdict, verdict);
    verdict
}
