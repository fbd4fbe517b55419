//! The GraphQL API: there only with its parameter, and open to people field by field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{stack, stack_with};

#[test]
fn there_is_none_by_default() {
    let stack = stack();
    assert!(stack.graphql.is_none());
    assert!(!stack.outputs.contains_key("GraphQlApi"));
    let policies = &stack.roles[0].permissions;
    assert!(policies.iter().all(|policy| policy.name != "GraphQl"));
}

#[test]
fn people_may_ask_for_each_field_that_is_resolved_and_for_nothing_else() {
    let stack = stack_with([("GraphQl", "iam")]);
    let api = stack.graphql.unwrap();
    assert_eq!(
        api.arn,
        "arn:aws:appsync:us-east-1:000000000000:apis/graphql000"
    );
    assert!(!api.has_introspection);
    let [role] = stack.roles.as_slice() else {
        panic!("{} roles", stack.roles.len());
    };
    let mut policies = role.permissions.iter();
    let policy = policies.find(|policy| policy.name == "GraphQl").unwrap();
    let document: Value = serde_json::from_str(&policy.document).unwrap();
    let allowed = document["Statement"][0]["Resource"].as_array().unwrap();
    let allowed: BTreeSet<_> = allowed.iter().map(|arn| arn.as_str().unwrap()).collect();
    let fields = api.resolvers.iter();
    let fields: Vec<_> = fields
        .map(|(kind, field)| format!("{}/types/{kind}/fields/{field}", api.arn))
        .collect();
    assert_eq!(allowed, fields.iter().map(String::as_str).collect());
    assert!(fields.len() > 10);
    assert_eq!(
        stack.outputs["GraphQlApi"],
        "https://graphql000.appsync-api.us-east-1.amazonaws.com/graphql"
    );
}
