//! `/files`: links, lists, and files that notes name.

use http::{Method, StatusCode};
use notewarden_domain::{StoreError, ports::FileStore};
use notewarden_testkit::{
    client::Answer,
    faults::{Call, Fault},
    fixtures::NOON,
};
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn an_upload_link_is_of_this_very_file() {
    let alice = World::new().person();
    let body = json!({
        "name": "photos/ä 1.jpg", "size": 12, "contentType": "image/jpeg", "crc32": "00C0FFEE", "further": 1
    });
    let created = alice.post("/files", body).await.created();
    assert_eq!(
        created.header("location"),
        Some("/files/photos/%C3%A4%201.jpg")
    );
    assert_eq!(created.header("cache-control"), Some("private, no-cache"));
    let key = alice.key("photos/ä 1.jpg");
    let expected = json!({
        "name": "photos/ä 1.jpg",
        "upload": {
            "method": "PUT",
            "url": format!("signed:{key}"),
            "headers": { "content-length": "12", "content-type": "image/jpeg", "crc32": "00c0ffee" },
            "expiresAt": NOON.as_millis() + 300_000
        }
    });
    assert_eq!(created.json(), expected);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_file_is_named() {
    let alice = World::new().person();
    let sound = json!({ "name": "a", "size": 1, "contentType": "text/plain", "crc32": null });
    let with = |member: &str, value: Value| {
        let mut body = sound.clone();
        body[member] = value;
        alice.post("/files", body)
    };
    for (member, value) in [
        ("name", json!(1)),
        ("name", Value::Null),
        ("size", json!("1")),
        ("size", Value::Null),
        ("contentType", json!(["text/plain"])),
        ("crc32", json!(7)),
    ] {
        with(member, value).await.bad_request().naming(member);
    }
    for (member, value) in [
        ("name", json!("../a")),
        ("size", json!(-1)),
        ("size", json!(1.5)),
        ("contentType", json!("text")),
        ("crc32", json!("c0ffee")),
    ] {
        with(member, value).await.unprocessable().naming(member);
    }
    for member in ["name", "size", "contentType"] {
        let mut body = sound.clone();
        body.as_object_mut().unwrap().remove(member);
        let answer = alice.post("/files", body).await;
        answer.unprocessable().naming(member);
    }
    alice.post("/files", json!([])).await.bad_request();
    alice.post("/files", sound.clone()).await.created();
}

#[tokio::test]
async fn too_large_and_too_much_are_told_apart() {
    let world = World::new();
    let alice = world.person();
    let upload = async |size: u64| {
        let body = json!({ "name": "new", "size": size, "contentType": "text/plain" });
        alice.post("/files", body).await
    };
    let too_large = upload(100_001).await;
    let too_large = too_large.problem(StatusCode::PAYLOAD_TOO_LARGE);
    assert!(too_large.text("type").ends_with(":file-too-large"));
    for i in 0..10 {
        world.files.put(&alice.key(&format!("f{i}")), 99_999, NOON);
    }
    let too_much = upload(11).await;
    let too_much = too_much.problem(StatusCode::INSUFFICIENT_STORAGE);
    assert!(too_much.text("type").ends_with(":quota-exceeded"));
    upload(10).await.created();
}

#[tokio::test]
async fn a_key_is_bound_to_its_upload_and_to_no_other_request() {
    let alice = World::new().person();
    let send = async |path: &str, body: &Value| {
        let call = alice.request(Method::POST, path);
        call.header("idempotency-key", "key")
            .json(body)
            .send()
            .await
    };
    let body = json!({ "name": "a", "size": 1, "contentType": "text/plain" });
    let first = send("/files", &body).await.created();
    let second = send("/files", &body).await.created();
    assert_eq!(first.body(), second.body());
    let other = json!({ "name": "b", "size": 1, "contentType": "text/plain" });
    let reused = |answer: Answer| {
        let answer = answer.unprocessable();
        assert!(answer.text("type").ends_with(":idempotency-key-reused"));
    };
    reused(send("/files", &other).await);
    reused(send("/notes", &json!({ "content": "" })).await);
    reused(send("/archives", &json!({ "prefix": "" })).await);
}

#[tokio::test]
async fn a_file_is_described_downloaded_and_deleted() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["a/b c.txt"]);
    let path = "/files/a/b%20c.txt";
    let described = alice.get(path).await.ok();
    assert_eq!(
        described.json(),
        json!({
            "name": "a/b c.txt", "size": 1, "contentType": "application/octet-stream",
            "etag": "00000000000000000000000000000001", "modifiedAt": NOON
        })
    );
    for flag in ["?download", "?download=true", "?x=1&download="] {
        let sent_on = alice.get(&format!("{path}{flag}")).await;
        let sent_on = sent_on.has(StatusCode::TEMPORARY_REDIRECT);
        let link = format!(
            "signed:{}?attachment; filename=\"b c.txt\"&application/octet-stream",
            alice.key("a/b c.txt")
        );
        assert_eq!(sent_on.header("location"), Some(&*link));
        assert_eq!(sent_on.header("cache-control"), Some("no-store"));
        assert!(sent_on.body().is_empty());
    }
    alice.get(&format!("{path}?download=false")).await.ok();
    let wrong = alice.get(&format!("{path}?download=1")).await;
    wrong.bad_request().naming("download");
    for path in [
        path,
        "/files/a",
        "/files/a/b%20c.txt/d",
        "/files/A/b%20c.txt",
    ] {
        let download = format!("{path}?download");
        for answer in [
            bob.get(path).await,
            bob.get(&download).await,
            bob.delete(path).await,
        ] {
            answer.not_found();
        }
    }
    alice.delete(path).await.no_content();
    alice.get(path).await.not_found();
    alice.delete(path).await.not_found();
}

