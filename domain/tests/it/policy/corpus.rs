//! Decisions that AWS's documentation states, and decisions of another implementation on random policies.

use notewarden_domain::policy::Case;

/// Cases of the other implementation that AWS's documentation decides otherwise, with the reason.
const DISPUTED: &[(&str, &str)] = &[
    ("gen-1-90", EVERY_ADDRESS),
    ("gen-1-372", EVERY_ADDRESS),
    ("gen-1-416", EVERY_ADDRESS),
    ("gen-1-594", EVERY_ADDRESS),
    ("gen-1-887", EVERY_ADDRESS),
    ("gen-1-505", API_ID),
];
const EVERY_ADDRESS: &str = "0.0.0.0/0 in CIDR is every IPv4 address; the other finds none in it";
const API_ID: &str =
    "API Gateway's own examples have `*` for the API's id; the other takes it for a resource type";

fn run(table: &str, expected_cases: usize) {
    let cases: Vec<_> = table
        .lines()
        .map(|line| Case::parse(line).expect(line))
        .collect();
    assert_eq!(cases.len(), expected_cases);
    let mut wrong = Vec::new();
    for case in &cases {
        let explanation = case.policies.explain(&case.request());
        assert_eq!(
            explanation.verdict,
            case.policies.evaluate(&case.request()),
            "{}",
            case.id
        );
        let is_disputed = DISPUTED.iter().any(|(id, _)| *id == case.id);
        if (Some(explanation.verdict) == case.expect) == is_disputed {
            wrong.push(format!(
                "{}: expected {:?}, {explanation}",
                case.id, case.expect
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_the_user_guide_states() {
    run(include_str!("../../data/iam/aws-guide-cases.jsonl"), 86);
}

#[test]
fn random_policies() {
    run(include_str!("../../data/iam/generated-cases.jsonl"), 1_000);
}
