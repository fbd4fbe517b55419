//! What a request gets when AWS cannot be reached, and what AWS gets with each request.

use std::time::{Duration, Instant};

use notewarden_testkit::{
    SeededIds,
    fixtures::{identity, request_context},
    http::{ScriptedServer, Step},
};
use serde_json::{Value, json};

use crate::function::{Function, TRACE_ID, http_event};

fn event(method: &str, body: Option<&str>) -> Value {
    let alice = identity(&SeededIds::new(1));
    http_event(&request_context(&alice, method, "/notes"), body)
}

fn problem(reply: &Value) -> Value {
    assert_eq!(reply["headers"]["content-type"], "application/problem+json");
    serde_json::from_str(reply["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn without_stores_requests_are_told_to_come_again() {
    // Nothing listens there.
    let function = Function::api("http://127.0.0.1:1").await;
    let started = Instant::now();
    for (method, body) in [
        ("GET", None),
        ("POST", Some(r#"{"content":"what alice wrote"}"#)),
    ] {
        let reply = function.invoke(&event(method, body)).await.unwrap();
        assert_eq!(reply["statusCode"], 503);
        assert_eq!(reply["headers"]["retry-after"], "1");
        assert_eq!(
            problem(&reply)["type"],
            "urn:notewarden:problem:unavailable"
        );
    }
    assert!(started.elapsed() < Duration::from_secs(20));
    let log = function
        .log_with(|line| line["status"] == 503 && line["coldStarts"] == 0)
        .await;
    let failures: Vec<_> = log
        .iter()
        .filter(|line| line["message"] == "request failed")
        .collect();
    assert_eq!(failures.len(), 2, "{log:?}");
    assert_eq!(failures[0]["request_id"], "JKJaXmPLvHcESHA=");
    assert!(failures[0]["span"]["invocation_id"].is_string());
    assert!(!Value::from(log).to_string().contains("alice"));
}

#[tokio::test]
async fn a_store_that_says_nothing_is_cut_off_in_time() {
    let store = ScriptedServer::start(Step::never()).await;
    // What opens connections in advance is answered: only the request waits.
    store.play([Step::answer(200, ""), Step::answer(200, "")]);
    let function = Function::api(&store.endpoint()).await;
    let time = Duration::from_millis(1_500);
    let reply = function.invoke_within(&event("GET", None), time).await;
    let reply = reply.unwrap();
    assert_eq!(reply["statusCode"], 503);
    assert_eq!(
        problem(&reply)["type"],
        "urn:notewarden:problem:unavailable"
    );
    let log = function.log_with(|line| line["status"] == 503).await;
    let record = log.iter().find(|line| line["status"] == 503).unwrap();
    assert_eq!(record["outcome"], "out-of-time");
}

#[tokio::test]
async fn requests_to_aws_belong_to_the_trace_and_use_what_was_opened() {
    let store = ScriptedServer::start(Step::answer(200, json!({ "Items": [] }).to_string())).await;
    let function = Function::api(&store.endpoint()).await;
    function.lambda.asked(1).await;
    let opened = store.requests();
    assert!(opened.len() == 2 && opened.iter().all(|request| request.method == "HEAD"));
    assert!(
        opened
            .iter()
            .all(|request| request.header("authorization").is_none())
    );

    let reply = function.invoke(&event("GET", None)).await.unwrap();
    assert_eq!(
        (&reply["statusCode"], &reply["body"]),
        (&json!(200), &json!("[]"))
    );
    let requests = store.requests();
    let query = requests.last().unwrap();
    assert_eq!(
        query.header("x-amz-target"),
        Some("DynamoDB_20120810.Query")
    );
    assert_eq!(query.header("x-amzn-trace-id"), Some(TRACE_ID));
    assert_eq!(
        query.header("x-amz-security-token"),
        Some("a-session-token")
    );
}
