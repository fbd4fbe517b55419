//! Fields as requests of the HTTP API, and answers as fields.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod answers;
mod requests;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::Request, response::Response};
use http_body_util::BodyExt;
use notewarden_api::GatewayContext;
use notewarden_domain::Timestamp;
use notewarden_graphql::{Event, Resolution, Resolver};
use serde_json::{Value, json};

const AT: Timestamp = Timestamp::from_millis(1_764_000_000_000);

/// A request that came to the router.
#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: http::HeaderMap,
    body: String,
    context: GatewayContext,
}

/// Has a router that answers everything with `answer` resolve the field; what it was asked comes with it.
async fn resolve(event: Value, answer: fn() -> Response) -> (Resolution, Option<Seen>) {
    let seen = Arc::new(Mutex::new(None));
    let keeps = seen.clone();
    let router = Router::new().fallback(move |request: Request| {
        let keeps = keeps.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            *keeps.lock().unwrap() = Some(Seen {
                line: format!("{} {}", parts.method, parts.uri),
                headers: parts.headers,
                body: String::from_utf8(body.into()).unwrap(),
                context: parts.extensions.remove().unwrap(),
            });
            answer()
        }
    });
    let event: Event = serde_json::from_value(event).unwrap();
    let resolution = Resolver::new(router)
        .resolve(event, "the-request", AT)
        .await;
    let seen = seen.lock().unwrap().clone();
    (resolution, seen)
}

fn event(kind: &str, field: &str, arguments: impl Into<Value>) -> Value {
    json!({
        "info": { "parentTypeName": kind, "fieldName": field },
        "arguments": arguments.into(),
        "identity": {
            "accountId": "000000000000",
            "cognitoIdentityPoolId": "us-east-1:00000000-0000-4000-8000-00000000000a",
            "cognitoIdentityId": "us-east-1:00000000-0000-4000-8000-00000000000b",
            "sourceIp": ["198.51.100.7", "203.0.113.9"],
            "username": "AROAEXAMPLE:CognitoIdentityCredentials",
            "userArn": "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials",
            "cognitoIdentityAuthType": "authenticated",
            "cognitoIdentityAuthProvider": "\"p\",\"p:CognitoSignIn:s\""
        }
    })
}

fn response(status: u16, body: &'static str) -> Response {
    let response = Response::builder().status(status);
    response.body(Body::from(body)).unwrap()
}
