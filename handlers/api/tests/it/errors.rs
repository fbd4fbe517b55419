//! The error table: each refusal with its status, its type, and the name of what is at fault.

use http::{Method, StatusCode};
use notewarden_domain::StoreError;
use notewarden_testkit::faults::{Call, Fault};
use serde_json::json;

use crate::world::World;

const NOTE: &str = "/notes/0193bb5a-7c00-7000-8000-00000000000a";

#[tokio::test]
async fn a_problem_has_every_member_of_the_contract() {
    let alice = World::new().person();
    let answer = alice.get(NOTE).await.not_found();
    assert_eq!(
        answer.json(),
        json!({
            "type": "urn:notewarden:problem:not-found",
            "title": "Not found",
            "status": 404,
            "detail": "the note does not exist",
            "requestId": "JKJaXmPLvHcESHA=",
            "error": "the note does not exist"
        })
    );
}

#[tokio::test]
async fn what_is_not_the_right_json_is_malformed() {
    let alice = World::new().person();
    let note = alice.note("text").await;
    for (body, field) in [
        ("", "body"),
        ("  ", "body"),
        ("content=hello", "body"),
        ("{", "body"),
        (r#"{"content":"x"} x"#, "body"),
        (r#"["x"]"#, "body"),
        (r#""x""#, "body"),
        ("null", "body"),
        (r#"{"content":"\ud800"}"#, "body"),
        (r#"{"content":"x","content":"y"}"#, "body"),
        (r#"{"content":1}"#, "content"),
        (r#"{"content":null}"#, "content"),
        (r#"{"content":["x"]}"#, "content"),
        (r#"{"content":"x","attachments":"a"}"#, "attachments"),
        (r#"{"content":"x","attachments":{}}"#, "attachments"),
        (r#"{"content":"x","attachments":[1]}"#, "attachments"),
        (r#"{"content":"x","attachments":[null]}"#, "attachments"),
        (r#"{"content":"x","attachment":1}"#, "attachment"),
        (r#"{"content":"x","attachment":["a"]}"#, "attachment"),
    ] {
        for (method, path) in [(Method::POST, "/notes"), (Method::PUT, &note)] {
            let answer = alice.request(method, path).body(body).send().await;
            let answer = answer.bad_request().naming(field);
            assert!(
                answer.text("type").ends_with(":malformed-request"),
                "{body}"
            );
        }
    }
    let not_text = b"{\"content\":\"\xff\"}".to_vec();
    let call = alice.request(Method::POST, "/notes").body(not_text);
    call.send().await.bad_request().naming("body");
}

#[tokio::test]
async fn a_value_that_breaks_a_rule_is_unprocessable() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let note = alice.note("text").await;
    let too_many: Vec<_> = (0..17).map(|index| index.to_string()).collect();
    for (body, field) in [
        (json!({ "content": "x".repeat(100_001) }), "content"),
        (
            json!({ "content": "x", "attachments": too_many }),
            "attachments",
        ),
        (
            json!({ "content": "x", "attachments": ["a", "../a"] }),
            "attachments",
        ),
        (
            json!({ "content": "x", "attachments": [""] }),
            "attachments",
        ),
        (
            json!({ "content": "x", "attachments": ["a", "absent"] }),
            "attachments",
        ),
        (
            json!({ "content": "x", "attachment": "absent" }),
            "attachments",
        ),
        (json!({ "content": "x", "attachment": "/a" }), "attachment"),
        (json!({ "content": "x", "attachment": "" }), "attachment"),
    ] {
        for answer in [
            alice.post("/notes", body.clone()).await,
            alice.put(&note, body.clone()).await,
        ] {
            let answer = answer.unprocessable().naming(field);
            assert!(answer.text("type").ends_with(":invalid-value"), "{body}");
        }
    }
    let missing = alice.post("/notes", json!({})).await;
    missing.unprocessable().naming("content");
    assert_eq!(
        alice.get(&note).await.json()["version"],
        1,
        "nothing was written"
    );
    assert_eq!(
        alice.get("/notes").await.json().as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large() {
    let alice = World::new().person();
    let note = alice.note("text").await;
    let mut longest = br#"{"content":"x"}"#.to_vec();
    longest.resize(notewarden_api::MAX_BODY_BYTES, b' ');
    for (method, path) in [(Method::POST, "/notes"), (Method::PUT, &note)] {
        let call = alice.request(method.clone(), path).body(longest.clone());
        assert!(call.send().await.status().is_success());
        let call = alice
            .request(method, path)
            .body([&longest[..], b" "].concat());
        let answer = call.send().await.problem(StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.text("type").ends_with(":body-too-large"));
    }
}

#[tokio::test]
async fn a_body_that_claims_to_be_something_else_is_refused() {
    let alice = World::new().person();
    let post = async |name, value: &str| {
        let call = alice.request(Method::POST, "/notes").header(name, value);
        call.body(r#"{"content":"x"}"#).send().await
    };
    for taken in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/merge-patch+json",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
    ] {
        post("content-type", taken).await.created();
    }
    for refused in [
        "application/xml",
        "multipart/form-data; boundary=x",
        "image/png",
        "json",
    ] {
        let answer = post("content-type", refused).await;
        let answer = answer.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(answer.text("type").ends_with(":unsupported-media-type"));
    }
    post("content-encoding", "identity").await.created();
    let compressed = post("content-encoding", "gzip").await;
    compressed.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn parameters_are_refused_by_name() {
    let alice = World::new().person();
    let note = alice.note("text").await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=", "limit"),
        ("limit=-1", "limit"),
        ("limit=%2B1", "limit"),
        ("limit=1e2", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=1&limit=1", "limit"),
        ("order=", "order"),
        ("order=Newest", "order"),
        ("order=newest&order=newest", "order"),
        ("cursor=", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
    ] {
        let answer = alice.get(&format!("/notes?{query}")).await;
        answer.bad_request().naming(field);
    }
    for query in [
        "",
        "limit=1000",
        "limit=001",
        "order=oldest",
        "unknown=1&unknown=2",
        "&&=&a",
    ] {
        alice.get(&format!("/notes?{query}")).await.ok();
    }
    for query in [
        "attachments=",
        "attachments=drop",
        "attachments=keep&attachments=delete",
    ] {
        let answer = alice.delete(&format!("{note}?{query}")).await;
        answer.bad_request().naming("attachments");
    }
    alice.get(&note).await.ok();
}

#[tokio::test]
async fn what_no_note_can_be_called_does_not_exist() {
    let alice = World::new().person();
    let note = alice.note("text").await;
    let id = note.strip_prefix("/notes/").unwrap();
    let absent = alice.get(NOTE).await.not_found();
    for name in [
        "1",
        "%20",
        "%00",
        "%ff",
        "..%2Fnotes",
        &id.to_uppercase(),
        &id.replace('-', ""),
    ] {
        let path = format!("/notes/{name}");
        for answer in [
            alice.get(&path).await,
            alice.put(&path, json!({ "content": "" })).await,
            alice.delete(&path).await,
        ] {
            assert_eq!(answer.not_found().body(), absent.body());
        }
    }
    alice.get(&note).await.ok();
}

#[tokio::test]
async fn unknown_routes_and_methods_are_answered_as_api_gateway_does() {
    let alice = World::new().person();
    let note = alice.note("text").await;
    let slash = format!("{note}/");
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/Notes"),
        (Method::GET, "/notes/"),
        (Method::GET, "//notes"),
        (Method::GET, &slash),
        (Method::PATCH, &note),
        (Method::POST, &note),
        (Method::PUT, "/notes"),
        (Method::DELETE, "/notes"),
        (Method::POST, "/openapi.json"),
        (Method::from_bytes(b"BREW").unwrap(), "/notes"),
    ] {
        let answer = alice.request(method.clone(), path).send().await;
        let answer = answer.has(StatusCode::NOT_FOUND);
        assert_eq!(
            answer.body(),
            r#"{"message":"Not Found"}"#,
            "{method} {path}"
        );
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("allow"), None, "{method} {path}");
    }
}

#[tokio::test]
async fn a_failing_store_is_told_to_nobody() {
    let world = World::new();
    let alice = world.person();
    let note = alice.note("text").await;
    let secret = || "the inside: /var/data, password";
    let corrupt = || StoreError::corrupt("note of the inside", secret());
    for (call, error, status) in [
        (Call::Get, corrupt(), StatusCode::INTERNAL_SERVER_ERROR),
        (
            Call::Get,
            StoreError::Denied,
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
        (
            Call::Get,
            StoreError::unavailable(secret()),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (
            Call::Get,
            StoreError::Throttled,
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    ] {
        world.faults.add(call, Fault::Before(error));
        let answer = alice.get(&note).await.problem(status);
        let text = String::from_utf8_lossy(answer.body()).to_lowercase();
        for word in [
            "inside",
            "corrupt",
            "store",
            "denied",
            "password",
            "throttled",
        ] {
            assert!(!text.contains(word), "{text}");
        }
        let is_temporary = status == StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(answer.header("retry-after"), is_temporary.then_some("1"));
    }
    let failing = [
        (Call::Create, Method::POST, "/notes"),
        (Call::List, Method::GET, "/notes"),
        (Call::Replace, Method::PUT, &note),
        (Call::Delete, Method::DELETE, &note),
    ];
    for (call, method, path) in failing {
        world.faults.add(call, Fault::Before(corrupt()));
        let request = alice
            .request(method, path)
            .json(&json!({ "content": "new" }));
        let answer = request.send().await;
        answer.problem(StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert_eq!(world.faults.waiting(), 0);
    assert_eq!(alice.get(&note).await.ok().text("content"), "text");
}
