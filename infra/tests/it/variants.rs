//! What the parameters change.

use notewarden_infra::{Deployment, Template};
use serde_json::{Value, json};

use super::{stack, stack_with};

/// The names of the auth role's policies.
fn policies(parameters: [(&str, &str); 1]) -> Vec<String> {
    let role = &stack_with(parameters).roles[0];
    role.permissions.iter().map(|p| p.name.clone()).collect()
}

#[test]
fn people_may_call_the_function_url_only_if_there_is_one_and_the_function_only_by_it() {
    assert_eq!(policies([("FunctionUrl", "none")]), ["OwnFolder", "Api"]);
    assert_eq!(
        policies([("FunctionUrl", "iam")]),
        ["OwnFolder", "Api", "FunctionUrl"]
    );
    let stack = stack_with([("FunctionUrl", "iam")]);
    let document = &stack.roles[0].permissions[2].document;
    let document: Value = serde_json::from_str(document).unwrap();
    let function = "arn:aws:lambda:us-east-1:000000000000:function:notewarden-ApiFunction";
    assert_eq!(
        document["Statement"],
        json!([
            {
                "Sid": "CallTheFunctionUrl",
                "Effect": "Allow",
                "Action": "lambda:InvokeFunctionUrl",
                "Resource": function,
                "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
            },
            {
                "Sid": "RunTheFunctionByItsUrl",
                "Effect": "Allow",
                "Action": "lambda:InvokeFunction",
                "Resource": function,
                "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
            }
        ])
    );
    assert_eq!(
        stack.outputs["ApiFunctionUrl"],
        "https://url0000000.lambda-url.us-east-1.on.aws/"
    );
}

#[test]
fn other_login_providers_are_those_that_are_named() {
    let stack = stack_with([("GoogleClientId", "google0.apps.googleusercontent.com")]);
    let providers: Vec<_> = stack.identity_pool.login_providers.into_iter().collect();
    assert_eq!(
        providers,
        [(
            "accounts.google.com".to_owned(),
            "google0.apps.googleusercontent.com".to_owned()
        )]
    );

    let stack = stack_with([
        ("GoogleClientId", "google0"),
        ("FacebookAppId", "facebook0"),
    ]);
    let providers: Vec<_> = stack.identity_pool.login_providers.into_keys().collect();
    assert_eq!(providers, ["accounts.google.com", "graph.facebook.com"]);

    let arns = "arn:aws:iam::000000000000:oidc-provider/a.example.com,arn:aws:iam::000000000000:oidc-provider/b.example.com";
    let stack = stack_with([("OidcProviderArns", arns)]);
    let expected: Vec<_> = arns.split(',').collect();
    assert_eq!(stack.identity_pool.open_id_connect_providers, expected);
}

#[test]
fn one_origin_is_the_only_one_for_the_api_and_the_bucket() {
    let stack = stack_with([("AllowedOrigin", "https://app.example.com")]);
    assert_eq!(stack.api.cors.allow_origins, ["https://app.example.com"]);
    assert_eq!(
        stack.bucket.cors[0].allowed_origins,
        ["https://app.example.com"]
    );
    assert_eq!(super::stack().api.cors.allow_origins, ["*"]);
}

#[test]
fn a_stage_changes_nothing_about_access() {
    let development = stack_with([("Stage", "dev")]);
    assert_eq!(development.roles, stack().roles);
    assert_eq!(development.user_pool, stack().user_pool);
}

#[test]
fn a_value_that_a_parameter_cannot_have_is_refused() {
    let template = Template::bundled().unwrap();
    let refusal = |name: &str, value: &str| {
        let place = Deployment::new("us-east-1", "000000000000").with_parameter(name, value);
        template.deploy(&place).unwrap_err().to_string()
    };
    assert_eq!(
        refusal("FunctionUrl", "open"),
        "Parameters.FunctionUrl: `open` is none of `none`, `iam`"
    );
    assert_eq!(
        refusal("Origin", "*"),
        "Parameters: nothing is known as `Origin`"
    );
}
