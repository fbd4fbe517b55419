//! Attacks on tenants, each by its number in the project's attack list.

use http::Method;
use notewarden_testkit::fixtures::NOON;
use serde_json::json;

use crate::world::World;

const ABSENT: &str = "/notes/0193bb5a-7c00-7000-8000-00000000000a";

/// The notes of others answer exactly as notes that do not exist.
#[tokio::test]
async fn ten_01_another_persons_note_does_not_exist() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    let path = alice.note("of alice").await;
    let before = alice.get(&path).await.ok();
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        for tags in [None, Some("*"), Some("\"1\""), Some("\"2\"")] {
            let ask = async |path: &str| {
                let mut call = bob.request(method.clone(), path);
                if let Some(tags) = tags {
                    call = call.header("if-match", tags);
                }
                call.json(&json!({ "content": "of bob" })).send().await
            };
            let (theirs, absent) = (ask(&path).await.not_found(), ask(ABSENT).await.not_found());
            assert_eq!(theirs.to_string(), absent.to_string());
        }
    }
    assert_eq!(bob.get("/notes").await.ok().json(), json!([]));
    assert_eq!(alice.get(&path).await.ok().json(), before.json());
}

/// The owner comes from verified credentials, whatever a request says.
#[tokio::test]
async fn ten_02_an_identity_in_a_request_is_ignored() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    let path = alice.note("of alice").await;
    let id = alice.identity.as_str();
    let query = format!("userId={id}&cognitoIdentityId={id}&identityId={id}&owner={id}");
    let body = json!({
        "content": "of bob", "userId": id, "cognitoIdentityId": id, "identityId": id, "owner": id,
        "requestContext": { "authorizer": { "iam": { "cognitoIdentity": { "identityId": id } } } }
    });
    let ask = async |method, path: &str| {
        let call = bob.request(method, &format!("{path}?{query}")).json(&body);
        call.header("x-user-id", id)
            .header("x-cognito-identity-id", id)
            .header("x-amzn-request-context", id)
            .header("cognito-identity.amazonaws.com-sub", id)
            .send()
            .await
    };
    let created = ask(Method::POST, "/notes").await.created();
    assert_eq!(created.text("userId"), bob.identity.as_str());
    let listed = ask(Method::GET, "/notes").await.ok().json();
    assert_eq!(listed, json!([created.json()]));
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        ask(method, &path).await.not_found();
    }
    assert_eq!(
        alice.get("/notes").await.json().as_array().map(Vec::len),
        Some(1)
    );
}

/// A cursor is bound to whom it was given, and leads nobody into another's list.
#[tokio::test]
async fn ten_14_a_cursor_of_another_person_is_refused() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    for _ in 0..3 {
        alice.note("of alice").await;
        bob.note("of bob").await;
    }
    for order in ["", "&order=oldest"] {
        let next = alice
            .get(&format!("/notes?limit=1{order}"))
            .await
            .ok()
            .next()
            .unwrap();
        bob.get(&next).await.bad_request().naming("cursor");
        let rest = alice.get(&next).await.ok().json();
        assert_eq!(rest[0]["content"], "of alice");
        // Edited anywhere, it is no cursor.
        for at in next.find("cursor=").map(|at| at + 7).unwrap()..next.len() {
            let mut edited = next.clone().into_bytes();
            edited[at] = if edited[at] == b'A' { b'B' } else { b'A' };
            let edited = String::from_utf8(edited).unwrap();
            alice.get(&edited).await.bad_request().naming("cursor");
        }
    }
}

/// What the server owns cannot be written.
#[tokio::test]
async fn ten_21_server_owned_members_are_not_taken() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&bob, &["secret"]);
    let forged = |content: &str| {
        json!({
            "content": content, "userId": bob.identity, "owner": bob.identity,
            "noteId": ABSENT.strip_prefix("/notes/"), "id": 1,
            "createdAt": 1, "created_at": 1, "updatedAt": 1, "version": 99,
            "attachmentKey": bob.key("secret").as_str(),
            "__proto__": { "version": 99 }
        })
    };
    let created = alice.post("/notes", forged("one")).await.created();
    let path = created.header("location").unwrap().to_owned();
    let mut expected = json!({
        "userId": alice.identity,
        "noteId": path.strip_prefix("/notes/").unwrap(),
        "content": "one", "attachments": [], "attachment": null,
        "createdAt": NOON, "updatedAt": NOON, "version": 1
    });
    assert_eq!(created.json(), expected);
    let updated = alice.put(&path, forged("two")).await.ok();
    expected["content"] = json!("two");
    expected["version"] = json!(2);
    assert_eq!(updated.json(), expected);
    alice.get(ABSENT).await.not_found();
    assert_eq!(bob.get("/notes").await.json(), json!([]));
}

