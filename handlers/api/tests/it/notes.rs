//! Notes from creation to deletion, as the contract has them.

use http::Method;
use notewarden_domain::StoreError;
use notewarden_testkit::{
    faults::{Call, Fault},
    fixtures::{NOON, noon_plus},
};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_note_is_created_read_changed_and_deleted() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a.txt", "b/c.jpg"]);
    let body = json!({ "content": "hello", "attachments": ["a.txt", "b/c.jpg"] });

    let created = alice.post("/notes", body).await.created();
    assert_eq!(created.header("content-type"), Some("application/json"));
    assert_eq!(created.header("etag"), Some("\"1\""));
    let path = created.header("location").unwrap().to_owned();
    let note = created.json();
    assert_eq!(
        note,
        json!({
            "userId": alice.identity,
            "noteId": path.strip_prefix("/notes/").unwrap(),
            "content": "hello",
            "attachments": ["a.txt", "b/c.jpg"],
            "attachment": "a.txt",
            "createdAt": NOON,
            "updatedAt": NOON,
            "version": 1
        })
    );
    let read = alice.get(&path).await.ok();
    assert_eq!(read.json(), note);
    assert_eq!(read.header("etag"), Some("\"1\""));
    assert_eq!(read.header("cache-control"), Some("private, no-cache"));

    world.clock.set(noon_plus(60));
    let changed = alice.put(&path, json!({ "content": "bye" })).await.ok();
    assert_eq!(changed.header("etag"), Some("\"2\""));
    let mut expected = note;
    expected["content"] = json!("bye");
    expected["updatedAt"] = json!(noon_plus(60));
    expected["version"] = json!(2);
    assert_eq!(changed.json(), expected);
    assert_eq!(alice.get(&path).await.ok().json(), expected);

    alice.delete(&path).await.no_content();
    alice.get(&path).await.not_found();
    alice.delete(&path).await.not_found();
    alice.put(&path, json!({ "content": "" })).await.not_found();
    assert_eq!(world.files.keys(), [], "files of no note went with it");
}

#[tokio::test]
async fn any_text_up_to_100_000_characters_is_kept_as_it_is() {
    let alice = World::new().person();
    for text in ["", "\0\u{1f}\"\\/", "ä 漢字 😀 \u{202e}", "  "] {
        let path = alice.note(text).await;
        assert_eq!(alice.get(&path).await.text("content"), text);
    }
    // Each character as two escapes of UTF-16: the longest way to write it.
    let escaped = format!(r#"{{"content":"{}"}}"#, r"\ud83d\ude00".repeat(100_000));
    let call = alice.request(Method::POST, "/notes").body(escaped);
    let created = call.send().await.created();
    assert_eq!(created.text("content"), "😀".repeat(100_000));
    let longer = json!({ "content": "x".repeat(100_001) });
    alice
        .post("/notes", longer)
        .await
        .unprocessable()
        .naming("content");
}

#[tokio::test]
async fn attachment_is_another_spelling_of_one_attachment() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b"]);
    for (body, attachments) in [
        (json!({ "content": "", "attachment": "a" }), json!(["a"])),
        (json!({ "content": "", "attachment": null }), json!([])),
        (json!({ "content": "", "attachments": null }), json!([])),
        (
            json!({ "content": "", "attachments": ["b"], "attachment": "b" }),
            json!(["b"]),
        ),
        (
            json!({ "content": "", "attachments": ["b"], "attachment": null }),
            json!(["b"]),
        ),
        (
            json!({ "content": "", "attachments": ["b", "a", "b"] }),
            json!(["b", "a"]),
        ),
    ] {
        let note = alice.post("/notes", body.clone()).await.created().json();
        assert_eq!(note["attachments"], attachments, "{body}");
        let first = attachments.get(0).cloned().unwrap_or(Value::Null);
        assert_eq!(note["attachment"], first, "{body}");
    }
    let body = json!({ "content": "", "attachments": ["b"], "attachment": "a" });
    alice
        .post("/notes", body)
        .await
        .unprocessable()
        .naming("attachment");
}

