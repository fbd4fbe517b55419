//! The same by both doors: what is done by one is seen by the other, and what one refuses the other refuses alike.

use http::Method;
use serde_json::{Value, json};

use super::{ask, data, error, place};
use crate::support::Actor;

const NOTE: &str = "{ userId noteId content attachments attachment createdAt updatedAt version }";

/// JSON with every number as a float: GraphQL has times and sizes as `Float`.
fn floats(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(floats).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, floats(value)))
            .collect(),
        other => other,
    }
}

#[tokio::test]
async fn notes_are_the_same_by_both_doors() {
    let place = place().await;
    assert_eq!(
        place.output("GraphQlApi"),
        format!("{}/graphql", place.endpoint)
    );
    let alice = Actor::sign_up(&place, "alice").await;
    alice.put("a.txt", "x").await.ok();
    let create = format!(
        "mutation($c: String!, $a: [String!]) {{ createNote(content: $c, attachments: $a) {NOTE} }}"
    );
    let created =
        data(&alice, &create, json!({"c": "hällo", "a": ["a.txt"]})).await["createNote"].clone();
    let path = format!("/notes/{}", created["noteId"].as_str().unwrap());
    let read = alice.get(&path).await.ok().json();
    assert_eq!(floats(read), floats(created.clone()));
    assert_eq!(created["userId"], alice.identity_id.as_str());

    let update = format!(
        "mutation($n: ID!, $c: String, $v: Int) {{ updateNote(noteId: $n, content: $c, expectedVersion: $v) {NOTE} }}"
    );
    let change = json!({"n": created["noteId"], "c": "two", "v": 1});
    let changed = data(&alice, &update, change.clone()).await["updateNote"].clone();
    assert_eq!(changed["version"], 2);
    // What is left out stays.
    assert_eq!(changed["attachments"], json!(["a.txt"]));
    let lost = error(&alice, &update, change).await;
    assert_eq!(lost["errorType"], "PreconditionFailed");
    assert_eq!(lost["path"], json!(["updateNote"]));
    assert_eq!(lost["errorInfo"]["status"], 412);

    let read = format!("query($n: ID!) {{ one: note(noteId: $n) {NOTE} }}");
    let found = data(&alice, &read, json!({"n": created["noteId"]})).await["one"].clone();
    assert_eq!(floats(found), floats(alice.get(&path).await.ok().json()));

    let delete = "mutation($n: ID!, $v: Int) { deleteNote(noteId: $n, attachments: keep, expectedVersion: $v) }";
    let gone = data(&alice, delete, json!({"n": created["noteId"], "v": 2})).await;
    assert_eq!(gone["deleteNote"], created["noteId"]);
    alice.get(&path).await.status(404);
    // The file is kept, as was asked for.
    let file = data(
        &alice,
        "{ file(name: \"a.txt\") { name size etag } }",
        json!({}),
    )
    .await;
    assert_eq!(file["file"]["size"], 1.0);
}

#[tokio::test]
async fn a_list_goes_on_at_either_door() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(alice.note(&number.to_string()).await);
    }
    let query = "query($c: String) { notes(limit: 2, order: oldest, cursor: $c) { items { noteId } cursor } }";
    let mut found = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = data(&alice, query, json!({ "c": cursor })).await["notes"].clone();
        let items = page["items"].as_array().unwrap();
        found.extend(
            items
                .iter()
                .map(|note| note["noteId"].as_str().unwrap().to_owned()),
        );
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
        let path = format!(
            "/notes?limit=2&order=oldest&cursor={}",
            cursor.as_str().unwrap()
        );
        alice.get(&path).await.ok();
    }
    assert_eq!(found, ids);
    // A cursor of another person or another list is refused.
    let bob = Actor::sign_up(&place, "bob").await;
    let first = data(&alice, query, json!({})).await["notes"]["cursor"].clone();
    let stolen = error(&bob, query, json!({ "c": first })).await;
    assert_eq!(stolen["errorType"], "MalformedRequest");
    assert_eq!(stolen["errorInfo"]["field"], "cursor");
}

