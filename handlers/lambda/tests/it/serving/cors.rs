//! What browsers are told behind each front.

use std::collections::BTreeMap;

use http::{Method, Request};
use notewarden_lambda::of_api;
use serde_json::{Value, json};

use super::Place;
use crate::{
    function::{Function, STORES},
    local,
};

const ORIGIN: &str = "https://app.example.com";

fn rest_api(method: &str, path: &str, origin: &str) -> Value {
    let mut event: Value =
        serde_json::from_str(include_str!("../../data/rest-api-1.0.json")).unwrap();
    event["httpMethod"] = json!(method);
    event["path"] = json!(path);
    event["body"] = Value::Null;
    event["headers"] = json!({ "Origin": origin });
    event["multiValueHeaders"] = json!({ "Origin": [origin] });
    event["queryStringParameters"] = Value::Null;
    event["multiValueQueryStringParameters"] = Value::Null;
    event
}

fn place(origins: &[&str]) -> Place {
    let origins = origins.iter().map(|origin| (*origin).to_owned());
    Place::of(Some(of_api(origins.collect())))
}

/// The status, and what the answer tells browsers.
async fn told(place: &Place, event: &Value) -> (u16, BTreeMap<String, String>) {
    let reply = place.answer(event).await.unwrap();
    let lists = reply.multi_value_headers.into_iter().flatten();
    let lists = lists.map(|(name, values)| (name, values.join(",")));
    let all = lists.chain(reply.headers.into_iter().flatten());
    let told = all.filter(|(name, _)| name == "vary" || name.starts_with("access-control-"));
    (reply.status_code, told.collect())
}

#[tokio::test]
async fn a_rest_api_tells_what_the_http_api_does() {
    let server = local::Place::start().await;
    let place = place(&["*"]);
    for (method, path, status) in [
        (Method::OPTIONS, "/notes/1", 204),
        (Method::OPTIONS, "/nowhere", 204),
        (Method::GET, "/openapi.json", 200),
        (Method::GET, "/nowhere", 404),
    ] {
        let request = Request::builder().method(&method);
        let request = request
            .uri(format!("{}{path}", server.endpoint))
            .header("origin", ORIGIN)
            .header("access-control-request-method", "PUT");
        let answer = server.send(request.body("".into()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        let lines = answer.headers.iter();
        let lines = lines.filter(|(name, _)| name.as_str().starts_with("access-control-"));
        let lines =
            lines.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let event = rest_api(method.as_str(), path, ORIGIN);
        let expected = (status, lines.collect());
        assert_eq!(told(&place, &event).await, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn refusals_and_failures_are_told_too() {
    let place = place(&["*"]);
    let mut broken = rest_api("POST", "/notes", ORIGIN);
    broken["body"] = json!("?");
    broken["isBase64Encoded"] = json!(true);
    let mut unsigned = rest_api("GET", "/notes", ORIGIN);
    unsigned["requestContext"]["identity"]["accessKey"] = Value::Null;
    for (event, expected) in [(broken, 400), (unsigned, 403)] {
        let (status, told) = told(&place, &event).await;
        assert_eq!(status, expected);
        assert_eq!(told["access-control-allow-origin"], "*");
        assert!(told["access-control-expose-headers"].contains("x-amzn-requestid"));
    }
}

#[tokio::test]
async fn an_origin_that_is_not_allowed_learns_nothing() {
    let place = place(&["https://other.example.com", ORIGIN]);
    for (method, status) in [("OPTIONS", 204), ("GET", 404)] {
        let event = rest_api(method, "/nowhere", "https://evil.example.com");
        assert_eq!(told(&place, &event).await, (status, BTreeMap::new()));
        let event = rest_api(method, "/nowhere", ORIGIN);
        let (found, told) = told(&place, &event).await;
        assert_eq!(found, status);
        assert_eq!(told["access-control-allow-origin"], ORIGIN);
        assert_eq!(told["vary"], "Origin");
    }
}

#[tokio::test]
async fn gateways_with_rules_of_their_own_are_left_to_them() {
    let place = place(&["*"]);
    let mut http_api = rest_api("OPTIONS", "/live/notes", ORIGIN);
    http_api["version"] = json!("1.0");
    let mut newer = super::event();
    newer["headers"]["origin"] = json!(ORIGIN);
    let mut url: Value =
        serde_json::from_str(include_str!("../../data/function-url.json")).unwrap();
    url["headers"]["origin"] = json!(ORIGIN);
    for event in [http_api, newer, url] {
        let (_, told) = told(&place, &event).await;
        assert_eq!(told, BTreeMap::new(), "{event}");
    }
}

#[tokio::test]
async fn without_origins_there_is_nothing_to_tell() {
    let place = Place::whole();
    for (method, status) in [("OPTIONS", 404), ("GET", 404)] {
        let event = rest_api(method, "/nowhere", ORIGIN);
        assert_eq!(told(&place, &event).await, (status, BTreeMap::new()));
    }
}

#[tokio::test]
async fn the_deployed_function_has_the_origins_of_its_environment() {
    let origins = [(
        "ALLOWED_ORIGINS",
        "https://a.example, https://app.example.com",
    )];
    let function = Function::start("api", &[&origins, &STORES[..]].concat()).await;
    let event = rest_api("OPTIONS", "/notes", ORIGIN);
    let reply = function.invoke(&event).await.unwrap();
    assert_eq!(reply["statusCode"], 204);
    let headers = &reply["multiValueHeaders"];
    assert_eq!(headers["access-control-allow-origin"], json!([ORIGIN]));
    assert_eq!(headers["access-control-max-age"], json!(["7200"]));
}
