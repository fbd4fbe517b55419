//! What the API's function does besides handing events to the router, in this process.

mod cors;

use std::{
    future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Body, response::Response, routing};
use http::Method;
use lambda_runtime::Context;
use notewarden_api::Cors;
use notewarden_lambda::{Api, Records, Reply};
use notewarden_testkit::{
    FixedClock, SeededIds, World,
    fixtures::{NOON, identity, noon_plus, request_context, unsigned_request_context},
};
use serde_json::{Value, json, value::RawValue};

use crate::function::http_event;

/// A function whose clock stands at noon, and the records that it writes.
struct Place {
    api: Api,
    records: Arc<Mutex<Vec<Value>>>,
}

impl Place {
    fn with(router: Router) -> Self {
        Self::telling(router, None)
    }

    fn telling(router: Router, cors: Option<Cors>) -> Self {
        let records = Arc::new(Mutex::new(Vec::new()));
        let kept = records.clone();
        let writer = Records::new("notewarden-api".to_owned(), move |line: &[u8]| {
            assert_eq!(line.last(), Some(&b'\n'));
            kept.lock()
                .unwrap()
                .push(serde_json::from_slice(line).unwrap());
        });
        Self {
            api: Api::new(router, cors, Arc::new(FixedClock::at(NOON)), writer),
            records,
        }
    }

    /// The API itself, over fakes.
    fn whole() -> Self {
        Self::of(None)
    }

    /// The API itself, telling browsers what `cors` says where no gateway does.
    fn of(cors: Option<Cors>) -> Self {
        let world = World::default();
        let router = notewarden_api::router(notewarden_api::App {
            notes: world.notes(),
            files: world.files(),
            archives: world.archives(),
            account: world.account(),
            api_keys: world.api_keys.clone(),
            sign_ins: world.sign_ins(),
        });
        Self::telling(router, cors)
    }

    async fn answer(&self, event: &Value) -> Result<Reply, String> {
        let mut context = Context::default();
        context.request_id = "an-invocation".to_owned();
        context.xray_trace_id = Some("a-trace".to_owned());
        context.deadline = noon_plus(10).as_millis();
        let event = RawValue::from_string(event.to_string()).unwrap();
        let reply = self.api.answer(event, context).await;
        reply.map_err(|error| error.to_string())
    }

    fn records(&self) -> Vec<Value> {
        self.records.lock().unwrap().clone()
    }
}

fn event() -> Value {
    let alice = identity(&SeededIds::new(1));
    http_event(&request_context(&alice, "GET", "/notes"), None)
}

fn problem(reply: &Reply) -> Value {
    let headers = reply.headers.as_ref().unwrap();
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(headers["x-amzn-requestid"], "JKJaXmPLvHcESHA=");
    let problem: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(problem["status"], reply.status_code);
    assert_eq!(problem["requestId"], "JKJaXmPLvHcESHA=");
    problem
}

