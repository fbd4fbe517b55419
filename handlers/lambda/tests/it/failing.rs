//! What a function answers when AWS fails, or hands out what cannot be read: on every route what the local server answers
//! whose stores do, in time, and without a word in the log of what people wrote or of credentials.

mod stores;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use http::Method;
use notewarden::{
    gateway::Gateway,
    server::Server,
    wiring::{self, Settings},
};
use notewarden_api::{Auth, RouteInfo, routes};
use notewarden_domain::StoreError;
use notewarden_testkit::{
    SeededIds,
    fixtures::{identity, request_context},
    http::{ScriptedServer, Step},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    function::{Function, STORES, http_event},
    local::{Actor, Place},
};

/// How AWS fails.
#[derive(Clone)]
struct Outage {
    name: &'static str,
    /// What DynamoDB and SQS answer.
    dynamodb: Step,
    s3: Step,
    /// How long the function has for a request.
    time: Duration,
}

const ENOUGH: Duration = Duration::from_secs(30);

fn outages() -> [Outage; 5] {
    let json = |status, kind: &str| {
        let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "later" });
        Step::answer(status, body.to_string()).with("content-type", "application/x-amz-json-1.0")
    };
    let xml = |status, code: &str| {
        let body = format!("<Error><Code>{code}</Code><Message>later</Message></Error>");
        Step::answer(status, body).with("content-type", "application/xml")
    };
    [
        Outage {
            name: "errors",
            dynamodb: json(500, "InternalServerError"),
            s3: xml(500, "InternalError"),
            time: ENOUGH,
        },
        Outage {
            name: "throttling",
            dynamodb: json(400, "ThrottlingException"),
            s3: xml(503, "SlowDown"),
            time: ENOUGH,
        },
        Outage {
            name: "proxies in between",
            dynamodb: Step::answer(502, "<html>Bad Gateway</html>"),
            s3: Step::answer(502, "<html>Bad Gateway</html>"),
            time: ENOUGH,
        },
        Outage {
            name: "resets",
            dynamodb: Step::Reset,
            s3: Step::Reset,
            time: ENOUGH,
        },
        Outage {
            name: "silence",
            dynamodb: Step::never(),
            s3: Step::never(),
            time: Duration::from_millis(750),
        },
    ]
}

/// An answer without the id of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

impl Seen {
    fn new(status: u16, headers: impl Iterator<Item = (String, String)>, body: &str) -> Self {
        let mut body: Value = serde_json::from_str(body).unwrap();
        let mut headers: BTreeMap<_, _> = headers.collect();
        let id = headers.remove("x-amzn-requestid");
        if let Some(told) = body.get_mut("requestId") {
            assert_eq!(Some(told.take().as_str().unwrap()), id.as_deref());
        }
        Self {
            status,
            headers,
            body,
        }
    }
}

/// What a request holds that is nobody's business.
const WRITTEN: &str = "what alice wrote";

/// A body that any route takes: each reads its own members.
fn body(route: &RouteInfo) -> Option<String> {
    let body = json!({
        "content": WRITTEN, "name": "letter.txt", "scopes": ["notes:read"], "size": 1,
        "contentType": "text/plain", "files": ["letter.txt"]
    });
    let has_one = matches!(route.method, Method::POST | Method::PUT);
    has_one.then(|| body.to_string())
}

fn path(route: &RouteInfo) -> String {
    let id = "0193bb5a-7c00-7000-8000-00000000000a";
    route
        .path
        .replace("{name+}", "letter.txt")
        .replace("{keyId}", "0000000000000001")
        .replace("{noteId}", id)
        .replace("{archiveId}", id)
}

/// What the local server answers on these routes when its stores fail with this.
async fn on_one_machine(routes: &[RouteInfo], error: fn() -> StoreError) -> Vec<Seen> {
    let dir = tempfile::tempdir().unwrap();
    let settings = Settings::new(dir.path(), Arc::new(|_| ()));
    let mut app = wiring::open(settings).await.unwrap();
    let parts = Arc::get_mut(&mut app).unwrap();
    let settings = parts.gateway.settings().clone();
    let router = notewarden_api::router(stores::app(error));
    parts.gateway = Gateway::new(settings, None, router);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener, app.clone()).unwrap();
    let outputs = app.publish(server.address(), None).unwrap();
    let place = Arc::new(Place::at(serde_json::to_value(outputs).unwrap()));
    let alice = Actor::sign_up(&place, "alice").await;
    let mut answers = Vec::new();
    for route in routes {
        let body = body(route).map(|body| serde_json::from_str(&body).unwrap());
        let answer = alice.call(route.method.clone(), &path(route), body).await;
        let headers = answer.headers.iter();
        let headers = headers.map(|(name, value)| {
            let value = value.to_str().unwrap();
            (name.to_string(), value.to_owned())
        });
        // The gateway and the connection add these by themselves.
        let headers = headers.filter(|(name, _)| {
            !matches!(&**name, "date" | "content-length" | "connection")
                && !name.starts_with("access-control-")
        });
        answers.push(Seen::new(answer.status.as_u16(), headers, answer.text()));
    }
    server.stop().await;
    answers
}

