//! What holds for all policies and requests.

use notewarden_domain::policy::{
    CompiledPolicies, Context, Policy, PolicyKind, Principal, Request, Verdict,
};
use proptest::prelude::*;

use super::SESSION;

const ACTIONS: [&str; 5] = [
    "s3:GetObject",
    "s3:PutObject",
    "S3:getobject",
    "dynamodb:GetItem",
    "execute-api:Invoke",
];
const RESOURCES: [&str; 5] = [
    "arn:aws:s3:::b/users/a/x",
    "arn:aws:s3:::b/users/ab/x",
    "arn:aws:s3:::b",
    "arn:aws:dynamodb:us-east-1:123456789012:table/T",
    "arn:aws:s3:::b/users/*/x",
];
const KEYS: [&str; 4] = ["aws:username", "AWS:UserName", "s3:prefix", "aws:TagKeys"];
const VALUES: [&str; 9] = [
    "a",
    "A",
    "*",
    "?",
    "",
    "10",
    "${aws:username}",
    "users/a/",
    "${*}",
];

fn list(items: &[&str]) -> String {
    let quoted: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(",")),
    }
}

fn selection(from: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(from), 1..4).prop_map(|items| list(&items))
}

fn actions() -> impl Strategy<Value = String> {
    selection(&[
        "*",
        "s3:*",
        "s3:Get*",
        "s3:GetObject",
        "s3:?etobject",
        "dynamodb:GetItem",
        "execute-api:*",
        "S3:PUT*",
    ])
}

