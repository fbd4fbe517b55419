//! The functions: their environment, their log groups, and the form of their roles.

use notewarden_domain::{
    allowances::{Allowance, Allowances},
    policy::{Policy, PolicyKind},
};
use notewarden_infra::{Deployment, FunctionSettings, Template};
use serde_json::{Value, json};

/// The ARN of each resource that a role may name, where every physical id is the logical one.
const ARNS: [(&str, &str); 16] = [
    (
        "Archives",
        "arn:aws:dynamodb:us-east-1:000000000000:table/Archives",
    ),
    (
        "Files",
        "arn:aws:dynamodb:us-east-1:000000000000:table/Files",
    ),
    (
        "ApiKeys",
        "arn:aws:dynamodb:us-east-1:000000000000:table/ApiKeys",
    ),
    (
        "IdentityLinks",
        "arn:aws:dynamodb:us-east-1:000000000000:table/IdentityLinks",
    ),
    (
        "ApiFunctionLogs",
        "arn:aws:logs:us-east-1:000000000000:log-group:ApiFunctionLogs",
    ),
    (
        "ArchiveQueue",
        "arn:aws:sqs:us-east-1:000000000000:ArchiveQueue",
    ),
    (
        "ArchiverFunctionLogs",
        "arn:aws:logs:us-east-1:000000000000:log-group:ArchiverFunctionLogs",
    ),
    (
        "AuthorizerFunctionLogs",
        "arn:aws:logs:us-east-1:000000000000:log-group:AuthorizerFunctionLogs",
    ),
    (
        "GraphQlFunctionLogs",
        "arn:aws:logs:us-east-1:000000000000:log-group:GraphQlFunctionLogs",
    ),
    ("Bucket", "arn:aws:s3:::Bucket"),
    (
        "Idempotency",
        "arn:aws:dynamodb:us-east-1:000000000000:table/Idempotency",
    ),
    (
        "IdentityPool",
        "arn:aws:cognito-identity:us-east-1:000000000000:identitypool/IdentityPool",
    ),
    (
        "IndexerDeadLetters",
        "arn:aws:sqs:us-east-1:000000000000:IndexerDeadLetters",
    ),
    (
        "IndexerFunctionLogs",
        "arn:aws:logs:us-east-1:000000000000:log-group:IndexerFunctionLogs",
    ),
    (
        "Notes",
        "arn:aws:dynamodb:us-east-1:000000000000:table/Notes",
    ),
    (
        "UserPool",
        "arn:aws:cognito-idp:us-east-1:000000000000:userpool/UserPool",
    ),
];

pub(crate) fn functions() -> Vec<FunctionSettings> {
    let template = Template::bundled().unwrap();
    let place = template.resource_types().fold(
        Deployment::new("us-east-1", "000000000000"),
        |place, (id, _)| place.with(id, id),
    );
    let place = place.with_parameter("GraphQl", "iam");
    template.functions(&place).unwrap()
}

pub(crate) fn statements(function: &FunctionSettings) -> Vec<Value> {
    let documents = function.role.permissions.iter();
    documents
        .flat_map(|policy| {
            let document: Value = serde_json::from_str(&policy.document).unwrap();
            document["Statement"].as_array().unwrap().clone()
        })
        .collect()
}

/// The strings of an element that is one or a list of them.
pub(crate) fn strings(element: &Value) -> Vec<&str> {
    match element {
        Value::String(one) => vec![one],
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap()).collect(),
        other => panic!("{other} is neither a string nor a list"),
    }
}

/// Actions that are on no resource, so that their statements cannot name one (“Actions, resources, and condition keys
/// for Amazon Cognito Identity”).
const WITHOUT_RESOURCE: [&str; 1] = ["cognito-identity:DeleteIdentities"];

/// A resource in a policy by the name of the template's: `Bucket/private/*`.
pub(crate) fn name(resource: &str) -> String {
    if resource == "*" {
        return resource.to_owned();
    }
    ARNS.iter()
        .find_map(|(id, arn)| {
            let rest = resource.strip_prefix(arn)?;
            // A log group's ARN covers its streams: there is no naming one.
            let rest = rest.strip_suffix(":*").unwrap_or(rest);
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{id}{rest}"))
        })
        .unwrap_or_else(|| panic!("`{resource}` is in no resource of the template's"))
}

#[test]
fn no_function_has_a_wildcard_for_an_action_or_a_whole_resource() {
    for function in functions() {
        for statement in statements(&function) {
            for action in strings(&statement["Action"]) {
                assert!(
                    !action.contains(['*', '?']),
                    "{}: {action}",
                    function.role_id
                );
            }
            let actions = strings(&statement["Action"]);
            if actions
                .iter()
                .all(|action| WITHOUT_RESOURCE.contains(action))
            {
                continue;
            }
            for resource in strings(&statement["Resource"]) {
                // INVARIANT: a wildcard stands for what is in a resource of the template's, never for others.
                let name = name(resource);
                let id = name.split('/').next().unwrap();
                assert!(!id.contains(['*', '?']), "{}: {resource}", function.role_id);
            }
        }
    }
}

