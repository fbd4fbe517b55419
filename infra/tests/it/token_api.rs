//! The API for tokens and keys, as the parameters have it.

use http::Method;
use notewarden_infra::{Stack, TokenAuth};

use super::{stack, stack_with};

/// The authorization that the API asks for on a route of its own, and on one that is open.
fn auths(stack: &Stack) -> Option<(TokenAuth, TokenAuth)> {
    let api = stack.token_api.as_ref()?;
    let auth = |path| api.route(&Method::GET, path).unwrap().auth.clone();
    for path in ["/notes/42", "/", "/no/such/route"] {
        assert_eq!(auth(path), auth("/notes"), "{path}");
    }
    Some((auth("/notes"), auth("/openapi.json")))
}

#[test]
fn a_function_tells_who_comes_unless_a_parameter_says_otherwise() {
    let expected = (TokenAuth::Function, TokenAuth::Open);
    assert_eq!(auths(&stack()), Some(expected));
    assert_eq!(auths(&stack_with([("TokenAuth", "none")])), None);
}

#[test]
fn the_gateway_takes_the_user_pools_tokens_or_those_of_one_other_issuer() {
    let jwt = |issuer: &str, audiences: &[&str]| TokenAuth::Jwt {
        issuer: issuer.to_owned(),
        audiences: audiences.iter().map(|&name| name.to_owned()).collect(),
    };
    let pool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool00000";
    let (of_pool, open) = auths(&stack_with([("TokenAuth", "jwt")])).unwrap();
    assert_eq!(of_pool, jwt(pool, &["client00000000000000000000"]));
    assert_eq!(open, TokenAuth::Open);
    let other = stack_with([
        ("TokenAuth", "jwt"),
        ("TokenIssuer", "https://example.auth0.com/"),
        ("TokenAudiences", "api,other"),
    ]);
    let (of_other, _) = auths(&other).unwrap();
    assert_eq!(
        of_other,
        jwt("https://example.auth0.com/", &["api", "other"])
    );
}

#[test]
fn it_has_a_domain_of_its_own_where_one_is_named() {
    let api = |parameters| stack_with(parameters).outputs["TokenApi"].clone();
    let own = "https://tokens0000.execute-api.us-east-1.amazonaws.com";
    assert_eq!(api([("TokenDomainName", "")]), own);
    // The other API's is not its own.
    assert_eq!(api([("DomainName", "api.example.com")]), own);
    let named = stack_with([("TokenDomainName", "tokens.example.com")]);
    assert_eq!(named.outputs["TokenApi"], "https://tokens.example.com");
    let target = "d-tokens00.execute-api.us-east-1.amazonaws.com";
    assert_eq!(named.outputs["TokenApiDomainTarget"], target);
    let none = stack_with([("TokenDomainName", "x"), ("TokenAuth", "none")]);
    assert_eq!(none.outputs.get("TokenApi"), None);
    assert_eq!(none.outputs.get("TokenApiDomainTarget"), None);
}

/// CloudFormation takes a blank in a name for part of it, and AWS finds nothing by it.
#[test]
fn no_arn_of_the_template_holds_a_blank() {
    let template = include_str!("../../template.yaml");
    for line in template.lines().filter(|line| line.contains("\"arn:")) {
        let (_, rest) = line.split_once('"').unwrap();
        let (text, _) = rest.split_once('"').unwrap();
        assert!(!text.contains(' '), "{text}");
    }
}

#[test]
fn a_page_may_send_tokens_and_keys() {
    let cors = stack().token_api.unwrap().cors;
    for header in ["authorization", "x-api-key", "content-type", "if-match"] {
        assert!(cors.allow_headers.iter().any(|name| name == header));
    }
    assert_eq!(cors.allow_origins, stack().api.cors.allow_origins);
    assert_eq!(cors.expose_headers, stack().api.cors.expose_headers);
}
