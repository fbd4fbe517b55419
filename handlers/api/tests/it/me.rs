//! `/me`: what somebody keeps, all of it in one zip, and its end.

use http::{Method, StatusCode};
use notewarden_domain::{StoreError, ports::ArchiveStore, work::Work};
use notewarden_testkit::{
    faults::{Call, Fault},
    fixtures::{NOON, file},
};
use serde_json::json;

use crate::world::{QUOTA, World};

/// The subject that the fixtures' request context has.
const SUBJECT: &str = "8a6e2f0e-5d3c-4b2a-9f10-2f1d3c4b5a69";

#[tokio::test]
async fn an_account_shows_what_is_the_callers() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.files.put(&alice.key("a"), 5, NOON);
    world.files.put(&alice.key("b"), 7, NOON);
    alice.note("text").await;
    let me = |person: &crate::world::Person, notes: u64, files: u64, bytes: u64| {
        json!({
            "userId": person.identity,
            "provider": "cognito-idp.us-east-1.amazonaws.com/us-east-1_Example",
            "signedInWith": "userPool",
            "usage": { "notes": notes, "files": files, "bytes": bytes },
            "quota": { "files": QUOTA.files, "bytes": QUOTA.bytes, "fileBytes": QUOTA.file_bytes }
        })
    };
    assert_eq!(alice.get("/me").await.ok().json(), me(&alice, 1, 2, 12));
    assert_eq!(bob.get("/me").await.ok().json(), me(&bob, 0, 0, 0));
}

#[tokio::test]
async fn an_export_is_an_archive_of_everything() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["b", "a/1"]);
    let export = async || {
        let call = alice.request(Method::POST, "/me/export");
        call.header("idempotency-key", "key").send().await
    };
    let accepted = export().await.has(StatusCode::ACCEPTED);
    assert_eq!(accepted.text("name"), "export.zip");
    let id = accepted.text("archiveId");
    assert_eq!(
        accepted.header("location"),
        Some(&*format!("/archives/{id}"))
    );
    let selection = world
        .archives
        .selection(&alice.identity, id.parse().unwrap());
    let selection = selection.await.unwrap().unwrap();
    assert!(selection.with_notes);
    assert_eq!(selection.names, [file("a/1"), file("b")]);
    let again = export().await.has(StatusCode::ACCEPTED);
    assert_eq!(again.body(), accepted.body());
    // Also of somebody who has nothing yet.
    let bob = world.person();
    let call = bob.request(Method::POST, "/me/export");
    call.body("{}").send().await.has(StatusCode::ACCEPTED);
}

#[tokio::test]
async fn an_account_is_erased_by_the_worker() {
    let world = World::new();
    let alice = world.person();
    let unavailable = Fault::Before(StoreError::unavailable("planted"));
    world.faults.add(Call::Send, unavailable);
    alice
        .delete("/me")
        .await
        .problem(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.queue.sent(), []);
    let accepted = alice.delete("/me").await.has(StatusCode::ACCEPTED);
    assert!(accepted.body().is_empty());
    let work = world.queue.take().pop().unwrap().work;
    let expected = Work::Erasure {
        identity_id: alice.identity.clone(),
        subject: Some(SUBJECT.parse().unwrap()),
        since: NOON,
    };
    assert_eq!(work, expected);
}
