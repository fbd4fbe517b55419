//! Any text as a policy document of every kind: it is refused with a place within it, or it prints as what reads
//! back the same, and decides the same as it explains.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request,
};

const KINDS: [PolicyKind; 5] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
];

fuzz_target!(|text: &str| {
    _ = PolicyKind::of(text);
    for kind in KINDS {
        match Policy::check(text, kind) {
            Ok((policy, warnings)) => {
                let printed = Policy::parse(&policy.to_string(), kind).expect("what was printed");
                assert_eq!(printed, policy);
                let lines = text.matches('\n').count() + 1;
                assert!(
                    warnings
                        .iter()
                        .all(|warning| warning.position.line <= lines)
                );
                decide(&policy);
            }
            Err(error) => {
                assert!(error.position.line <= text.matches('\n').count() + 1);
                assert!(!error.message.is_empty());
            }
        }
    }
});

/// Asks for what the policy's own statements name, so that its patterns and conditions are reached.
fn decide(policy: &Policy) {
    let principal =
        Principal::assumed_role("arn:aws:iam::123456789012:role/R", "s").expect("a role");
    let builder = CompiledPolicies::builder();
    let compiled = match policy.kind() {
        PolicyKind::Identity => builder.identity(policy),
        PolicyKind::Resource | PolicyKind::Trust => builder.resource(policy),
        PolicyKind::ServiceControl => builder.service_control_level([policy]),
        PolicyKind::ResourceControl => builder.resource_control_level([policy]),
    }
    .build();
    for statement in policy.statements().iter().take(4) {
        let mut context = Context::new();
        for (key, values) in statement
            .condition
            .iter()
            .flatten()
            .flat_map(|block| &block.tests)
        {
            let values = values.as_slice().iter().map(|value| value.as_str());
            context = match values.len() {
                1 => context.with(key.as_str(), values.last().unwrap_or_default()),
                _ => context.with_all(key.as_str(), values),
            };
        }
        let resources = statement
            .resource
            .iter()
            .flat_map(|resource| resource.patterns.as_slice());
        for action in statement.action.patterns.as_slice().iter().take(2) {
            for resource in resources.clone().take(2) {
                let request = Request::new(&principal, action, resource, &context);
                assert_eq!(
                    compiled.evaluate(&request),
                    compiled.explain(&request).verdict
                );
            }
        }
    }
}