#[tokio::test]
async fn a_key_makes_one_thing_whichever_door_it_is_used_at() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let query =
        "mutation($c: String!) { createNote(content: $c, idempotencyKey: \"once\") { noteId } }";
    let first = data(&alice, query, json!({"c": "x"})).await;
    assert_eq!(data(&alice, query, json!({"c": "x"})).await, first);
    let other = error(&alice, query, json!({"c": "y"})).await;
    assert_eq!(other["errorType"], "IdempotencyKeyReused");
    let headers = [
        ("idempotency-key", "once"),
        ("content-type", "application/json"),
    ];
    let send = async |body: &'static str| {
        let mut request = alice.request(Method::POST, "/notes", &headers, body);
        crate::support::Signing::new(&alice.keys, "execute-api").sign(&mut request);
        place.send(request).await
    };
    let same = send(r#"{"content":"x"}"#).await.status(201).json();
    assert_eq!(same["noteId"], first["createNote"]["noteId"]);
    send(r#"{"content":"y"}"#).await.status(422);
    let notes = alice.get("/notes").await.ok().json();
    assert_eq!(notes.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn files_archives_and_the_account_are_the_same_by_both_doors() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let query = "mutation { createFile(name: \"d/ö?.txt\", size: 5, contentType: \"text/plain\") {
        name upload { method url expiresAt headers { name value } } } }";
    let made = data(&alice, query, json!({})).await["createFile"]["upload"].clone();
    let mut upload = http::Request::builder()
        .method("PUT")
        .uri(made["url"].as_str().unwrap());
    for header in made["headers"].as_array().unwrap() {
        upload = upload.header(
            header["name"].as_str().unwrap(),
            header["value"].as_str().unwrap(),
        );
    }
    let upload = upload.body("hello".into()).unwrap();
    place.send(upload).await.ok();

    let file = "{ name size contentType etag modifiedAt }";
    let listed = data(
        &alice,
        &format!("{{ files(prefix: \"d/\") {{ items {file} }} }}"),
        json!({}),
    )
    .await;
    let by_api = alice.get("/files").await.ok().json();
    assert_eq!(floats(listed["files"]["items"].clone()), floats(by_api));
    let link = data(
        &alice,
        "{ fileDownload(name: \"d/ö?.txt\") { url } }",
        json!({}),
    )
    .await;
    let link = http::Request::get(link["fileDownload"]["url"].as_str().unwrap());
    let bytes = place.send(link.body("".into()).unwrap()).await.ok();
    assert_eq!(bytes.text(), "hello");

    let job = "{ archiveId status name filesTotal filesDone bytesTotal bytesDone missing missingTotal size createdAt
        expiresAt error cost { expected actual } }";
    let asked = data(
        &alice,
        &format!("mutation {{ createArchive(prefix: \"d/\") {job} }}"),
        json!({}),
    )
    .await;
    assert_eq!(asked["createArchive"]["filesTotal"], 1.0);
    let ready = alice.archive(&json!({ "prefix": "d/" })).await;
    let both = format!("{{ archive(archiveId: \"{ready}\") {job} archives {{ items {job} }} }}");
    let found = data(&alice, &both, json!({})).await;
    assert_eq!(found["archive"]["status"], "ready");
    assert_eq!(found["archives"]["items"].as_array().unwrap().len(), 2);
    let link = format!("{{ archiveDownload(archiveId: \"{ready}\") {{ url }} }}");
    let link = data(&alice, &link, json!({})).await["archiveDownload"]["url"].clone();
    let zip = http::Request::get(link.as_str().unwrap())
        .body("".into())
        .unwrap();
    assert!(place.send(zip).await.ok().body.starts_with(b"PK"));

    let me = "{ me { userId provider signedInWith usage { notes files bytes } quota { files bytes fileBytes } } }";
    let me = data(&alice, me, json!({})).await["me"].clone();
    assert_eq!(floats(me), floats(alice.get("/me").await.ok().json()));
}

