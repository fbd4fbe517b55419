//! The template's policies at work: parsed and evaluated as the local server does.

use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request, Verdict,
};
use notewarden_infra::Stack;

use super::stack;

const ALICE: &str = "us-east-1:00000000-0000-4000-8000-0000000000aa";
const BOB: &str = "us-east-1:00000000-0000-4000-8000-0000000000bb";

fn auth_role(stack: &Stack) -> CompiledPolicies {
    let bucket = Policy::parse(&stack.bucket.policy, PolicyKind::Resource).unwrap();
    let role = stack.role(&stack.identity_pool.authenticated_role).unwrap();
    role.permissions
        .iter()
        .map(|policy| Policy::parse(&policy.document, PolicyKind::Identity).unwrap())
        .fold(
            CompiledPolicies::builder().resource(&bucket),
            |builder, policy| builder.identity(&policy),
        )
        .build()
}

/// Alice's session asks, over TLS.
fn alice(
    policies: &CompiledPolicies,
    action: &str,
    resource: &str,
    prefix: Option<&str>,
) -> Verdict {
    let role = "arn:aws:iam::000000000000:role/notewarden-AuthRole";
    let session = Principal::assumed_role(role, "CognitoIdentityCredentials").unwrap();
    let mut context = Context::new()
        .with("cognito-identity.amazonaws.com:sub", ALICE)
        .with("aws:SecureTransport", "true");
    if let Some(prefix) = prefix {
        context = context.with("s3:prefix", prefix);
    }
    policies.evaluate(&Request::new(&session, action, resource, &context))
}

#[test]
fn own_files_are_allowed_and_all_others_are_not() {
    let policies = auth_role(&stack());
    let bucket = "arn:aws:s3:::notewarden-files";
    for action in [
        "s3:GetObject",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
    ] {
        let verdict = |key: String| alice(&policies, action, &format!("{bucket}/{key}"), None);
        assert_eq!(
            verdict(format!("private/{ALICE}/a/b.txt")),
            Verdict::Allowed
        );
        for key in [
            format!("private/{BOB}/a.txt"),
            format!("private/{ALICE}"),
            format!("private/{ALICE}x/a.txt"),
            format!("zip/{ALICE}/a.zip"),
            format!("Private/{ALICE}/a.txt"),
            "a.txt".to_owned(),
        ] {
            assert_eq!(verdict(key.clone()), Verdict::ImplicitlyDenied, "{key}");
        }
    }
    let elsewhere = format!("arn:aws:s3:::other/private/{ALICE}/a.txt");
    assert_eq!(
        alice(&policies, "s3:GetObject", &elsewhere, None),
        Verdict::ImplicitlyDenied
    );
}

#[test]
fn the_own_folder_is_listed_and_nothing_around_it() {
    let policies = auth_role(&stack());
    let list = |prefix: Option<&str>| {
        alice(
            &policies,
            "s3:ListBucket",
            "arn:aws:s3:::notewarden-files",
            prefix,
        )
    };
    for prefix in [
        format!("private/{ALICE}/"),
        format!("private/{ALICE}/photos/"),
    ] {
        assert_eq!(list(Some(&prefix)), Verdict::Allowed, "{prefix}");
    }
    for prefix in [
        "".to_owned(),
        "private/".to_owned(),
        format!("private/{ALICE}"),
        format!("private/{BOB}/"),
        "private/*/".to_owned(),
        "private/us-east-1:????????-????-????-????-????????????/".to_owned(),
    ] {
        assert_eq!(list(Some(&prefix)), Verdict::ImplicitlyDenied, "{prefix}");
    }
    assert_eq!(list(None), Verdict::ImplicitlyDenied);
}

#[test]
fn every_route_is_allowed_and_no_other_api() {
    let stack = stack();
    let policies = auth_role(&stack);
    let invoke = |api: &str, route: &str| {
        let resource = format!("arn:aws:execute-api:us-east-1:000000000000:{api}/$default/{route}");
        alice(&policies, "execute-api:Invoke", &resource, None)
    };
    for route in &stack.api.routes {
        let resource = format!("{}{}", route.method, route.path.replace("{noteId}", "42"));
        assert_eq!(
            invoke("api0000000", &resource),
            Verdict::Allowed,
            "{resource}"
        );
    }
    assert_eq!(invoke("api0000001", "GET/notes"), Verdict::ImplicitlyDenied);
}

#[test]
fn nothing_goes_without_tls_not_even_the_own_folder() {
    let policies = auth_role(&stack());
    let session: Principal =
        "arn:aws:sts::000000000000:assumed-role/notewarden-AuthRole/CognitoIdentityCredentials"
            .parse()
            .unwrap();
    let context = Context::new()
        .with("cognito-identity.amazonaws.com:sub", ALICE)
        .with("aws:SecureTransport", "false");
    let key = format!("arn:aws:s3:::notewarden-files/private/{ALICE}/a.txt");
    assert_eq!(
        policies.evaluate(&Request::new(&session, "s3:GetObject", &key, &context)),
        Verdict::ExplicitlyDenied
    );
}

#[test]
fn the_role_trusts_signed_in_people_of_this_pool_only() {
    let stack = stack();
    let role = stack.role(&stack.identity_pool.authenticated_role).unwrap();
    let trust = Policy::parse(&role.trust_policy, PolicyKind::Trust).unwrap();
    let trust = CompiledPolicies::builder().resource(&trust).build();
    let assumes = |provider: &str, pool: &str, amr: &[&str]| {
        let person = Principal::web_identity(provider);
        let context = Context::new()
            .with("cognito-identity.amazonaws.com:aud", pool)
            .with_all("cognito-identity.amazonaws.com:amr", amr.iter().copied());
        let action = "sts:AssumeRoleWithWebIdentity";
        trust
            .evaluate(&Request::new(&person, action, &role.arn, &context))
            .is_allowed()
    };
    let cognito = "cognito-identity.amazonaws.com";
    let pool = "us-east-1:00000000-0000-4000-8000-00000000000a";
    let user_pool = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00000";
    assert!(assumes(cognito, pool, &["authenticated", user_pool]));
    assert!(!assumes(cognito, pool, &["unauthenticated"]));
    assert!(!assumes(cognito, pool, &[]));
    assert!(!assumes(cognito, "us-east-1:another", &["authenticated"]));
    assert!(!assumes("accounts.google.com", pool, &["authenticated"]));
}