/// What the function answers on these routes during an outage, and all that it logs.
async fn on_aws(routes: &[RouteInfo], outage: &Outage) -> (Vec<Seen>, Vec<Value>) {
    let dynamodb = ScriptedServer::start(outage.dynamodb.clone()).await;
    let s3 = ScriptedServer::start(outage.s3.clone()).await;
    let (dynamodb, at_s3) = (dynamodb, s3.endpoint());
    let endpoint = dynamodb.endpoint();
    let variables = [
        ("AWS_ENDPOINT_URL", &*endpoint),
        ("AWS_ENDPOINT_URL_S3", &*at_s3),
    ];
    let function = Function::start("api", &[&variables, &STORES[..]].concat()).await;
    let alice = identity(&SeededIds::new(1));
    let mut answers = Vec::new();
    for route in routes {
        let context = request_context(&alice, route.method.as_str(), &path(route));
        let event = http_event(&context, body(route).as_deref());
        let reply = function.invoke_within(&event, outage.time).await.unwrap();
        let headers = reply["headers"].as_object().unwrap().iter();
        let headers =
            headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let status = reply["statusCode"].as_u64().unwrap().try_into().unwrap();
        answers.push(Seen::new(status, headers, reply["body"].as_str().unwrap()));
    }
    let count = routes.len();
    let log = function.log_when(|lines| records(lines).count() == count);
    (answers, log.await)
}

/// The lines that are left of requests.
fn records(log: &[Value]) -> impl Iterator<Item = &Value> {
    log.iter().filter(|line| line["outcome"].is_string())
}

#[tokio::test]
async fn the_function_answers_as_the_local_server_whose_stores_fail() {
    let unavailable = || StoreError::unavailable("the disk is gone");
    let expected = on_one_machine(routes(), unavailable).await;
    for (route, seen) in routes().iter().zip(&expected) {
        let status = if route.auth == Auth::None { 200 } else { 503 };
        assert_eq!(seen.status, status, "{} {seen:?}", route.path);
    }
    let mut running = JoinSet::new();
    for outage in outages() {
        running.spawn(async move {
            let (answers, log) = on_aws(routes(), &outage).await;
            (outage, answers, log)
        });
    }
    while let Some(ended) = running.join_next().await {
        let (Outage { name, .. }, answers, log) = ended.unwrap();
        for ((route, ours), theirs) in routes().iter().zip(&expected).zip(&answers) {
            assert_eq!(theirs, ours, "{name}: {} {}", route.method, route.path);
        }
        let failed = records(&log).filter(|line| line["status"] == 503);
        assert_eq!(failed.count(), routes().len() - 1, "{name}: {log:?}");
        tells_no_secret(&log);
    }
}

fn tells_no_secret(log: &[Value]) {
    let log = Value::from(log).to_string();
    for secret in [
        WRITTEN,
        "letter.txt",
        "a-secret-access-key",
        "a-session-token",
    ] {
        assert!(!log.contains(secret), "`{secret}` is in {log}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_internal_error_in_both_places() {
    let reads = ["/notes/{noteId}", "/archives/{archiveId}"];
    let is_read = |route: &&RouteInfo| route.method == Method::GET && reads.contains(&route.path);
    let routes: Vec<_> = routes().iter().filter(is_read).cloned().collect();
    let corrupt = || StoreError::corrupt("a row", "it is not in UTF-8");
    let expected = on_one_machine(&routes, corrupt).await;
    let written = json!({ "Item": { "content": { "S": WRITTEN }, "version": { "S": WRITTEN } } });
    let (answers, log) = on_aws(
        &routes,
        &Outage {
            name: "items of something else",
            dynamodb: Step::answer(200, written.to_string())
                .with("content-type", "application/x-amz-json-1.0"),
            s3: Step::answer(200, ""),
            time: ENOUGH,
        },
    )
    .await;
    assert_eq!(answers, expected);
    for seen in &answers {
        assert_eq!(seen.status, 500);
        assert_eq!(seen.body["type"], "urn:notewarden:problem:internal");
    }
    let failures = log
        .iter()
        .filter(|line| line["message"] == "request failed");
    assert_eq!(failures.count(), routes.len(), "{log:?}");
    tells_no_secret(&log);
}
