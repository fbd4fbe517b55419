//! Pools, client, routes, CORS, bucket and outputs.

use std::{collections::BTreeMap, time::Duration};

use http::Method;
use notewarden_infra::{
    AuthFlow, Deployment, MfaConfiguration, MfaMethod, RouteAuth, Template, TemplateError,
};

use super::stack;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn the_user_pool_signs_up_by_email_with_strong_passwords() {
    let pool = stack().user_pool;
    let policy = pool.password_policy;
    assert_eq!(policy.minimum_length, 8);
    assert!(policy.require_lowercase && policy.require_uppercase);
    assert!(policy.require_numbers && policy.require_symbols);
    assert_eq!(pool.username_attributes, ["email"]);
    assert_eq!(pool.auto_verified_attributes, ["email"]);
    assert!(!pool.case_sensitive_usernames);
}

#[test]
fn a_second_factor_is_there_for_whoever_wants_one() {
    let mfa = stack().user_pool.mfa;
    assert_eq!(mfa.configuration, MfaConfiguration::Optional);
    assert_eq!(mfa.methods, [MfaMethod::SoftwareTokenMfa]);
}

#[test]
fn the_client_signs_in_by_srp_password_and_refresh_token() {
    let client = stack().client;
    assert!(client.allows(AuthFlow::AllowUserSrpAuth));
    assert!(client.allows(AuthFlow::AllowUserPasswordAuth));
    assert!(client.allows(AuthFlow::AllowRefreshTokenAuth));
    assert!(!client.allows(AuthFlow::AllowAdminUserPasswordAuth));
    assert!(client.prevent_user_existence_errors && client.token_revocation);
    assert_eq!(client.validity.access, HOUR);
    assert_eq!(client.validity.id, HOUR);
    assert_eq!(client.validity.refresh, 30 * DAY);
}

#[test]
fn the_identity_pool_takes_our_users_and_nobody_else() {
    let stack = stack();
    let pool = &stack.identity_pool;
    assert!(!pool.allow_unauthenticated && !pool.allow_classic_flow);
    assert_eq!(pool.user_pools.len(), 1);
    assert_eq!(pool.user_pools[0].client_id, "client00000000000000000000");
    assert_eq!(
        pool.user_pools[0].provider_name,
        "cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00000"
    );
    assert!(pool.user_pools[0].server_side_token_check);
    assert!(pool.login_providers.is_empty() && pool.open_id_connect_providers.is_empty());
    assert_eq!(
        stack.role(&pool.authenticated_role).unwrap().name,
        "notewarden-AuthRole"
    );
}

#[test]
fn the_routes_are_these_and_only_the_contract_is_open() {
    let api = stack().api;
    let mut routes: Vec<_> = api
        .routes
        .iter()
        .map(|route| (route.key(), route.auth))
        .collect();
    routes.sort_by(|(a, _), (b, _)| a.cmp(b));
    let expected = [
        ("DELETE /api-keys/{keyId}", RouteAuth::AwsIam),
        ("DELETE /archives/{archiveId}", RouteAuth::AwsIam),
        ("DELETE /files/{name+}", RouteAuth::AwsIam),
        ("DELETE /me", RouteAuth::AwsIam),
        ("DELETE /notes/{noteId}", RouteAuth::AwsIam),
        ("GET /api-keys", RouteAuth::AwsIam),
        ("GET /archives", RouteAuth::AwsIam),
        ("GET /archives/{archiveId}", RouteAuth::AwsIam),
        ("GET /files", RouteAuth::AwsIam),
        ("GET /files/{name+}", RouteAuth::AwsIam),
        ("GET /me", RouteAuth::AwsIam),
        ("GET /notes", RouteAuth::AwsIam),
        ("GET /notes/{noteId}", RouteAuth::AwsIam),
        ("GET /openapi.json", RouteAuth::Open),
        ("POST /api-keys", RouteAuth::AwsIam),
        ("POST /archives", RouteAuth::AwsIam),
        ("POST /files", RouteAuth::AwsIam),
        ("POST /me/export", RouteAuth::AwsIam),
        ("POST /notes", RouteAuth::AwsIam),
        ("PUT /notes/{noteId}", RouteAuth::AwsIam),
    ];
    assert_eq!(
        routes,
        expected.map(|(key, auth)| (key.to_owned(), auth)),
        "{routes:?}"
    );
}

#[test]
fn a_request_finds_its_route_or_none() {
    let api = stack().api;
    let key = |method, path| api.route(&method, path).map(|found| found.route.key());
    assert_eq!(key(Method::GET, "/notes").unwrap(), "GET /notes");
    assert_eq!(
        key(Method::PUT, "/notes/42").unwrap(),
        "PUT /notes/{noteId}"
    );
    assert_eq!(key(Method::PATCH, "/notes/42"), None);
    assert_eq!(key(Method::GET, "/"), None);
    assert_eq!(key(Method::GET, "/notes/42/x"), None);
}

#[test]
fn browsers_may_sign_requests_and_read_what_they_need() {
    let stack = stack();
    let cors = stack.api.cors;
    for header in [
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "if-match",
    ] {
        assert!(cors.allow_headers.iter().any(|h| h == header), "{header}");
    }
    for header in [
        "etag",
        "link",
        "location",
        "retry-after",
        "x-amzn-requestid",
    ] {
        assert!(cors.expose_headers.iter().any(|h| h == header), "{header}");
    }
    // INVARIANT: the gateway answers preflights for every method that a route has.
    for route in &stack.api.routes {
        assert!(
            cors.allow_methods
                .iter()
                .any(|m| route.method == m.as_str())
        );
    }
    assert_eq!(stack.bucket.cors[0].allowed_headers, ["*"]);
    assert!(
        stack.bucket.cors[0]
            .exposed_headers
            .contains(&"ETag".to_owned())
    );
}

#[test]
fn archives_and_abandoned_uploads_go_after_a_day() {
    let bucket = stack().bucket;
    let rules: Vec<_> = bucket
        .lifecycle
        .iter()
        .map(|rule| (&*rule.prefix, rule.expire_after, rule.abort_uploads_after))
        .collect();
    assert_eq!(rules, [("zip/", Some(DAY), None), ("", None, Some(DAY))]);
}

#[test]
fn the_outputs_have_the_names_that_clients_know() {
    let outputs = stack().outputs;
    let expected = [
        (
            "Api",
            "https://api0000000.execute-api.us-east-1.amazonaws.com",
        ),
        (
            "AuthRoleArn",
            "arn:aws:iam::000000000000:role/notewarden-AuthRole",
        ),
        ("Bucket", "notewarden-files"),
        (
            "IdentityPool",
            "us-east-1:00000000-0000-4000-8000-00000000000a",
        ),
        ("Region", "us-east-1"),
        (
            "TokenApi",
            "https://tokens0000.execute-api.us-east-1.amazonaws.com",
        ),
        ("UserPool", "us-east-1_Pool00000"),
        ("UserPoolClient", "client00000000000000000000"),
    ];
    let expected: BTreeMap<_, _> = expected
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(outputs, expected);
}

#[test]
fn a_deployment_without_a_resource_is_refused_by_its_name() {
    let empty = Deployment::new("us-east-1", "000000000000");
    let error = Template::bundled().unwrap().deploy(&empty).unwrap_err();
    assert!(matches!(error, TemplateError::Unresolved { .. }), "{error}");
}