#[tokio::test]
async fn a_file_that_notes_name_is_deleted_by_force_only() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["used"]);
    let body = json!({ "content": "", "attachments": ["used"] });
    let note = alice.post("/notes", body).await.created().text("noteId");
    for path in ["/files/used", "/files/used?force=false"] {
        let refused = alice.delete(path).await.problem(StatusCode::CONFLICT);
        assert!(refused.text("type").ends_with(":file-in-use"));
        assert!(refused.text("detail").contains(&note), "{refused}");
    }
    let wrong = alice.delete("/files/used?force=yes").await;
    wrong.bad_request().naming("force");
    alice.delete("/files/used?force").await.no_content();
    assert!(
        world
            .files
            .head(&alice.key("used"))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn lists_go_on_behind_their_cursor_under_the_same_prefix() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    let names = ["a", "p/1", "p/2", "p/ä &=%", "q"];
    world.upload(&alice, &names);
    let listed = async |path: &str| {
        let (mut seen, mut path) = (Vec::new(), Some(path.to_owned()));
        while let Some(at) = path {
            let page = alice.get(&at).await.ok();
            let files = page.json();
            let files = files.as_array().unwrap();
            seen.extend(
                files
                    .iter()
                    .map(|file| file["name"].as_str().unwrap().to_owned()),
            );
            path = page.next();
        }
        seen
    };
    assert_eq!(listed("/files").await, names);
    assert_eq!(listed("/files?limit=1").await, names);
    assert_eq!(listed("/files?limit=2&prefix=p/").await, names[1..4]);
    assert_eq!(
        listed("/files?limit=1&prefix=p%2F%C3%A4%20%26%3D").await,
        names[3..4]
    );
    assert_eq!(listed("/files?prefix=x").await, [""; 0]);

    let next = alice.get("/files?limit=1&prefix=p/").await.next().unwrap();
    let cursor = next.rsplit_once("cursor=").unwrap().1;
    for path in ["/files?", "/files?prefix=p&", "/notes?", "/archives?"] {
        let misused = alice.get(&format!("{path}cursor={cursor}")).await;
        misused.bad_request().naming("cursor");
    }
    bob.get(&next).await.bad_request().naming("cursor");
    alice
        .get("/files?limit=0")
        .await
        .bad_request()
        .naming("limit");
    let refused = alice.get("/files?prefix=../").await;
    refused.unprocessable().naming("prefix");
}

#[tokio::test]
async fn a_store_that_fails_says_nothing_of_itself() {
    let world = World::new();
    let alice = world.person();
    for (error, status) in [
        (
            StoreError::unavailable("secret"),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (StoreError::Throttled, StatusCode::SERVICE_UNAVAILABLE),
        (
            StoreError::corrupt("secret", "secret"),
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
    ] {
        world.faults.add(Call::HeadFile, Fault::Before(error));
        let answer = alice.get("/files/a").await.problem(status);
        assert!(!String::from_utf8_lossy(answer.body()).contains("secret"));
        let is_unavailable = status == StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(answer.header("retry-after"), is_unavailable.then_some("1"));
    }
}
