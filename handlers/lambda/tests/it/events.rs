//! Events as AWS documents them, and what the router gets of them.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, Router, extract::Extension};
use http::{HeaderMap, Method};
use notewarden::{
    gateway::Gateway,
    server::Server,
    wiring::{self, Settings},
};
use notewarden_api::{GatewayContext, Unserved};
use notewarden_lambda::{Format, HttpEvent};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::local::{Actor, Place};

const HTTP_API: &str = include_str!("../data/http-api-2.0.json");
const REST_API: &str = include_str!("../data/rest-api-1.0.json");
const FUNCTION_URL: &str = include_str!("../data/function-url.json");

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn read(event: &Value) -> HttpEvent {
    HttpEvent::read(&event.to_string()).unwrap()
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| str::from_utf8(value.as_bytes()).unwrap())
        .collect()
}

#[test]
fn an_http_api_hands_over_the_request_decoded() {
    let event = read(&sample(HTTP_API));
    assert_eq!(event.format, Format::V2);
    let request = event.request.unwrap();
    assert_eq!(request.method(), Method::PUT);
    assert_eq!(
        request.uri(),
        "/notes/0193bb5a-7c00-7000-8000-00000000000a?a=1&a=%C3%A4&b="
    );
    assert_eq!(lines(request.headers(), "if-match"), [r#""1","2""#]);
    assert_eq!(lines(request.headers(), "cookie"), ["theme=dark; lang=de"]);
    assert_eq!(request.body(), r#"{"content":"ä"}"#);
}

#[test]
fn the_context_of_an_http_api_keeps_every_member() {
    let event = read(&sample(HTTP_API));
    let mut documented = sample(HTTP_API)["requestContext"].clone();
    // Of clients that show certificates; nothing here asks for one.
    documented.as_object_mut().unwrap().remove("authentication");
    assert_eq!(serde_json::to_value(event.context).unwrap(), documented);
}

#[test]
fn a_rest_api_hands_over_the_request_as_it_was_spelled() {
    let event = read(&sample(REST_API));
    assert_eq!(event.format, Format::V1);
    let request = event.request.unwrap();
    assert_eq!(request.method(), Method::PUT);
    assert_eq!(request.uri(), "/notes/a%20b?a=1&a=%C3%A4&b=%26%3D%2B");
    assert_eq!(lines(request.headers(), "if-match"), [r#""1""#, r#""2""#]);
    assert_eq!(request.body(), r#"{"content":"ä"}"#);
}

#[test]
fn the_identity_of_a_rest_api_is_that_of_an_http_api() {
    let rest = read(&sample(REST_API)).context;
    let mut http = read(&sample(HTTP_API)).context;
    let iam = http.authorizer.as_mut().unwrap().iam.as_mut().unwrap();
    iam.principal_org_id = None;
    assert_eq!(rest.authorizer, http.authorizer);
    assert_eq!(rest.route_key, http.route_key);
    assert_eq!(rest.time, http.time);
    assert_eq!(rest.time_epoch, http.time_epoch);
    assert_eq!(rest.request_id, "c6af9ac6-7b61-11e6-9a41-93e8deadbeef");
}

#[test]
fn a_rest_api_without_a_verified_signature_names_nobody() {
    for missing in ["accessKey", "caller", "userArn", "user", "accountId"] {
        let mut event = sample(REST_API);
        event["requestContext"]["identity"][missing] = Value::Null;
        assert_eq!(read(&event).context.authorizer, None, "{missing}");
    }
    for missing in [
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "cognitoAuthenticationType",
    ] {
        let mut event = sample(REST_API);
        event["requestContext"]["identity"][missing] = Value::Null;
        let iam = read(&event).context.authorizer.unwrap().iam.unwrap();
        assert_eq!(iam.cognito_identity, None, "{missing}");
    }
}

#[test]
fn a_function_url_hands_over_the_request_as_it_was_spelled_and_no_identity() {
    let event = read(&sample(FUNCTION_URL));
    assert_eq!(event.format, Format::V2);
    let iam = event.context.authorizer.unwrap().iam.unwrap();
    assert_eq!(iam.cognito_identity, None);
    let request = event.request.unwrap();
    assert_eq!(request.uri(), "/notes/a%20b?limit=2");
    assert!(request.body().is_empty());

    // AWS may leave the member out too.
    let mut event = sample(FUNCTION_URL);
    let iam = event["requestContext"]["authorizer"]["iam"].as_object_mut();
    iam.unwrap().remove("cognitoIdentity");
    let iam = read(&event).context.authorizer.unwrap().iam.unwrap();
    assert_eq!(iam.cognito_identity, None);
}

#[test]
fn a_path_is_read_as_its_front_writes_it() {
    let with = |text: &str, member: &str, path: &str| {
        let mut event = sample(text);
        event[member] = json!(path);
        let request = read(&event).request;
        request.map(|request| request.uri().path().to_owned())
    };
    for (sent, decoded, served) in [
        ("/notes/a%20b", "/notes/a b", Ok("/notes/a%20b")),
        ("/n%6ftes/%C3%A4", "/notes/ä", Ok("/notes/%C3%A4")),
        ("/notes/%2541", "/notes/%41", Ok("/notes/%2541")),
        ("/notes/..", "/notes/..", Err(Unserved::NoSuchRoute)),
        ("/notes/%2E%2E", "/notes/..", Err(Unserved::NoSuchRoute)),
        ("/notes//1", "/notes//1", Err(Unserved::NoSuchRoute)),
        ("/notes/%00", "/notes/\0", Err(Unserved::NoSuchRoute)),
    ] {
        let served = served.map(str::to_owned);
        assert_eq!(with(HTTP_API, "rawPath", decoded), served, "{sent}");
        assert_eq!(with(REST_API, "path", sent), served, "{sent}");
        assert_eq!(with(FUNCTION_URL, "rawPath", sent), served, "{sent}");
    }
    // An HTTP API that asks for format 1.0 decodes the path too, and says which format it is.
    let mut event = sample(REST_API);
    event["version"] = json!("1.0");
    event["path"] = json!("/live/notes/%41");
    let request = read(&event).request.unwrap();
    assert_eq!(request.uri().path(), "/notes/%2541");
    // Its stage is no part of the route, in both formats.
    let mut event = sample(HTTP_API);
    event["requestContext"]["stage"] = json!("live");
    event["rawPath"] = json!("/live/notes/1");
    assert_eq!(read(&event).request.unwrap().uri().path(), "/notes/1");
}

#[test]
fn what_http_does_not_have_is_refused_by_its_part() {
    for (member, value, refusal) in [
        ("body", json!("a"), Unserved::BrokenBody),
        ("body", json!("eyJ_"), Unserved::BrokenBody),
        ("headers", json!({ "a b": "x" }), Unserved::BrokenHead),
        ("headers", json!({ "a": "x\ny" }), Unserved::BrokenHead),
        ("cookies", json!(["a\0"]), Unserved::BrokenHead),
        ("rawQueryString", json!("a b"), Unserved::BrokenHead),
    ] {
        let mut event = sample(HTTP_API);
        event[member] = value;
        assert_eq!(read(&event).request.unwrap_err(), refusal, "{member}");
    }
    let mut event = sample(HTTP_API);
    event["requestContext"]["http"]["method"] = json!("GET IT");
    assert_eq!(read(&event).request.unwrap_err(), Unserved::BrokenHead);
}

#[test]
fn what_may_be_missing_may_also_be_null() {
    for member in ["body", "cookies", "headers"] {
        let mut event = sample(HTTP_API);
        event[member] = Value::Null;
        let given_null = read(&event).request.unwrap();
        event.as_object_mut().unwrap().remove(member);
        let not_given = read(&event).request.unwrap();
        assert_eq!(given_null.headers(), not_given.headers());
        assert_eq!(given_null.body(), not_given.body());
    }
    let mut event = sample(REST_API);
    event["multiValueHeaders"] = Value::Null;
    event["multiValueQueryStringParameters"] = Value::Null;
    let request = read(&event).request.unwrap();
    assert_eq!(lines(request.headers(), "if-match"), [r#""2""#]);
    assert_eq!(request.uri().query(), Some("a=%C3%A4&b=%26%3D%2B"));
}

#[tokio::test]
async fn the_local_gateway_tells_a_handler_what_an_http_api_does() {
    async fn tell(Extension(context): Extension<GatewayContext>) -> Json<GatewayContext> {
        Json(context)
    }
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings::new(dir.path(), Arc::new(|_| ()));
    let mut app = wiring::open(settings).await.unwrap();
    let parts = Arc::get_mut(&mut app).unwrap();
    let settings = parts.gateway.settings().clone();
    parts.gateway = Gateway::new(settings, None, Router::new().fallback(tell));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener, app.clone()).unwrap();
    let outputs = app.publish(server.address(), None).unwrap();
    let place = Arc::new(Place::at(serde_json::to_value(outputs).unwrap()));
    let alice = Actor::sign_up(&place, "alice").await;

    let told = alice.get("/notes/1?limit=2").await.ok().json();
    let mut documented = sample(HTTP_API)["requestContext"].clone();
    documented.as_object_mut().unwrap().remove("authentication");
    assert_eq!(members(&told, ""), members(&documented, ""));
    assert_eq!(told["http"]["path"], "/notes/1");
    assert_eq!(told["routeKey"], "GET /notes/{noteId}");
    assert_eq!(
        told["authorizer"]["iam"]["cognitoIdentity"]["identityId"],
        alice.identity_id.as_str()
    );
    server.stop().await;
}

/// Every member by its path, with the type of its value; a `null` may stand for any.
fn members(value: &Value, path: &str) -> BTreeSet<String> {
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(name, value)| members(value, &format!("{path}.{name}")))
            .collect(),
        Value::Array(items) => items
            .iter()
            .flat_map(|item| members(item, &format!("{path}[]")))
            .collect(),
        Value::Number(_) => BTreeSet::from([format!("{path}: number")]),
        // The organization, which a standing account need not have.
        Value::Null | Value::String(_) => BTreeSet::from([format!("{path}: text")]),
        Value::Bool(_) => BTreeSet::from([format!("{path}: bool")]),
    }
}