#[test]
fn only_lambda_assumes_a_functions_role_and_no_person_can_be_given_it() {
    for function in functions() {
        let trust: Value = serde_json::from_str(&function.role.trust_policy).unwrap();
        assert_eq!(
            trust["Statement"],
            json!([{
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole"
            }]),
        );
        assert!(super::stack().role(&function.role.arn).is_none());
    }
}

#[test]
fn every_functions_policies_pass_the_check_without_a_warning() {
    for function in functions() {
        let role = &function.role;
        let permissions = role
            .permissions
            .iter()
            .map(|p| (&p.document, PolicyKind::Identity));
        for (document, kind) in permissions.chain([(&role.trust_policy, PolicyKind::Trust)]) {
            let (_, warnings) = Policy::check(document, kind).unwrap();
            assert_eq!(warnings, [], "{}", function.role_id);
        }
    }
}

#[test]
fn functions_know_what_they_need_and_write_to_a_log_group_of_their_own() {
    let functions = functions();
    for function in &functions {
        assert_eq!(function.log_group, format!("{}Logs", function.logical_id));
    }
    let [api, archiver, authorizer, graphql, indexer] = functions.as_slice() else {
        panic!("{} functions", functions.len());
    };
    assert_eq!((&*api.handler, &*archiver.handler), ("api", "archiver"));
    assert_eq!(authorizer.handler, "authorizer");
    assert_eq!(
        (&*graphql.handler, &*indexer.handler),
        ("graphql", "indexer")
    );
    // AppSync tells browsers for itself what they may do.
    let mut of_api = api.environment.clone();
    of_api.remove("ALLOWED_ORIGINS");
    assert_eq!(graphql.environment, of_api);
    let environment: Vec<_> = api.environment.iter().map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(
        environment,
        [
            ("ALLOWED_ORIGINS", "*"),
            ("API_KEYS_TABLE", "ApiKeys"),
            ("ARCHIVES_TABLE", "Archives"),
            ("BUCKET", "Bucket"),
            ("FILES_TABLE", "Files"),
            ("IDEMPOTENCY_TABLE", "Idempotency"),
            ("IDENTITY_LINKS_TABLE", "IdentityLinks"),
            ("IDENTITY_POOL", "IdentityPool"),
            ("MAX_ARCHIVES_UNDER_WAY", "3"),
            ("MAX_ARCHIVE_ATTEMPTS", "5"),
            ("MAX_ARCHIVE_BYTES", "1099511627776"),
            ("MAX_ARCHIVE_FILES", "10000"),
            ("MAX_BYTES", "10737418240"),
            ("MAX_FILES", "10000"),
            ("MAX_FILE_BYTES", "5368709120"),
            ("NOTES_TABLE", "Notes"),
            ("QUEUE_URL", "ArchiveQueue"),
            ("USER_POOL", "UserPool")
        ]
    );
    let of_api_only = ["ALLOWED_ORIGINS", "IDENTITY_LINKS_TABLE"];
    let is_shared = |(name, _): &&(&str, &str)| !of_api_only.contains(name);
    let shared: Vec<_> = environment.iter().filter(is_shared).copied().collect();
    let environment = archiver.environment.iter();
    let environment: Vec<_> = environment.map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(environment, shared);
    let environment = indexer.environment.iter();
    let environment: Vec<_> = environment.map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(
        environment,
        [
            ("BUCKET", "Bucket"),
            ("FILES_TABLE", "Files"),
            ("MAX_BYTES", "10737418240"),
            ("MAX_FILES", "10000"),
            ("MAX_FILE_BYTES", "5368709120"),
        ]
    );
    let environment = authorizer.environment.iter();
    let environment: Vec<_> = environment.map(|(k, v)| (&**k, &**v)).collect();
    assert_eq!(
        environment,
        [
            ("API_KEYS_TABLE", "ApiKeys"),
            ("TOKEN_ALGORITHMS", "RS256"),
            ("TOKEN_AUDIENCES", ""),
            ("TOKEN_ISSUER", ""),
            ("USER_POOL_CLIENT", "UserPoolClient"),
            (
                "USER_POOL_ISSUER",
                "https://cognito-idp.us-east-1.amazonaws.com/UserPool"
            ),
        ]
    );
}

/// The numbers of the template are those of the domain, by the same names, and reach the functions by them.
#[test]
fn what_people_may_keep_is_by_default_what_the_domain_says() {
    let functions = functions();
    let defaults = Allowances::default();
    for allowance in Allowance::ALL {
        let (least, most) = allowance.range().into_inner();
        let (variable, parameter) = (allowance.variable(), allowance.parameter());
        let set = functions
            .iter()
            .filter_map(|function| function.environment.get(variable));
        let set: Vec<_> = set.map(|text| allowance.read(text).unwrap()).collect();
        assert!(set.len() >= 2, "{variable}");
        assert!(set.iter().all(|value| *value == defaults.get(allowance)));
        let with = |value: u64| {
            let value = value.to_string();
            let stack = Template::bundled()
                .unwrap()
                .deploy(&super::place().with_parameter(parameter, value));
            stack.map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(with(least), Ok(()));
        assert_eq!(with(most), Ok(()));
        let above = most + 1;
        assert_eq!(
            with(above),
            Err(format!(
                "Parameters.{parameter}: `{above}` is more than {most}"
            ))
        );
        if let Some(below) = least.checked_sub(1) {
            assert!(with(below).is_err(), "{parameter}");
        }
    }
}