#[tokio::test]
async fn a_request_leaves_one_record() {
    let place = Place::whole();
    let reply = place.answer(&event()).await.unwrap();
    assert_eq!((reply.status_code, reply.body.as_str()), (200, "[]"));
    let open = http_event(&unsigned_request_context("GET", "/nowhere"), None);
    assert_eq!(place.answer(&open).await.unwrap().status_code, 404);

    let mut records = place.records();
    for record in &mut records {
        let latency = record["latency"].take();
        assert!(latency.as_f64().unwrap() < 10_000.0);
    }
    let metrics = json!([{
        "Namespace": "Notewarden",
        "Dimensions": [["function"]],
        "Metrics": [
            { "Name": "requests", "Unit": "Count" },
            { "Name": "errors", "Unit": "Count" },
            { "Name": "latency", "Unit": "Milliseconds" },
            { "Name": "panics", "Unit": "Count" },
            { "Name": "coldStarts", "Unit": "Count" }
        ]
    }]);
    let record = json!({
        "_aws": { "Timestamp": NOON, "CloudWatchMetrics": metrics },
        "function": "notewarden-api",
        "requests": 1,
        "errors": 0,
        "latency": null,
        "panics": 0,
        "coldStarts": 1,
        "invocationId": "an-invocation",
        "requestId": "JKJaXmPLvHcESHA=",
        "traceId": "a-trace",
        "route": "$default",
        "caller": records[0]["caller"],
        "status": 200,
        "outcome": "answered"
    });
    assert_eq!(records[0], record);
    let caller = records[0]["caller"].as_str().unwrap();
    assert!(caller.len() == 32 && caller.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(records[1]["coldStarts"], 0);
    assert_eq!(records[1]["status"], 404);
    assert_eq!(records[1]["caller"], Value::Null);
    assert_eq!(records.len(), 2);
}

#[tokio::test]
async fn a_panic_is_an_answer_and_is_counted() {
    async fn broken() -> Response {
        panic!("what alice wrote")
    }
    let place = Place::with(Router::new().fallback(broken));
    let reply = place.answer(&event()).await.unwrap();
    assert_eq!(reply.status_code, 500);
    let problem = problem(&reply);
    assert_eq!(problem["type"], "urn:notewarden:problem:internal");
    assert!(!reply.body.contains("alice"));
    let records = place.records();
    assert_eq!(records[0]["outcome"], "panicked");
    assert_eq!(
        (&records[0]["panics"], &records[0]["errors"]),
        (&json!(1), &json!(1))
    );
    // The next one finds the function well.
    assert_eq!(place.answer(&event()).await.unwrap().status_code, 500);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_error() {
    async fn broken() -> Response {
        let parts = [Ok("half"), Err("the disk is full")];
        Response::new(Body::from_stream(futures_util::stream::iter(parts)))
    }
    let place = Place::with(Router::new().fallback(broken));
    let reply = place.answer(&event()).await.unwrap();
    assert_eq!(reply.status_code, 500);
    assert!(!problem(&reply).to_string().contains("disk"));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_answered_before_lambda_ends_it() {
    async fn never() -> Response {
        future::pending().await
    }
    let place = Place::with(Router::new().fallback(never));
    let started = tokio::time::Instant::now();
    let reply = place.answer(&event()).await.unwrap();
    // The clock says that ten seconds are left, of which a quarter of one is kept for the answer's way.
    assert_eq!(started.elapsed(), Duration::from_millis(9_750));
    assert_eq!(reply.status_code, 503);
    assert_eq!(
        problem(&reply)["type"],
        "urn:notewarden:problem:unavailable"
    );
    assert_eq!(reply.headers.unwrap()["retry-after"], "1");
    assert_eq!(place.records()[0]["outcome"], "out-of-time");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_in_the_words_of_the_api() {
    let place = Place::whole();
    let mut event = event();
    event["body"] = json!("?");
    event["isBase64Encoded"] = json!(true);
    let reply = place.answer(&event).await.unwrap();
    assert_eq!(reply.status_code, 400);
    assert_eq!(problem(&reply)["field"], "body");
    event["rawPath"] = json!("/notes/..");
    let reply = place.answer(&event).await.unwrap();
    assert_eq!(reply.status_code, 404);
    assert_eq!(reply.body, r#"{"message":"Not Found"}"#);
}

#[tokio::test]
async fn what_is_no_event_of_http_is_an_error_of_the_function() {
    let place = Place::whole();
    let error = place.answer(&json!({ "secret": 1 })).await.unwrap_err();
    assert_eq!(error, "the event is not an HTTP event");
    let records = place.records();
    assert_eq!(records[0]["outcome"], "invalid-event");
    assert_eq!(records[0]["errors"], 1);
}

#[tokio::test]
async fn a_function_url_reaches_nobodys_notes() {
    let place = Place::whole();
    let mut event: Value = serde_json::from_str(include_str!("../data/function-url.json")).unwrap();
    for route in notewarden_api::routes() {
        event["rawPath"] = json!(route.path.replace("{noteId}", "1"));
        event["requestContext"]["http"]["method"] = json!(route.method.as_str());
        event["body"] = json!(r#"{"content":""}"#);
        let reply = place.answer(&event).await.unwrap();
        let is_open = route.auth == notewarden_api::Auth::None;
        let expected = if is_open { 200 } else { 403 };
        assert_eq!(
            reply.status_code, expected,
            "{} {}",
            route.method, route.path
        );
    }
}

#[tokio::test]
async fn head_has_the_head_of_a_refusal_and_no_body() {
    let place = Place::with(Router::new().route("/", routing::any(|| async { "" })));
    let mut event = event();
    event["requestContext"]["http"]["method"] = json!(Method::HEAD.as_str());
    event["body"] = json!("?");
    event["isBase64Encoded"] = json!(true);
    let reply = place.answer(&event).await.unwrap();
    assert_eq!((reply.status_code, reply.body.as_str()), (400, ""));
}