/// An attachment is a name in the caller's own folder, so deleting a note reaches no further.
#[tokio::test]
async fn ten_22_an_attachment_cannot_point_into_another_folder() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["secret", "a/secret"]);
    let key = alice.key("secret");
    let id = alice.identity.as_str();
    for name in [
        key.as_str().to_owned(),
        format!("../{id}/secret"),
        format!("a/../../{id}/secret"),
        format!("/{key}"),
        format!("..%2F{id}%2Fsecret"),
        format!("s3://bucket/{key}"),
        format!("..\\{id}\\secret"),
        "secret".to_owned(),
    ] {
        for body in [
            json!({ "content": "", "attachment": name }),
            json!({ "content": "", "attachments": [name] }),
        ] {
            bob.post("/notes", body).await.unprocessable();
        }
    }
    // A name that both have is each one's own file.
    world.upload(&bob, &["secret"]);
    let body = json!({ "content": "", "attachment": "secret" });
    let created = bob.post("/notes", body).await.created();
    let path = created.header("location").unwrap();
    bob.delete(path).await.no_content();
    assert_eq!(
        world.files.keys(),
        [alice.key("a/secret"), alice.key("secret")]
    );
}

/// A request captured and sent again within its signature's time does nothing twice.
#[tokio::test]
async fn sig_07_a_replayed_request_has_no_second_effect() {
    let alice = World::new().person();
    let post = async || {
        let call = alice.request(Method::POST, "/notes");
        let call = call.header("idempotency-key", "c2f9");
        call.json(&json!({ "content": "once" })).send().await
    };
    let first = post().await.created();
    assert_eq!(post().await.created().body(), first.body());
    let path = first.header("location").unwrap();
    let put = async || {
        let call = alice.request(Method::PUT, path).header("if-match", "\"1\"");
        call.json(&json!({ "content": "changed" })).send().await
    };
    put().await.ok();
    put().await.precondition_failed();
    alice.put(path, json!({ "content": "later" })).await.ok();
    put().await.precondition_failed();
    assert_eq!(alice.get(path).await.text("content"), "later");
    alice.delete(path).await.no_content();
    alice.delete(path).await.not_found();
    assert_eq!(post().await.created().body(), first.body());
    assert_eq!(
        alice.get("/notes").await.json(),
        json!([]),
        "nothing came back"
    );
}

/// The files and archives of others answer exactly as those that do not exist.
#[tokio::test]
async fn ten_01_anothers_file_or_archive_does_not_exist() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["secret"]);
    let accepted = alice.post("/archives", json!({ "files": ["secret"] }));
    let archive = accepted.await.header("location").unwrap().to_owned();
    for (theirs, absent) in [
        ("/files/secret", "/files/absent"),
        (&*archive, "/archives/0193bb5a-7c00-7000-8000-00000000000a"),
    ] {
        for query in ["", "?download", "?force"] {
            for method in [Method::GET, Method::DELETE] {
                let ask = async |path: &str| {
                    let path = format!("{path}{query}");
                    let answer = bob.request(method.clone(), &path).send().await;
                    answer.not_found().to_string()
                };
                assert_eq!(ask(theirs).await, ask(absent).await);
            }
        }
    }
    alice.get("/files/secret").await.ok();
    assert_eq!(alice.get(&archive).await.ok().text("status"), "queued");
}

/// An archive is of the caller's own files, however they are named.
#[tokio::test]
async fn ten_20_an_archive_has_no_files_of_others() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["secret"]);
    world.upload(&bob, &["own"]);
    let ask = async |name: &str| {
        let body = json!({ "files": ["own", name] });
        let answer = bob.post("/archives", body).await.unprocessable();
        answer.naming("files").text("detail").replace(name, "…")
    };
    let absent = ask("absent").await;
    assert_eq!(ask("secret").await, absent);
    let id = alice.identity.as_str();
    assert_eq!(ask(&format!("private/{id}/secret")).await, absent);
    for name in [format!("../{id}/secret"), format!("/private/{id}/secret")] {
        let answer = bob.post("/archives", json!({ "files": [name] })).await;
        answer.unprocessable().naming("files");
        let answer = bob.post("/archives", json!({ "prefix": name })).await;
        answer.unprocessable().naming("prefix");
    }
    let all = bob
        .post("/archives", json!({ "prefix": "", "owner": id }))
        .await;
    assert_eq!(all.json()["filesTotal"], 1);
}
