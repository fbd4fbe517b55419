//! What a person is told.

use notewarden_domain::policy::{CompiledPolicies, Context, PolicyKind, Principal, Request};

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
