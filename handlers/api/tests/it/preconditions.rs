//! Entity tags: `If-Match` and `If-None-Match` on reads and changes, and changes that meet.

use http::Method;
use notewarden_domain::StoreError;
use notewarden_testkit::faults::{Call, Fault};
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_read_tells_whether_there_is_news() {
    let alice = World::new().person();
    let path = alice.note("text").await;
    let get = async |tags: &str| {
        let call = alice.request(Method::GET, &path);
        call.header("if-none-match", tags).send().await
    };
    for known in ["\"1\"", "W/\"1\"", "*", "\"7\", \"1\"", " \"1\" "] {
        let answer = get(known).await.not_modified();
        assert_eq!(answer.header("etag"), Some("\"1\""), "{known}");
    }
    for other in ["\"2\"", "\"x\"", "\"\"", ""] {
        get(other).await.ok();
    }
    for bad in ["1", "\"1", "'1'", "*, \"1\""] {
        get(bad).await.bad_request().naming("If-None-Match");
    }
    let call = alice.request(Method::GET, &path);
    call.header("if-match", "\"2\"")
        .send()
        .await
        .precondition_failed();
}

#[tokio::test]
async fn a_change_happens_at_the_version_that_it_names() {
    let alice = World::new().person();
    let path = alice.note("text").await;
    let put = async |name, tags: &str| {
        let call = alice.request(Method::PUT, &path).header(name, tags);
        call.json(&json!({ "content": "changed" })).send().await
    };
    put("if-match", "\"1\"").await.ok();
    for stale in ["\"1\"", "W/\"2\"", "\"02\"", "\"x\"", ""] {
        put("if-match", stale).await.precondition_failed();
    }
    put("if-match", "\"7\",\"2\"").await.ok();
    put("if-match", "*").await.ok();
    put("if-none-match", "\"4\"").await.precondition_failed();
    put("if-none-match", "*").await.precondition_failed();
    put("if-none-match", "\"3\"").await.ok();
    put("if-match", "2").await.bad_request().naming("If-Match");
    assert_eq!(alice.get(&path).await.json()["version"], 5);

    let two_lines = alice.request(Method::PUT, &path);
    let two_lines = two_lines
        .header("if-match", "\"4\"")
        .header("if-match", "\"5\"");
    two_lines.json(&json!({ "content": "" })).send().await.ok();
}

#[tokio::test]
async fn a_note_is_deleted_at_the_version_that_the_client_has_seen() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let body = json!({ "content": "", "attachment": "a" });
    let created = alice.post("/notes", body).await.created();
    let path = created.header("location").unwrap();
    alice.put(path, json!({ "content": "changed" })).await.ok();
    let delete = async |tag: &str| {
        let call = alice.request(Method::DELETE, path).header("if-match", tag);
        call.send().await
    };
    delete("\"1\"").await.precondition_failed();
    assert_eq!(world.files.keys(), [alice.key("a")]);
    delete("\"2\"").await.no_content();
    delete("\"2\"").await.not_found();
}

#[tokio::test]
async fn what_does_not_exist_has_no_version_to_match() {
    let alice = World::new().person();
    let absent = "/notes/0193bb5a-7c00-7000-8000-00000000000a";
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let call = alice.request(method, absent).header("if-match", "*");
        call.body("{}").send().await.not_found();
    }
}

#[tokio::test]
async fn a_change_without_precondition_is_made_on_what_others_left() {
    let world = World::new();
    let alice = world.person();
    let path = alice.note("text").await;
    // Another client of hers gets in between reading and writing.
    let (other, note) = (world.client_of(alice.identity.clone()), path.clone());
    let meanwhile = async move {
        other.put(&note, json!({ "content": "theirs" })).await.ok();
    };
    world
        .faults
        .add(Call::Replace, Fault::Meanwhile(Box::pin(meanwhile)));
    world.upload(&alice, &["mine"]);
    let answer = alice
        .put(&path, json!({ "attachments": ["mine"] }))
        .await
        .ok();
    let note = answer.json();
    assert_eq!(note["version"], 3);
    assert_eq!(note["content"], "theirs");
    assert_eq!(note["attachments"], json!(["mine"]));
}

#[tokio::test]
async fn a_change_at_a_version_fails_when_another_gets_in_between() {
    let world = World::new();
    let alice = world.person();
    for (method, call) in [(Method::PUT, Call::Replace), (Method::DELETE, Call::Delete)] {
        let path = alice.note("text").await;
        let (other, note) = (world.client_of(alice.identity.clone()), path.clone());
        let meanwhile = async move {
            other.put(&note, json!({ "content": "theirs" })).await.ok();
        };
        world
            .faults
            .add(call, Fault::Meanwhile(Box::pin(meanwhile)));
        let request = alice.request(method, &path).header("if-match", "\"1\"");
        let answer = request.json(&json!({ "content": "mine" })).send().await;
        answer.precondition_failed();
        assert_eq!(alice.get(&path).await.text("content"), "theirs");
    }
}

#[tokio::test]
async fn a_change_that_never_gets_through_asks_to_come_again() {
    let world = World::new();
    let alice = world.person();
    let path = alice.note("text").await;
    for _ in 0..8 {
        let lost = Fault::Before(StoreError::PreconditionFailed);
        world.faults.add(Call::Replace, lost);
    }
    let answer = alice.put(&path, json!({ "content": "new" })).await;
    let answer = answer.problem(http::StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(world.faults.waiting(), 0);
    alice.put(&path, json!({ "content": "new" })).await.ok();
}
