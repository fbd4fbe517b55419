//! How policies of different kinds make one verdict: the tables of the IAM User Guide on evaluation logic.

use notewarden_domain::policy::{
    CompiledPolicies, CompiledPoliciesBuilder, Context, Policy, PolicyKind, Principal, Request,
    Verdict,
};

use super::{SESSION, policy, verdict_on};
use Verdict::{Allowed, ExplicitlyDenied, ImplicitlyDenied};

const USER: &str = "arn:aws:iam::123456789012:user/path/bob";
const ROOT: &str = "arn:aws:iam::123456789012:root";
const ROLE: &str = "arn:aws:iam::123456789012:role/NotesUser";
const FEDERATED: &str = "arn:aws:sts::123456789012:federated-user/bob";
const OTHER_ACCOUNT: &str = "999999999999";

fn allow(action: &str) -> Policy {
    let statement = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
    policy(PolicyKind::Identity, &statement)
}

fn bucket(effect: &str, principal: &str) -> Policy {
    let statement = format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
    );
    policy(PolicyKind::Resource, &statement)
}

fn named(principal: &str) -> Policy {
    bucket(
        "Allow",
        &format!(r#""Principal": {{"AWS": "{principal}"}}"#),
    )
}

fn read(policies: CompiledPoliciesBuilder, principal: &str) -> Verdict {
    let none = Context::new();
    verdict_on(
        &policies.build(),
        principal,
        "s3:GetObject",
        "arn:aws:s3:::b/k",
        &none,
    )
}

fn read_elsewhere(policies: CompiledPoliciesBuilder, principal: &str) -> Verdict {
    let principal: Principal = principal.parse().unwrap();
    let none = Context::new();
    let request = Request::new(&principal, "s3:GetObject", "arn:aws:s3:::b/k", &none);
    policies.build().evaluate(&request.owned_by(OTHER_ACCOUNT))
}

fn none() -> CompiledPoliciesBuilder {
    CompiledPolicies::builder()
}

#[test]
fn whom_a_resource_policy_names_decides_what_limits_it() {
    let put = allow("s3:PutObject");
    for (principal, name, alone, within_limits) in [
        (USER, USER, Allowed, Allowed),
        (USER, "123456789012", ImplicitlyDenied, ImplicitlyDenied),
        (USER, ROOT, ImplicitlyDenied, ImplicitlyDenied),
        (USER, "*", Allowed, Allowed),
        (
            USER,
            "arn:aws:iam::123456789012:user/bob",
            ImplicitlyDenied,
            ImplicitlyDenied,
        ),
        (SESSION, SESSION, Allowed, Allowed),
        (SESSION, ROLE, Allowed, ImplicitlyDenied),
        (
            SESSION,
            "arn:aws:iam::123456789012:role/Other",
            ImplicitlyDenied,
            ImplicitlyDenied,
        ),
        (FEDERATED, FEDERATED, Allowed, Allowed),
        (FEDERATED, USER, Allowed, ImplicitlyDenied),
    ] {
        assert_eq!(
            read(none().resource(&named(name)), principal),
            alone,
            "{name} to {principal}"
        );
        let limited = none().resource(&named(name)).boundary(&put).session(&put);
        assert_eq!(
            read(limited, principal),
            within_limits,
            "{name} to {principal} within limits"
        );
    }
}

#[test]
fn an_account_passes_on_what_it_is_granted() {
    let get = allow("s3:GetObject");
    for (principal, name) in [(USER, ROOT), (SESSION, "123456789012")] {
        let both = none().resource(&named(name)).identity(&get);
        assert_eq!(read(both.clone(), principal), Allowed);
        assert_eq!(read_elsewhere(both, principal), Allowed);
        assert_eq!(
            read_elsewhere(none().resource(&named(name)), principal),
            ImplicitlyDenied
        );
        assert_eq!(
            read_elsewhere(none().identity(&get), principal),
            ImplicitlyDenied
        );
    }
    assert_eq!(
        read_elsewhere(none().resource(&named(USER)), USER),
        ImplicitlyDenied
    );
}

#[test]
fn the_account_in_an_arn_is_its_owner() {
    let context = Context::new();
    let queue = "arn:aws:sqs:us-east-1:999999999999:q";
    let send = none().identity(&allow("sqs:*")).build();
    assert_eq!(
        verdict_on(&send, USER, "sqs:SendMessage", queue, &context),
        ImplicitlyDenied
    );
    let own = "arn:aws:sqs:us-east-1:123456789012:q";
    assert_eq!(
        verdict_on(&send, USER, "sqs:SendMessage", own, &context),
        Allowed
    );
}

#[test]
fn limits_limit_and_never_grant() {
    let (get, put) = (allow("s3:GetObject"), allow("s3:PutObject"));
    for limit in [
        CompiledPoliciesBuilder::boundary
            as fn(CompiledPoliciesBuilder, &Policy) -> CompiledPoliciesBuilder,
        CompiledPoliciesBuilder::session,
        |builder, policy| builder.service_control_level([policy]),
    ] {
        assert_eq!(read(limit(none().identity(&get), &get), USER), Allowed);
        assert_eq!(
            read(limit(none().identity(&get), &put), USER),
            ImplicitlyDenied
        );
        assert_eq!(
            read(limit(none().identity(&put), &get), USER),
            ImplicitlyDenied
        );
        assert_eq!(read(limit(none(), &get), USER), ImplicitlyDenied);
    }
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let (get, put) = (allow("s3:GetObject"), allow("s3:PutObject"));
    let open = || none().identity(&get);
    let two = open()
        .service_control_level([&put, &get])
        .service_control_level([&get]);
    assert_eq!(read(two, USER), Allowed);
    let second_closed = open()
        .service_control_level([&get])
        .service_control_level([&put]);
    assert_eq!(read(second_closed, USER), ImplicitlyDenied);
    assert_eq!(
        read(open().service_control_level([]), USER),
        ImplicitlyDenied
    );
    // They are about an organization's own principals, the root user too.
    assert_eq!(
        read(none().service_control_level([&put]), ROOT),
        ImplicitlyDenied
    );
    let public = none().resource(&bucket("Allow", r#""Principal": "*""#));
    assert_eq!(
        read(public.service_control_level([&put]), "anonymous"),
        Allowed
    );
}

#[test]
fn resource_control_policies_are_about_everyone() {
    let full = r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}"#;
    let rcp = policy(PolicyKind::ResourceControl, &format!("{full}, {deny}"));
    let public = bucket("Allow", r#""Principal": "*""#);
    let builder = none().resource(&public).resource_control_level([&rcp]);
    assert_eq!(read(builder, "anonymous"), ExplicitlyDenied);
    assert_eq!(
        read(
            none().resource(&public).resource_control_level([]),
            "anonymous"
        ),
        ImplicitlyDenied
    );
}

#[test]
fn the_root_user_may_do_what_is_not_denied() {
    assert_eq!(read(none(), ROOT), Allowed);
    assert_eq!(
        read(
            none().resource(&bucket("Deny", r#""Principal": "*""#)),
            ROOT
        ),
        ExplicitlyDenied
    );
    assert_eq!(read_elsewhere(none(), ROOT), ImplicitlyDenied);
    assert_eq!(read_elsewhere(none().resource(&named(ROOT)), ROOT), Allowed);
}

#[test]
fn whoever_has_no_account_has_what_the_resource_grants() {
    let everything = allow("*");
    for (principal, names) in [
        ("anonymous", r#"{"AWS": "*"}"#),
        (
            "lambda.amazonaws.com",
            r#"{"Service": "lambda.amazonaws.com"}"#,
        ),
        (
            "cognito-identity.amazonaws.com",
            r#"{"Federated": "cognito-identity.amazonaws.com"}"#,
        ),
        (
            "arn:aws:iam::123456789012:saml-provider/p",
            r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/p"}"#,
        ),
    ] {
        assert_eq!(
            read(none().identity(&everything), principal),
            ImplicitlyDenied,
            "{principal}"
        );
        let granted = none().resource(&bucket("Allow", &format!(r#""Principal": {names}"#)));
        assert_eq!(read(granted.clone(), principal), Allowed, "{principal}");
        assert_eq!(read(granted, "events.amazonaws.com"), ImplicitlyDenied);
    }
}

#[test]
fn not_principal_spares_only_whom_it_lists_with_what_they_are_part_of() {
    let get = allow("s3:GetObject");
    let other_session = "arn:aws:sts::123456789012:assumed-role/NotesUser/other";
    for (listed, principal, expected) in [
        (&[USER, ROOT][..], USER, Allowed),
        (
            &[USER, ROOT],
            "arn:aws:iam::123456789012:user/eve",
            ExplicitlyDenied,
        ),
        (&[USER, ROOT], "anonymous", ExplicitlyDenied),
        (&[USER], USER, ExplicitlyDenied),
        (&[ROOT], USER, ExplicitlyDenied),
        (&[SESSION, ROLE, ROOT], SESSION, Allowed),
        (&[SESSION, ROLE, ROOT], other_session, ExplicitlyDenied),
        (&[ROLE, ROOT], SESSION, Allowed),
        (&[SESSION, ROOT], SESSION, ExplicitlyDenied),
        (&["*"], SESSION, Allowed),
    ] {
        let names = listed.join(r#"", ""#);
        let deny = bucket(
            "Deny",
            &format!(r#""NotPrincipal": {{"AWS": ["{names}"]}}"#),
        );
        let builder = none().identity(&get).resource(&deny);
        assert_eq!(
            read(builder, principal),
            if principal == "anonymous" {
                ExplicitlyDenied
            } else {
                expected
            },
            "{listed:?} on {principal}"
        );
    }
    let deny = bucket(
        "Deny",
        &format!(r#""NotPrincipal": {{"AWS": ["{USER}", "{ROOT}"]}}"#),
    );
    let bounded = none().identity(&get).boundary(&get).resource(&deny);
    assert_eq!(read(bounded, USER), ExplicitlyDenied);
}

#[test]
fn a_trust_policy_must_consent() {
    let assume = allow("sts:AssumeRole");
    let trust = |principal: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {{"AWS": "{principal}"}}}}"#
        );
        policy(PolicyKind::Trust, &statement)
    };
    let ask = |builder: CompiledPoliciesBuilder| {
        verdict_on(
            &builder.build(),
            USER,
            "sts:AssumeRole",
            ROLE,
            &Context::new(),
        )
    };
    assert_eq!(
        ask(none()
            .identity(&assume)
            .resource(&trust("arn:aws:iam::123456789012:user/eve"))),
        ImplicitlyDenied
    );
    assert_eq!(
        ask(none().identity(&assume).resource(&trust(ROOT))),
        Allowed
    );
    assert_eq!(ask(none().resource(&trust(ROOT))), ImplicitlyDenied);
    assert_eq!(ask(none().resource(&trust(USER))), Allowed);
    assert_eq!(ask(none().identity(&assume)), ImplicitlyDenied);
}

#[test]
fn web_identity_federation() {
    let trust = policy(
        PolicyKind::Trust,
        r#"{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"},
                          "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}}"#,
    );
    let trust = none().resource(&trust).build();
    let ask = |provider: &str, pool: &'static str, amr: &[&'static str]| {
        let context = Context::new()
            .with("cognito-identity.amazonaws.com:aud", pool)
            .with_all("cognito-identity.amazonaws.com:amr", amr.iter().copied());
        let person = Principal::web_identity(provider);
        trust.evaluate(&Request::new(
            &person,
            "sts:AssumeRoleWithWebIdentity",
            ROLE,
            &context,
        ))
    };
    let cognito = "cognito-identity.amazonaws.com";
    assert_eq!(
        ask(
            cognito,
            "us-east-1:pool",
            &["authenticated", "graph.facebook.com"]
        ),
        Allowed
    );
    assert_eq!(
        ask(cognito, "us-east-1:pool", &["unauthenticated"]),
        ImplicitlyDenied
    );
    assert_eq!(ask(cognito, "us-east-1:pool", &[]), ImplicitlyDenied);
    assert_eq!(
        ask(cognito, "us-east-1:other", &["authenticated"]),
        ImplicitlyDenied
    );
    assert_eq!(
        ask("accounts.google.com", "us-east-1:pool", &["authenticated"]),
        ImplicitlyDenied
    );
}

#[test]
fn a_resource_may_be_made_to_consent() {
    let get = allow("s3:GetObject");
    let closed = none().identity(&get).resource_must_allow();
    assert_eq!(read(closed.clone(), USER), ImplicitlyDenied);
    assert_eq!(read(closed.resource(&named(ROOT)), USER), Allowed);
}

#[test]
fn a_key_is_opened_only_by_its_own_policy() {
    let key = "arn:aws:kms:us-east-1:123456789012:key/k";
    let decrypt = none().identity(&allow("kms:*"));
    let context = Context::new();
    assert_eq!(
        verdict_on(&decrypt.clone().build(), USER, "kms:Decrypt", key, &context),
        ImplicitlyDenied
    );
    let key_policy = policy(
        PolicyKind::Resource,
        &format!(
            r#"{{"Effect": "Allow", "Principal": {{"AWS": "{ROOT}"}}, "Action": "kms:*", "Resource": "*"}}"#
        ),
    );
    let both = decrypt.resource(&key_policy).build();
    assert_eq!(
        verdict_on(&both, USER, "kms:Decrypt", key, &context),
        Allowed
    );
}
