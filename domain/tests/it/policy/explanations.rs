//! What a person is told.

use notewarden_domain::policy::{
    CompiledPolicies, Context, PolicyKind, PolicyLayer, Position, Principal, Request, Source,
};

use super::{SESSION, SUB, policy};

fn explain(
    action: &str,
    resource: &str,
    context: &Context<'_>,
) -> notewarden_domain::policy::Explanation {
    let role = policy(
        PolicyKind::Identity,
        r#"{"Sid": "OwnFolder", "Effect": "Allow", "Action": "s3:*",
            "Resource": "arn:aws:s3:::b/private/${cognito-identity.amazonaws.com:sub}/*"},
           {"Sid": "ListOwnFolder", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b",
            "Condition": {"StringLike": {"s3:prefix": "private/${cognito-identity.amazonaws.com:sub}/*"}}},
           {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}"#,
    )
    .named("AuthRole");
    let policies = CompiledPolicies::builder().identity(&role).build();
    let principal: Principal = SESSION.parse().unwrap();
    policies.explain(&Request::new(&principal, action, resource, context))
}

#[test]
fn an_allow_and_a_deny_name_their_statement() {
    let own = Context::new().with(SUB, "us-east-1:aaa");
    let allowed = explain(
        "s3:GetObject",
        "arn:aws:s3:::b/private/us-east-1:aaa/x",
        &own,
    );
    assert_eq!(
        allowed.to_string(),
        "Allowed: allowed by identity policy `AuthRole`, statement 0 (`OwnFolder`)"
    );
    let denied = explain("s3:DeleteBucket", "arn:aws:s3:::b", &own);
    assert_eq!(
        denied.to_string(),
        "ExplicitlyDenied: denied by identity policy `AuthRole`, statement 2"
    );
    assert_eq!(denied.decided_by.unwrap().statement, 2);
}

#[test]
fn an_implicit_denial_shows_what_did_not_match() {
    let own = Context::new()
        .with(SUB, "us-east-1:aaa")
        .with("s3:prefix", "private/us-east-1:bbb/");
    let listing = explain("s3:ListBucket", "arn:aws:s3:::b", &own);
    assert_eq!(
        listing.to_string(),
        "ImplicitlyDenied: no identity policy allows it; closest is identity policy `AuthRole`, statement 1 \
         (`ListOwnFolder`), where `Condition.StringLike.s3:prefix` does not match: the request has \
         `private/us-east-1:bbb/`, the statement `private/${cognito-identity.amazonaws.com:sub}/*` (here \
         `private/us-east-1:aaa/*`)\n  identity policy `AuthRole`, statement 0 (`OwnFolder`): `Resource` does not match: the request has `arn:aws:s3:::b`, the \
         statement `arn:aws:s3:::b/private/${cognito-identity.amazonaws.com:sub}/*` (here \
         `arn:aws:s3:::b/private/us-east-1:aaa/*`)"
    );
    assert_eq!(listing.closest.unwrap().statement, 1);
    let missing = explain(
        "s3:GetObject",
        "arn:aws:s3:::b/private/us-east-1:aaa/x",
        &Context::new(),
    );
    assert!(
        missing.reason.ends_with("(a variable has no value here)"),
        "{}",
        missing.reason
    );
    let no_key = Context::new().with(SUB, "us-east-1:aaa");
    let listing = explain("s3:ListBucket", "arn:aws:s3:::b", &no_key);
    assert!(
        listing.reason.contains("the request does not have the key"),
        "{}",
        listing.reason
    );
    let other = explain(
        "execute-api:Invoke",
        "arn:aws:execute-api:us-east-1:123456789012:a/b/GET/c",
        &own,
    );
    assert_eq!(
        other.to_string(),
        "ImplicitlyDenied: no identity policy allows `execute-api:Invoke`"
    );
}

#[test]
fn a_machine_reads_the_same() {
    let own = Context::new().with(SUB, "us-east-1:aaa");
    let value = serde_json::to_value(explain("s3:GetObject", "arn:aws:s3:::b/x", &own)).unwrap();
    assert_eq!(value["verdict"], "ImplicitlyDenied");
    let first = &value["statements"][0];
    assert_eq!(first["layer"], "Identity");
    assert_eq!(first["policy"], "AuthRole");
    assert_eq!(first["sid"], "OwnFolder");
    assert_eq!(first["matches"], false);
    assert_eq!(first["mismatch"]["element"], "Resource");
    assert_eq!(
        first["mismatch"]["patterns"][0]["expanded"],
        "arn:aws:s3:::b/private/us-east-1:aaa/*"
    );
    assert_eq!(first["mismatch"]["values"][0], "arn:aws:s3:::b/x");
    assert_eq!(value["statements"][1]["mismatch"]["element"], "Action");
}

#[test]
fn every_statement_tells_what_its_variables_are() {
    let own = Context::new().with(SUB, "us-east-1:aaa");
    let allowed = explain(
        "s3:GetObject",
        "arn:aws:s3:::b/private/us-east-1:aaa/x",
        &own,
    );
    let expanded = |statement: usize| allowed.statements[statement].variables.as_slice();
    assert_eq!(
        expanded(0)[0].expanded.as_deref(),
        Some("arn:aws:s3:::b/private/us-east-1:aaa/*")
    );
    assert_eq!(
        expanded(1)[0].expanded.as_deref(),
        Some("private/us-east-1:aaa/*")
    );
    assert_eq!(expanded(2), []);
    let nobody = explain("s3:GetObject", "arn:aws:s3:::b/x", &Context::new());
    assert_eq!(nobody.statements[0].variables[0].expanded, None);
}

#[test]
fn the_policies_themselves_are_told_with_the_lines_of_their_statements() {
    let text = r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"},
        {"Sid": "No", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}"#;
    let position = |line| Position { line, column: 9 };
    let source = Source {
        file: "template.yaml".to_owned(),
        statements: vec![position(3), position(7)],
    };
    let named = policy(PolicyKind::Identity, text)
        .named("Own")
        .read_from(source.clone());
    let policies = CompiledPolicies::builder()
        .session(&policy(PolicyKind::Identity, text))
        .identity(&named)
        .build();
    let told: Vec<_> = policies
        .policies()
        .map(|(layer, name, policy)| (layer, name.into_owned(), policy.source()))
        .collect();
    assert_eq!(
        told,
        [
            (PolicyLayer::Identity, "Own".to_owned(), Some(&source)),
            (PolicyLayer::Session, "#1".to_owned(), None),
        ]
    );
    let layout = named.layout();
    let lines: Vec<_> = layout.text.lines().collect();
    for (first, last) in layout.statements {
        assert_eq!(lines[first - 1].trim(), "{");
        assert!(matches!(lines[last - 1].trim(), "}" | "},"));
    }
    assert!(layout.text.contains("\"Sid\": \"No\""));
}