#[tokio::test]
async fn absent_members_stay_and_null_attachments_go() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b"]);
    let body = json!({ "content": "text", "attachments": ["a"] });
    let created = alice.post("/notes", body).await.created();
    let path = created.header("location").unwrap();
    for (body, content, attachments) in [
        (
            json!({ "attachments": ["a", "b"] }),
            "text",
            json!(["a", "b"]),
        ),
        (json!({ "content": "new" }), "new", json!(["a", "b"])),
        (json!({ "attachment": "b" }), "new", json!(["b"])),
        (json!({ "attachment": null }), "new", json!([])),
        (
            json!({ "attachments": ["a"], "content": "" }),
            "",
            json!(["a"]),
        ),
        (json!({ "attachments": null }), "", json!([])),
    ] {
        let note = alice.put(path, body.clone()).await.ok().json();
        assert_eq!(note["content"], content, "{body}");
        assert_eq!(note["attachments"], attachments, "{body}");
    }
}

#[tokio::test]
async fn a_note_goes_back_as_it_was_read() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b"]);
    let body = json!({ "content": "text", "attachments": ["a", "b"] });
    let created = alice.post("/notes", body).await.created();
    let path = created.header("location").unwrap();
    let note = alice.put(path, created.json()).await.ok().json();
    assert_eq!(note["version"], 2);
    assert_eq!(note["attachments"], json!(["a", "b"]));
}

#[tokio::test]
async fn a_change_of_nothing_changes_nothing() {
    let alice = World::new().person();
    let path = alice.note("text").await;
    let before = alice.get(&path).await.json();
    let after = alice.put(&path, json!({})).await.ok();
    assert_eq!(after.json(), before);
    assert_eq!(after.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn an_attachment_whose_file_is_gone_can_be_kept_but_not_added() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let body = json!({ "content": "", "attachment": "a" });
    let created = alice.post("/notes", body.clone()).await.created();
    let path = created.header("location").unwrap();
    let store: &dyn notewarden_domain::ports::FileStore = &*world.files;
    store.delete(&alice.key("a")).await.unwrap();

    let kept = json!({ "content": "new", "attachments": ["a"] });
    alice.put(path, kept).await.ok();
    alice
        .post("/notes", body)
        .await
        .unprocessable()
        .naming("attachments");
}

#[tokio::test]
async fn deleting_keeps_files_on_request_and_files_of_other_notes_always() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["shared", "own", "free"]);
    let create = async |names: &[&str]| {
        let body = json!({ "content": "", "attachments": names });
        let created = alice.post("/notes", body).await.created();
        created.header("location").unwrap().to_owned()
    };
    let first = create(&["shared", "own"]).await;
    let second = create(&["shared"]).await;
    alice.delete(&first).await.no_content();
    assert_eq!(world.files.keys(), [alice.key("free"), alice.key("shared")]);
    alice
        .delete(&format!("{second}?attachments=keep"))
        .await
        .no_content();
    assert_eq!(world.files.keys(), [alice.key("free"), alice.key("shared")]);
    let third = create(&["shared"]).await;
    alice
        .delete(&format!("{third}?attachments=delete"))
        .await
        .no_content();
    assert_eq!(world.files.keys(), [alice.key("free")]);
}

#[tokio::test]
async fn a_note_is_deleted_though_its_file_cannot_be() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b"]);
    let body = json!({ "content": "", "attachments": ["a", "b"] });
    let created = alice.post("/notes", body).await.created();
    let path = created.header("location").unwrap();
    let fault = Fault::Before(StoreError::unavailable("planted"));
    world.faults.add(Call::DeleteFile, fault);
    alice.delete(path).await.no_content();
    alice.get(path).await.not_found();
    assert_eq!(world.files.keys(), [alice.key("a")]);
}

#[tokio::test]
async fn head_answers_as_get_without_a_body() {
    let alice = World::new().person();
    let path = alice.note("text").await;
    let answer = alice.request(Method::HEAD, &path).send().await.ok();
    assert_eq!(answer.header("etag"), Some("\"1\""));
    assert!(answer.body().is_empty());
    let absent = "/notes/0193bb5a-7c00-7000-8000-00000000000a";
    let answer = alice.request(Method::HEAD, absent).send().await;
    assert_eq!(answer.status(), 404);
    assert!(answer.body().is_empty());
}