fn resources() -> impl Strategy<Value = String> {
    selection(&[
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b",
        "arn:aws:s3:::b/users/${aws:username}/*",
        "arn:aws:s3:::b/users/${aws:username, 'a'}/*",
        "arn:aws:s3:::b/users/${*}/?",
        "arn:aws:s3:::b/users/a*/x",
        "arn:aws:dynamodb:*:*:table/T",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    let operators = [
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCaseIfExists",
        "ForAllValues:StringLike",
        "ForAnyValue:StringNotEquals",
        "NumericLessThanIfExists",
        "Null",
        "BoolIfExists",
        "IpAddress",
        "ArnNotLike",
        "DateGreaterThan",
    ];
    let values = selection(&[
        "a",
        "*",
        "${aws:username}",
        "users/*",
        "10",
        "true",
        "false",
        "",
    ]);
    (
        proptest::sample::select(operators.to_vec()),
        proptest::sample::select(KEYS.as_slice()),
        values,
    )
        .prop_map(|(operator, key, values)| format!(r#"{{"{operator}": {{"{key}": {values}}}}}"#))
}

fn statement() -> impl Strategy<Value = String> {
    let element = |name: &'static str| proptest::sample::select(vec![name, name, name, "Not"]);
    (
        proptest::bool::weighted(0.3),
        (element("Action"), actions()),
        (element("Resource"), resources()),
        proptest::option::of(condition()),
    )
        .prop_map(
            |(denies, (action_element, actions), (resource_element, resources), condition)| {
                let name = |element: &str, plain: &str| match element {
                    "Not" => format!("Not{plain}"),
                    _ => plain.to_owned(),
                };
                let effect = if denies { "Deny" } else { "Allow" };
                let condition = condition
                    .map(|c| format!(r#", "Condition": {c}"#))
                    .unwrap_or_default();
                format!(
                    r#"{{"Effect": "{effect}", "{}": {actions}, "{}": {resources}{condition}}}"#,
                    name(action_element, "Action"),
                    name(resource_element, "Resource"),
                )
            },
        )
}

fn statements() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(statement(), 1..6)
}

fn document(statements: &[String]) -> Policy {
    let json = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    );
    Policy::parse(&json, PolicyKind::Identity).expect(&json)
}

fn compiled(statements: &[String]) -> CompiledPolicies {
    CompiledPolicies::builder()
        .identity(&document(statements))
        .build()
}

fn context() -> impl Strategy<Value = Context<'static>> {
    let value = || proptest::sample::select(VALUES.as_slice());
    let entry = (
        proptest::sample::select(KEYS.as_slice()),
        proptest::collection::vec(value(), 0..3),
        any::<bool>(),
    );
    proptest::collection::vec(entry, 0..4).prop_map(|entries| {
        entries.into_iter().fold(
            Context::new(),
            |context, (key, values, is_list)| match values.first() {
                Some(first) if !is_list => context.with(key, *first),
                _ => context.with_all(key, values),
            },
        )
    })
}

fn asked() -> impl Strategy<Value = (&'static str, &'static str, Context<'static>)> {
    (
        proptest::sample::select(ACTIONS.as_slice()),
        proptest::sample::select(RESOURCES.as_slice()),
        context(),
    )
}

fn decide(
    policies: &CompiledPolicies,
    (action, resource, context): &(&str, &str, Context<'_>),
) -> Verdict {
    let principal: Principal = SESSION.parse().unwrap();
    policies.evaluate(&Request::new(&principal, action, resource, context))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_never_matters(statements in statements(), asked in asked(), by in 0_usize..6) {
        let mut turned = statements.clone();
        turned.rotate_left(by % statements.len());
        turned.reverse();
        prop_assert_eq!(decide(&compiled(&statements), &asked), decide(&compiled(&turned), &asked));
    }

    #[test]
    fn an_allow_never_beats_an_explicit_deny(statements in statements(), more in statements(), asked in asked()) {
        let before = decide(&compiled(&statements), &asked);
        let all: Vec<_> = statements.iter().chain(&more).cloned().collect();
        let after = decide(&compiled(&all), &asked);
        if before == Verdict::ExplicitlyDenied {
            prop_assert_eq!(after, Verdict::ExplicitlyDenied);
        }
        // Only a deny takes away what was allowed.
        if before == Verdict::Allowed {
            prop_assert_ne!(after, Verdict::ImplicitlyDenied);
        }
    }

    #[test]
    fn several_policies_are_as_one(statements in statements(), asked in asked(), at in 0_usize..6) {
        let (first, second) = statements.split_at(at.clamp(1, statements.len()));
        let mut builder = CompiledPolicies::builder().identity(&document(first));
        if !second.is_empty() {
            builder = builder.identity(&document(second));
        }
        prop_assert_eq!(decide(&builder.build(), &asked), decide(&compiled(&statements), &asked));
    }

    #[test]
    fn a_limit_never_widens(statements in statements(), limit in statements(), asked in asked()) {
        let without = decide(&compiled(&statements), &asked);
        let builder = || CompiledPolicies::builder().identity(&document(&statements));
        let limit = document(&limit);
        for limited in [builder().session(&limit), builder().boundary(&limit), builder().service_control_level([&limit])] {
            prop_assert!(!decide(&limited.build(), &asked).is_allowed() || without.is_allowed());
        }
    }

    #[test]
    fn explanation_and_evaluation_agree(statements in statements(), session in statements(), asked in asked()) {
        let policies = CompiledPolicies::builder()
            .identity(&document(&statements))
            .session(&document(&session))
            .build();
        let (action, resource, context) = &asked;
        let principal: Principal = SESSION.parse().unwrap();
        let explanation = policies.explain(&Request::new(&principal, action, resource, context));
        prop_assert_eq!(explanation.verdict, decide(&policies, &asked));
        for statement in &explanation.statements {
            prop_assert_eq!(statement.matches, statement.mismatch.is_none());
        }
    }

    #[test]
    fn what_is_printed_is_read_back(statements in statements()) {
        let policy = document(&statements);
        prop_assert_eq!(&Policy::parse(&policy.to_string(), PolicyKind::Identity).unwrap(), &policy);
        prop_assert_eq!(&Policy::parse(&format!("{policy:#}"), PolicyKind::Identity).unwrap(), &policy);
    }

    #[test]
    fn a_value_never_widens_a_match(value in r"[ab*?$\{\}:/]{0,8}", key in "[ab*?/]{0,8}") {
        let own = |resource: String| {
            let policies = compiled(&[
                r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}"#.to_owned(),
            ]);
            let context = Context::new().with("aws:username", value.as_str());
            let principal: Principal = SESSION.parse().unwrap();
            policies.evaluate(&Request::new(&principal, "s3:GetObject", &resource, &context)).is_allowed()
        };
        let is_own = key.strip_prefix(value.as_str()).is_some_and(|rest| rest.starts_with('/'));
        prop_assert_eq!(own(format!("arn:aws:s3:::b/{key}")), is_own);
        let inside = format!("arn:aws:s3:::b/{value}/x");
        prop_assert!(own(inside));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in r#"[\{\}\[\]":,a-zA-Z0-9\\ \n$*é.-]{0,200}"#) {
        let _read_or_refused = Policy::parse(&text, PolicyKind::Resource);
    }

    #[test]
    fn a_damaged_policy_is_refused_or_read(statements in statements(), at in 0_usize..2_000, with in r#"["\{\}\[\],:*x]?"#) {
        let mut json = document(&statements).to_string();
        let at = at % json.len();
        if json.is_char_boundary(at) && json.is_char_boundary(at + 1) {
            json.replace_range(at..=at, &with);
        }
        if let Ok(policy) = Policy::parse(&json, PolicyKind::Identity) {
            prop_assert_eq!(&Policy::parse(&policy.to_string(), PolicyKind::Identity).unwrap(), &policy);
        }
    }
}
