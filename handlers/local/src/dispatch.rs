//! One port, many services: which one a request is for, told by what it is and never by who sends it.
//!
//! Each service then verifies the request by its own rules, so a request that is led to the wrong one is
//! refused there.

use http::{Method, header, request::Parts};

use notewarden_infra::ApiSettings;

use crate::{appsync, web};

const COGNITO_IDP: &str = "AWSCognitoIdentityProviderService.";
const COGNITO_IDENTITY: &str = "AWSCognitoIdentityService.";

/// What a request is for.
#[derive(Debug, PartialEq, Eq)]
pub enum Door {
    /// An operation of the User Pool.
    CognitoIdp(String),
    /// An operation of the Identity Pool.
    CognitoIdentity(String),
    /// A browser asks whether it may call Cognito or STS.
    ServicePreflight,
    /// STS's query protocol.
    Sts,
    /// `/<user pool>/.well-known/<document>`.
    WellKnown(String),
    /// The GraphQL API.
    GraphQl,
    /// The HTTP API, unknown routes included.
    Api,
    /// A bucket, or the list of buckets.
    S3,
    /// `/_local/*`.
    Local,
    /// `/healthz`.
    Health,
    /// The web client.
    Web,
}

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The API, with its routes.
    pub api: &'a ApiSettings,
    /// Whether there is a GraphQL API.
    pub has_graphql: bool,
    /// The bucket's name.
    pub bucket: &'a str,
    /// The user pool's id.
    pub user_pool: &'a str,
}

/// Chooses the door for a request.
pub fn door(parts: &Parts, names: Names<'_>) -> Door {
    let path = parts.uri.path();
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    if host
        .strip_prefix(names.bucket)
        .is_some_and(|rest| rest.starts_with('.'))
    {
        return Door::S3;
    }
    if path == "/"
        && let Some(door) = service(parts)
    {
        return door;
    }
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    if first == "_local" {
        return Door::Local;
    }
    if path == "/healthz" {
        return Door::Health;
    }
    if names.has_graphql && path == appsync::PATH {
        return Door::GraphQl;
    }
    if let Some(document) = path
        .strip_prefix('/')
        .and_then(|rest| rest.strip_prefix(names.user_pool))
        .and_then(|rest| rest.strip_prefix("/.well-known/"))
    {
        return Door::WellKnown(document.to_owned());
    }
    if names
        .api
        .routes
        .iter()
        .any(|route| route.path.split('/').nth(1) == Some(first))
    {
        return Door::Api;
    }
    if first == names.bucket || is_signed_for_s3(parts) {
        Door::S3
    } else if matches!(parts.method, Method::GET | Method::HEAD) && web::is_for(path) {
        Door::Web
    } else {
        Door::Api
    }
}

/// The service that `POST /` or a preflight of it is for.
fn service(parts: &Parts) -> Option<Door> {
    if parts.method == Method::OPTIONS {
        return Some(Door::ServicePreflight);
    }
    if parts.method != Method::POST {
        return None;
    }
    if let Some(target) = parts.headers.get("x-amz-target") {
        let target = target.to_str().unwrap_or_default();
        if let Some(operation) = target.strip_prefix(COGNITO_IDENTITY) {
            return Some(Door::CognitoIdentity(operation.to_owned()));
        }
        return Some(Door::CognitoIdp(
            target
                .strip_prefix(COGNITO_IDP)
                .unwrap_or(target)
                .to_owned(),
        ));
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    content_type
        .trim_start()
        .starts_with("application/x-www-form-urlencoded")
        .then_some(Door::Sts)
}

/// Whether the request says that it is signed for S3, in its header or query, by version 4 or 2.
fn is_signed_for_s3(parts: &Parts) -> bool {
    if parts.headers.contains_key("x-amz-copy-source") {
        return true;
    }
    if let Some(authorization) = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
    {
        return authorization.contains("/s3/aws4_request") || authorization.starts_with("AWS ");
    }
    let query = parts.uri.query().unwrap_or_default();
    let is_s3_scope = query.contains("%2Fs3%2Faws4_request") || query.contains("/s3/aws4_request");
    is_s3_scope || query.contains("AWSAccessKeyId=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring::test_stack;

    fn through(request: http::request::Builder) -> Door {
        let api = &test_stack().api;
        let (parts, ()) = request.body(()).unwrap().into_parts();
        door(
            &parts,
            Names {
                api,
                has_graphql: true,
                bucket: "the-bucket",
                user_pool: "us-east-1_Pool",
            },
        )
    }

    fn request(method: &str, uri: &str) -> http::request::Builder {
        http::Request::builder().method(method).uri(uri)
    }

    #[test]
    fn services_are_told_by_target_and_content_type() {
        let post = || request("POST", "/");
        assert_eq!(
            through(post().header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")),
            Door::CognitoIdp("SignUp".to_owned())
        );
        assert_eq!(
            through(post().header("x-amz-target", "AWSCognitoIdentityService.GetId")),
            Door::CognitoIdentity("GetId".to_owned())
        );
        assert_eq!(
            through(post().header(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8"
            )),
            Door::Sts
        );
        assert_eq!(through(request("OPTIONS", "/")), Door::ServicePreflight);
        assert_eq!(through(post()), Door::Api);
    }

    #[test]
    fn buckets_are_told_by_host_path_and_signature() {
        assert_eq!(
            through(request("GET", "/notes/1").header("host", "the-bucket.s3.localhost:1")),
            Door::S3
        );
        assert_eq!(through(request("GET", "/the-bucket/private/x")), Door::S3);
        assert_eq!(
            through(request(
                "GET",
                "/other?X-Amz-Credential=A%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
            )),
            Door::S3
        );
        let signed =
            "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, Signature=0";
        assert_eq!(
            through(request("GET", "/").header("authorization", signed)),
            Door::S3
        );
        assert_eq!(
            through(request("GET", "/notes/1").header("authorization", signed)),
            Door::Api
        );
    }

    #[test]
    fn the_rest_is_told_by_path() {
        assert_eq!(through(request("GET", "/_local/inbox")), Door::Local);
        assert_eq!(through(request("GET", "/healthz")), Door::Health);
        assert_eq!(
            through(request("GET", "/us-east-1_Pool/.well-known/jwks.json")),
            Door::WellKnown("jwks.json".to_owned())
        );
        assert_eq!(through(request("POST", "/graphql")), Door::GraphQl);
        assert_eq!(through(request("GET", "/graphql/x")), Door::Api);
        assert_eq!(through(request("GET", "/nowhere")), Door::Api);
        for path in ["/", "/app", "/app/notes/1", "/config.json"] {
            assert_eq!(through(request("GET", path)), Door::Web, "{path}");
        }
        assert_eq!(through(request("GET", "/application")), Door::Api);
        assert_eq!(through(request("PUT", "/app/x")), Door::Api);
    }
}
