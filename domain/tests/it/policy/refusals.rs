//! Documents that AWS refuses, and what is said of each.

use PolicyKind::{Identity, Resource, ResourceControl, ServiceControl, Trust};
use notewarden_domain::policy::{Policy, PolicyKind};

fn refusal(kind: PolicyKind, statement: &str) -> String {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    match Policy::parse(&json, kind) {
        Ok(_) => panic!("{kind:?} {statement} was taken"),
        Err(error) => format!("{}: {}", error.path, error.message),
    }
}

#[test]
fn a_statement_is_refused_in_words() {
    for (kind, statement, said) in [
        (
            Identity,
            r#"{"Effect": "allow", "Action": "*", "Resource": "*"}"#,
            "Statement[0].Effect: must be `Allow` or `Deny`, not `allow`",
        ),
        (
            Identity,
            r#"{"Action": "*", "Resource": "*"}"#,
            "Statement[0]: `Effect` is missing",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Resource": "*"}"#,
            "Statement[0]: `Action` or `NotAction` is missing",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*"}"#,
            "Statement[0]: `Resource` or `NotResource` is missing",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "NotAction": "s3:*", "Resource": "*"}"#,
            "Statement[0].NotAction: a statement has `Action` or `NotAction`, not both",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": [], "Resource": "*"}"#,
            "Statement[0].Action: a statement names at least one action",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "GetItem"], "Resource": "*"}"#,
            "Statement[0].Action[1]: an action is `*` or `<service>:<name>`, not `GetItem`",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", 7], "Resource": "*"}"#,
            "Statement[0].Action[1]: must be a string, not a number",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "b/*"}"#,
            "Statement[0].Resource: a resource is `*` or an ARN, not `b/*`",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Principle": "*"}"#,
            "Statement[0].Principle: `Principle` is no element of the policy language here",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Effect": "Deny"}"#,
            "Statement[0]: `Effect` is given twice",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal: this kind of policy names no principal: it is whoever it is attached to",
        ),
        (
            Identity,
            r#"{"Sid": "a b", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            "Statement[0].Sid: a `Sid` is letters and digits, not `a b`",
        ),
        (
            Identity,
            r#"{"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"},
                      {"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "*"}"#,
            "Statement[1].Sid: the `Sid` `a` is given to two statements",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringMatches": {"a:b": "c"}}}"#,
            "Statement[0].Condition.StringMatches: `StringMatches` is no condition operator",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {"a:b": "true"}}}"#,
            "Statement[0].Condition.NullIfExists: `NullIfExists` is no condition operator",
        ),
        (
            Identity,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"a:b": [null]}}}"#,
            "Statement[0].Condition.StringLike.a:b[0]: must be a string, a number or a boolean, not null",
        ),
        (
            Identity,
            r#""all of it""#,
            "Statement[0]: a statement must be an object, not a string",
        ),
        (
            Identity,
            "",
            "Statement: a policy has at least one statement",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
            "Statement[0]: `Principal` is missing",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}"#,
            "Statement[0].NotPrincipal: `NotPrincipal` with `Allow` is not supported",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/*"}, "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal.AWS: a wildcard cannot match a part of a principal: `arn:aws:iam::123456789012:user/*`",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "Principal": {"AWS": 123456789012}, "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal.AWS: must be a string, not a number",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "Principal": {"User": "bob"}, "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal.User: principals are named under `AWS`, `Federated`, `Service` or `CanonicalUser`",
        ),
        (
            Resource,
            r#"{"Effect": "Allow", "Principal": {}, "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal: names no principal",
        ),
        (
            Trust,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}"#,
            "Statement[0].Resource: a trust policy has no resource: it is the role's own",
        ),
        (
            ServiceControl,
            r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#,
            "Statement[0].Principal: this kind of policy names no principal: it is whoever it is attached to",
        ),
        (
            ResourceControl,
            r#"{"Effect": "Deny", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}"#,
            "Statement[0]: the `Principal` of a resource control policy is `*`",
        ),
        (
            ResourceControl,
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
            "Statement[0]: a resource control policy allows everything or denies",
        ),
    ] {
        assert_eq!(refusal(kind, statement), said);
    }
}

#[test]
fn a_document_is_refused_with_its_place() {
    let json = "{\n  \"Version\": \"2012-10-18\",\n  \"Statement\": []\n}";
    let error = Policy::parse(json, Identity).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 14, Version: must be `2012-10-17` or `2008-10-17`, not `2012-10-18`"
    );
    for (json, said) in [
        (
            "",
            "line 1, column 1, policy: expected a value, found the end of the document",
        ),
        (
            "[]",
            "line 1, column 1, policy: a policy must be an object, not a list",
        ),
        ("{}", "line 1, column 1, policy: `Statement` is missing"),
        (
            r#"{"Statement": {}, "Id": "x"}"#,
            "line 1, column 25, Id: an identity-based policy has no `Id`",
        ),
        (
            r#"{"statement": {}}"#,
            "line 1, column 2, statement: `statement` is no element of the policy language here",
        ),
    ] {
        assert_eq!(Policy::parse(json, Identity).unwrap_err().to_string(), said);
    }
    let machine = serde_json::to_value(&error).unwrap();
    assert_eq!(machine["line"], 2);
    assert_eq!(machine["path"], "Version");
}

#[test]
fn printing_keeps_the_document() {
    let json = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"","Effect":"Deny","NotPrincipal":{"Service":"s3.amazonaws.com","AWS":["123456789012"]},"NotAction":["s3:*"],"NotResource":"arn:aws:s3:::b/\"é\\","Condition":{"NumericLessThan":{"s3:max-keys":10.50},"Bool":{"aws:SecureTransport":[true,"false"]},"Null":{}}}]}"#;
    let policy = Policy::parse(json, Resource).unwrap();
    assert_eq!(policy.to_string(), json);
    let indented = format!("{policy:#}");
    assert!(indented.starts_with(
        "{\n  \"Version\": \"2012-10-17\",\n  \"Id\": \"x\",\n  \"Statement\": [\n    {\n"
    ));
    assert_eq!(Policy::parse(&indented, Resource).unwrap(), policy);
}

#[test]
fn a_hostile_document_is_refused_or_read_in_time() {
    for hostile in [
        "[".repeat(1 << 20),
        "{\"a\":".repeat(100_000),
        "\"".repeat(1 << 20),
        " ".repeat(2 << 20),
    ] {
        assert!(Policy::parse(&hostile, Identity).is_err());
    }
    let many = vec![r#""s3:Get*""#; 50_000].join(",");
    let json = format!(
        r#"{{"Statement": {{"Effect": "Allow", "Action": [{many}], "Resource": [{}]}}}}"#,
        vec![r#""arn:aws:s3:::b/*""#; 20_000].join(",")
    );
    let policy = Policy::parse(&json, Identity).unwrap();
    let policies = notewarden_domain::policy::CompiledPolicies::builder()
        .identity(&policy)
        .build();
    let context = notewarden_domain::policy::Context::new();
    let verdict = super::verdict(&policies, "s3:PutObject", "arn:aws:s3:::b/k", &context);
    assert_eq!(
        verdict,
        notewarden_domain::policy::Verdict::ImplicitlyDenied
    );
}
