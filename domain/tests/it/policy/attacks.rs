//! Attacks on the border between tenants that a policy must hold off.

use notewarden_domain::policy::{CompiledPolicies, Context, PolicyKind, Verdict};

use super::{SUB, policy, role, verdict, versioned};
use Verdict::{Allowed, ExplicitlyDenied, ImplicitlyDenied};

fn get(policies: &CompiledPolicies, key: &str, context: &Context<'_>) -> Verdict {
    verdict(
        policies,
        "s3:GetObject",
        &format!("arn:aws:s3:::b/{key}"),
        context,
    )
}

fn allow_objects(pattern: &str) -> CompiledPolicies {
    role(&format!(
        r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/{pattern}"}}"#
    ))
}

#[test]
fn ten_05_an_identity_that_begins_like_another() {
    let own = Context::new().with(SUB, "us-east-1:aaa");
    let closed = allow_objects("users/${cognito-identity.amazonaws.com:sub}/*");
    assert_eq!(get(&closed, "users/us-east-1:aaa/x", &own), Allowed);
    assert_eq!(
        get(&closed, "users/us-east-1:aaab/x", &own),
        ImplicitlyDenied
    );
    assert_eq!(get(&closed, "users/us-east-1:aaa", &own), ImplicitlyDenied);
    // What the language says, and why patterns end in `/*`.
    let open = allow_objects("users/${cognito-identity.amazonaws.com:sub}*");
    assert_eq!(get(&open, "users/us-east-1:aaab/x", &own), Allowed);
}

#[test]
fn ten_06_wildcards_and_variables_in_values() {
    let policies = allow_objects("${aws:PrincipalTag/team}/*");
    for value in ["*", "?ob", "b*", "${aws:username}", "${*}", "*/x*"] {
        let context = Context::new()
            .with("aws:PrincipalTag/team", value)
            .with("aws:username", "bob");
        assert_eq!(
            get(&policies, "bob/x", &context),
            ImplicitlyDenied,
            "{value}"
        );
        assert_eq!(
            get(&policies, &format!("{value}/x"), &context),
            Allowed,
            "{value}"
        );
    }
    let listing = role(
        r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*",
            "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team}/*"}}}"#,
    );
    let context = Context::new()
        .with("aws:PrincipalTag/team", "*")
        .with("s3:prefix", "bob/x");
    assert_eq!(
        verdict(&listing, "s3:ListBucket", "arn:aws:s3:::b", &context),
        ImplicitlyDenied
    );
}

#[test]
fn ten_07_a_variable_without_a_value() {
    let policies = allow_objects("${cognito-identity.amazonaws.com:sub}/*");
    let none = Context::new();
    for key in [
        "/x",
        "us-east-1:aaa/x",
        "${cognito-identity.amazonaws.com:sub}/x",
        "null/x",
        "undefined/x",
    ] {
        assert_eq!(get(&policies, key, &none), ImplicitlyDenied, "{key}");
    }
}

#[test]
fn ten_08_variables_in_an_old_version() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}"#;
    let bob = Context::new().with("aws:username", "bob");
    let old = versioned("2008-10-17", PolicyKind::Identity, statement);
    let unversioned = notewarden_domain::policy::Policy::parse(
        &format!(r#"{{"Statement": [{statement}]}}"#),
        PolicyKind::Identity,
    )
    .unwrap();
    for policy in [old, unversioned] {
        let policies = CompiledPolicies::builder().identity(&policy).build();
        assert_eq!(get(&policies, "bob/x", &bob), ImplicitlyDenied);
        assert_eq!(get(&policies, "${aws:username}/x", &bob), Allowed);
    }
}

#[test]
fn ten_09_multivalued_variables_and_absent_sets() {
    let policies = allow_objects("${aws:TagKeys}/*");
    assert_eq!(
        get(
            &policies,
            "a/x",
            &Context::new().with_all("aws:TagKeys", ["a"])
        ),
        ImplicitlyDenied
    );
    let statement = |condition: &str| {
        role(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
        ))
    };
    let subset = r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}"#;
    let present = r#""Null": {"aws:TagKeys": "false"}"#;
    let none = Context::new();
    assert_eq!(get(&statement(subset), "x", &none), Allowed);
    assert_eq!(
        get(&statement(&format!("{subset}, {present}")), "x", &none),
        ImplicitlyDenied
    );
    let a = Context::new().with_all("aws:TagKeys", ["a"]);
    assert_eq!(
        get(&statement(&format!("{subset}, {present}")), "x", &a),
        Allowed
    );
}