/// Requests that both doors refuse: a query with its variables, and the same of the HTTP API.
fn refused() -> Vec<(&'static str, Value, Method, String, Option<Value>)> {
    let missing = "0190163d-8694-739b-aea5-966c26f8ad91";
    let note = |id: &str| format!("/notes/{id}");
    let create = "mutation($c: String!, $a: [String!]) { createNote(content: $c, attachments: $a) { noteId } }";
    let get = "query($n: ID!) { note(noteId: $n) { noteId } }";
    let long = "x".repeat(100_001);
    let members =
        |content: &str, names: &Value| Some(json!({ "content": content, "attachments": names }));
    let lost = json!(["lost.txt"]);
    let bad = json!(["../x"]);
    vec![
        (get, json!({"n": missing}), Method::GET, note(missing), None),
        (get, json!({"n": "x"}), Method::GET, note("x"), None),
        (
            create,
            json!({"c": long, "a": []}),
            Method::POST,
            "/notes".into(),
            members(&long, &json!([])),
        ),
        (
            create,
            json!({"c": "c", "a": lost}),
            Method::POST,
            "/notes".into(),
            members("c", &lost),
        ),
        (
            create,
            json!({"c": "c", "a": bad}),
            Method::POST,
            "/notes".into(),
            members("c", &bad),
        ),
        (
            "{ notes(limit: 0) { cursor } }",
            json!({}),
            Method::GET,
            "/notes?limit=0".into(),
            None,
        ),
        (
            "{ files(cursor: \"x\") { cursor } }",
            json!({}),
            Method::GET,
            "/files?cursor=x".into(),
            None,
        ),
        (
            "mutation { createFile(name: \"f\", size: 1.5, contentType: \"t/t\") { name } }",
            json!({}),
            Method::POST,
            "/files".into(),
            Some(json!({"name": "f", "size": 1.5, "contentType": "t/t"})),
        ),
        (
            "mutation { createFile(name: \"f\", size: 1e15, contentType: \"t/t\") { name } }",
            json!({}),
            Method::POST,
            "/files".into(),
            Some(json!({"name": "f", "size": 1_000_000_000_000_000_u64, "contentType": "t/t"})),
        ),
        (
            "mutation { deleteFile(name: \"lost.txt\") }",
            json!({}),
            Method::DELETE,
            "/files/lost.txt".into(),
            None,
        ),
        (
            "mutation { createArchive { archiveId } }",
            json!({}),
            Method::POST,
            "/archives".into(),
            Some(json!({})),
        ),
        (
            "{ archiveDownload(archiveId: \"x\") { url } }",
            json!({}),
            Method::GET,
            "/archives/x?download".into(),
            None,
        ),
    ]
}

#[tokio::test]
async fn what_one_door_refuses_the_other_refuses_alike() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for (query, variables, method, path, body) in refused() {
        let problem = alice.call(method, &path, body).await.json();
        let error = error(&alice, query, variables).await;
        assert_eq!(error["message"], problem["detail"], "{query}");
        for member in ["type", "status", "field"] {
            assert_eq!(error["errorInfo"][member], problem[member], "{query}");
        }
        assert!(error["errorType"].is_string(), "{query}");
    }
    // One field's error is beside the value of another.
    let query = "{ note(noteId: \"x\") { noteId } b: notes { items { noteId } } }";
    let both = ask(&alice, query, json!({})).await;
    assert_eq!(both["data"], json!({ "note": null, "b": { "items": [] } }));
    assert_eq!(both["errors"][0]["path"], json!(["note"]));
    assert_eq!(
        both["errors"][0]["locations"],
        json!([{ "line": 1, "column": 3, "sourceName": null }])
    );
}
