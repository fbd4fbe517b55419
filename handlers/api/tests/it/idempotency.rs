//! `Idempotency-Key`: a request that is repeated is done once.

use std::time::Duration;

use http::Method;
use notewarden_domain::{StoreError, ports::FileStore};
use notewarden_testkit::{
    client::Answer,
    faults::{Call, Fault},
};
use serde_json::json;

use crate::world::{Person, World};

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn post(person: &Person, key: &str, body: &str) -> Answer {
    let call = person.request(Method::POST, "/notes");
    call.header("idempotency-key", key)
        .body(body.to_owned())
        .send()
        .await
}

async fn count(person: &Person) -> usize {
    person
        .get("/notes")
        .await
        .ok()
        .json()
        .as_array()
        .unwrap()
        .len()
}

/// The same answer in everything that a client may look at.
fn assert_same(first: &Answer, second: &Answer) {
    assert_eq!(first.body(), second.body());
    for name in ["location", "etag", "content-type"] {
        assert_eq!(first.header(name), second.header(name), "{name}");
    }
}

#[tokio::test]
async fn the_same_request_is_answered_as_the_first_time() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let body = r#"{"content":"once","attachment":"a"}"#;
    let first = post(&alice, "key", body).await.created();

    // Also after the note has changed, and after it has gone with its file.
    let path = first.header("location").unwrap();
    world.clock.advance(HOUR);
    alice.put(path, json!({ "content": "changed" })).await.ok();
    assert_same(&first, &post(&alice, "key", body).await.created());
    alice.delete(path).await.no_content();
    assert!(world.files.head(&alice.key("a")).await.unwrap().is_none());
    assert_same(&first, &post(&alice, "key", body).await.created());
    assert_eq!(count(&alice).await, 0);
}

#[tokio::test]
async fn another_request_under_the_key_is_refused() {
    let alice = World::new().person();
    post(&alice, "key", r#"{"content":"one"}"#).await.created();
    for other in [
        r#"{"content":"two"}"#,
        r#"{"content":"one" }"#,
        r#"{"content":"one","attachment":"absent"}"#,
    ] {
        let answer = post(&alice, "key", other).await.unprocessable();
        assert!(answer.text("type").ends_with(":idempotency-key-reused"));
    }
    assert_eq!(count(&alice).await, 1);
}

#[tokio::test]
async fn a_key_is_one_persons_for_24_hours() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    post(&alice, "key", r#"{"content":"one"}"#).await.created();
    post(&bob, "key", r#"{"content":"two"}"#).await.created();
    world.clock.advance(HOUR * 24 - Duration::from_millis(1));
    post(&alice, "key", r#"{"content":"two"}"#)
        .await
        .unprocessable();
    world.clock.advance(Duration::from_millis(1));
    post(&alice, "key", r#"{"content":"two"}"#).await.created();
    assert_eq!(count(&alice).await, 2);
    assert_eq!(count(&bob).await, 1);
}

#[tokio::test]
async fn a_refused_request_does_not_use_up_its_key() {
    let world = World::new();
    let alice = world.person();
    let body = r#"{"content":"","attachment":"late.txt"}"#;
    post(&alice, "key", body)
        .await
        .unprocessable()
        .naming("attachments");
    world.upload(&alice, &["late.txt"]);
    post(&alice, "key", body).await.created();
}

#[tokio::test]
async fn a_lost_answer_is_found_again() {
    let world = World::new();
    let alice = world.person();
    let lost = Fault::After(StoreError::unavailable("the connection broke"));
    world.faults.add(Call::Create, lost);
    let body = r#"{"content":"stored all the same"}"#;
    let answer = post(&alice, "key", body).await;
    answer.problem(http::StatusCode::SERVICE_UNAVAILABLE);
    post(&alice, "key", body).await.created();
    assert_eq!(count(&alice).await, 1);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let alice = World::new().person();
    let body = r#"{"content":""}"#;
    for key in ["", "two words", "ä", &"x".repeat(256)] {
        let answer = post(&alice, key, body).await;
        answer.bad_request().naming("Idempotency-Key");
    }
    let call = alice.request(Method::POST, "/notes");
    let call = call
        .header("idempotency-key", "a")
        .header("idempotency-key", "a");
    call.body(body)
        .send()
        .await
        .bad_request()
        .naming("Idempotency-Key");
    post(&alice, &"x".repeat(255), body).await.created();
    post(&alice, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", body)
        .await
        .created();
    assert_eq!(count(&alice).await, 2);
}

/// Every POST takes a key but the one whose answer holds a secret, and the document says which.
#[tokio::test]
async fn a_new_secret_is_not_answered_twice() {
    let alice = World::new().person();
    let document = alice.get("/openapi.json").await.ok().json();
    let taken = json!({ "$ref": "#/components/parameters/IdempotencyKey" });
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(post) = methods.get("post") else {
            continue;
        };
        let parameters = post["parameters"].as_array();
        let takes = parameters.is_some_and(|all| all.contains(&taken));
        let description = post["description"].as_str().unwrap_or_default();
        let refuses = description.starts_with("`Idempotency-Key` is refused here with 400");
        assert_eq!(
            (takes, refuses),
            (path != "/api-keys", path == "/api-keys"),
            "{path}"
        );
    }
    let make = |key: Option<&str>| {
        let call = alice.request(Method::POST, "/api-keys");
        let call = match key {
            Some(key) => call.header("idempotency-key", key),
            None => call,
        };
        call.body(r#"{"name":"x","scopes":["notes:read"]}"#).send()
    };
    let refused = make(Some("key")).await.bad_request();
    refused.naming("Idempotency-Key");
    // Nothing was made of it, and whoever repeats without one makes another.
    let (first, second) = (
        make(None).await.created().json(),
        make(None).await.created().json(),
    );
    assert_ne!(first["secret"], second["secret"]);
    let keys = alice.get("/api-keys").await.ok().json();
    assert_eq!(keys.as_array().unwrap().len(), 2);
}