#[test]
fn ten_10_negation_over_sets_is_per_value() {
    let statement = |operator: &str| {
        role(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {{"{operator}": {{"test:groups": ["prod", "art"]}}}}}}"#
        ))
    };
    for (operator, groups, expected) in [
        (
            "ForAllValues:StringNotEquals",
            &["art", "hr"][..],
            ImplicitlyDenied,
        ),
        ("ForAllValues:StringNotEquals", &["dev", "hr"], Allowed),
        ("ForAnyValue:StringNotEquals", &["art", "hr"], Allowed),
        (
            "ForAnyValue:StringNotEquals",
            &["art", "prod"],
            ImplicitlyDenied,
        ),
        (
            "ForAllValues:StringNotLike",
            &["art", "hr"],
            ImplicitlyDenied,
        ),
        ("ForAnyValue:StringNotLike", &["art", "hr"], Allowed),
        ("ForAnyValue:StringNotEquals", &[], ImplicitlyDenied),
        ("ForAllValues:StringNotEquals", &[], Allowed),
    ] {
        let context = Context::new().with_all("test:groups", groups.iter().copied());
        assert_eq!(
            get(&statement(operator), "x", &context),
            expected,
            "{operator} on {groups:?}"
        );
    }
}

#[test]
fn ten_11_case_games() {
    let policies = role(
        r#"{"Effect": "Allow", "Action": "s3:getOBJECT", "Resource": "arn:aws:s3:::b/Key/${cognito-identity.amazonaws.com:sub}/*"}"#,
    );
    let own = Context::new().with("COGNITO-identity.amazonaws.com:SUB", "us-east-1:aaa");
    let ask = |action, resource| verdict(&policies, action, resource, &own);
    assert_eq!(
        ask("S3:GETOBJECT", "arn:aws:s3:::b/Key/us-east-1:aaa/x"),
        Allowed
    );
    for resource in [
        "arn:aws:s3:::b/key/us-east-1:aaa/x",
        "arn:aws:s3:::B/Key/us-east-1:aaa/x",
        "arn:aws:S3:::b/Key/us-east-1:aaa/x",
        "ARN:aws:s3:::b/Key/us-east-1:aaa/x",
        "arn:aws:s3:::b/Key/US-EAST-1:AAA/x",
        "arn:aws:s3:::b/Key/us-east-1:aAa/x",
    ] {
        assert_eq!(
            ask("s3:GetObject", resource),
            ImplicitlyDenied,
            "{resource}"
        );
    }
}

#[test]
fn ten_12_an_explicit_deny_anywhere() {
    let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}"#;
    let everyone = |effect: &str| {
        format!(r#"{{"Effect": "{effect}", "Principal": "*", "Action": "*", "Resource": "*"}}"#)
    };
    let identity = |statements: &str| policy(PolicyKind::Identity, statements);
    let both = |first: &str, second: &str| identity(&format!("{first}, {second}"));
    let (allow_all, deny_get) = (identity(allow), identity(deny));
    let open = || CompiledPolicies::builder().identity(&allow_all);
    let none = Context::new();
    for (name, policies) in [
        (
            "after the allow",
            CompiledPolicies::builder().identity(&both(allow, deny)),
        ),
        (
            "before the allow",
            CompiledPolicies::builder().identity(&both(deny, allow)),
        ),
        ("in the second policy", open().identity(&deny_get)),
        (
            "in the first policy",
            CompiledPolicies::builder()
                .identity(&deny_get)
                .identity(&allow_all),
        ),
        ("in the session policy", open().session(&both(allow, deny))),
        ("in the boundary", open().boundary(&both(allow, deny))),
        (
            "in the resource policy",
            open().resource(&policy(PolicyKind::Resource, &everyone("Deny"))),
        ),
        (
            "in a service control policy",
            open().service_control_level([&allow_all, &deny_get]),
        ),
        (
            "in a resource control policy",
            open().resource_control_level([&policy(
                PolicyKind::ResourceControl,
                &format!("{}, {}", everyone("Allow"), everyone("Deny")),
            )]),
        ),
    ] {
        assert_eq!(
            get(&policies.build(), "x", &none),
            ExplicitlyDenied,
            "{name}"
        );
    }
}

#[test]
fn ten_13_a_session_policy_never_widens() {
    let identity = policy(
        PolicyKind::Identity,
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
    );
    let session = policy(
        PolicyKind::Identity,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
    );
    let policies = CompiledPolicies::builder()
        .identity(&identity)
        .session(&session)
        .build();
    let none = Context::new();
    assert_eq!(
        verdict(&policies, "s3:GetObject", "arn:aws:s3:::b/x", &none),
        Allowed
    );
    assert_eq!(
        verdict(&policies, "s3:PutObject", "arn:aws:s3:::b/x", &none),
        ImplicitlyDenied
    );
    let alone = CompiledPolicies::builder().session(&session).build();
    assert_eq!(
        verdict(&alone, "s3:GetObject", "arn:aws:s3:::b/x", &none),
        ImplicitlyDenied
    );
}
