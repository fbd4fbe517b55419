//! Which request each field is.

use std::collections::BTreeSet;

use notewarden_graphql::{Resolution, fields};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{event, resolve, response};

/// A field, its arguments, and the request's line and body.
type Row = (
    &'static str,
    &'static str,
    Value,
    &'static str,
    &'static str,
);

fn table() -> Vec<Row> {
    vec![
        ("Query", "note", json!({"noteId": "n"}), "GET /notes/n", ""),
        ("Query", "notes", json!({}), "GET /notes", ""),
        (
            "Query",
            "notes",
            json!({"cursor": "a&b", "order": "oldest", "limit": 2}),
            "GET /notes?limit=2&order=oldest&cursor=a%26b",
            "",
        ),
        (
            "Query",
            "notes",
            json!({"cursor": null, "limit": null}),
            "GET /notes",
            "",
        ),
        (
            "Query",
            "file",
            json!({"name": "a b/c?.txt"}),
            "GET /files/a%20b/c%3F.txt",
            "",
        ),
        (
            "Query",
            "files",
            json!({"prefix": "a/"}),
            "GET /files?prefix=a%2F",
            "",
        ),
        (
            "Query",
            "fileDownload",
            json!({"name": "a"}),
            "GET /files/a?download",
            "",
        ),
        (
            "Query",
            "archive",
            json!({"archiveId": "x"}),
            "GET /archives/x",
            "",
        ),
        (
            "Query",
            "archives",
            json!({"limit": 1}),
            "GET /archives?limit=1",
            "",
        ),
        (
            "Query",
            "archiveDownload",
            json!({"archiveId": "x"}),
            "GET /archives/x?download",
            "",
        ),
        ("Query", "me", json!({}), "GET /me", ""),
        (
            "Mutation",
            "createNote",
            json!({"idempotencyKey": "k", "attachments": ["f"], "content": "c"}),
            "POST /notes",
            r#"{"content":"c","attachments":["f"]}"#,
        ),
        (
            "Mutation",
            "updateNote",
            json!({"noteId": "n", "content": null, "expectedVersion": 3}),
            "PUT /notes/n",
            r#"{"content":null}"#,
        ),
        (
            "Mutation",
            "deleteNote",
            json!({"noteId": "n", "attachments": "keep", "expectedVersion": 3}),
            "DELETE /notes/n?attachments=keep",
            "",
        ),
        (
            "Mutation",
            "createFile",
            json!({"contentType": "t/t", "size": 5.0, "name": "f"}),
            "POST /files",
            r#"{"name":"f","size":5,"contentType":"t/t"}"#,
        ),
        (
            "Mutation",
            "deleteFile",
            json!({"name": "f", "force": true}),
            "DELETE /files/f?force=true",
            "",
        ),
        (
            "Mutation",
            "createArchive",
            json!({"files": ["f"], "prefix": "p", "name": "n.zip"}),
            "POST /archives",
            r#"{"files":["f"],"prefix":"p","name":"n.zip"}"#,
        ),
        (
            "Mutation",
            "deleteArchive",
            json!({"archiveId": "x"}),
            "DELETE /archives/x",
            "",
        ),
    ]
}

#[tokio::test]
async fn every_field_is_one_request_of_the_api() {
    let mut left: BTreeSet<_> = fields().collect();
    for (kind, field, arguments, line, body) in table() {
        let (_, seen) = resolve(event(kind, field, arguments), || response(200, "{}")).await;
        let seen = seen.unwrap();
        assert_eq!((&*seen.line, &*seen.body), (line, body), "{kind}.{field}");
        assert_eq!(seen.context.route_key, format!("{kind}.{field}"));
        assert_eq!(seen.headers.contains_key("content-type"), !body.is_empty());
        left.remove(&(kind, field));
    }
    assert_eq!(left, BTreeSet::new());
}

#[tokio::test]
async fn keys_and_versions_are_headers_and_the_caller_is_who_signed() {
    let arguments = json!({"content": "c", "idempotencyKey": "k 1"});
    let (_, seen) = resolve(event("Mutation", "createNote", arguments), || {
        response(200, "{}")
    })
    .await;
    let seen = seen.unwrap();
    assert_eq!(seen.headers["idempotency-key"], "k 1");
    assert_eq!(seen.context.request_id, "the-request");
    // The last address is that of who reached AWS; those before it anybody can write.
    assert_eq!(seen.context.http.source_ip, "203.0.113.9");
    let iam = seen.context.authorizer.unwrap().iam.unwrap();
    let identity = iam.cognito_identity.unwrap();
    assert_eq!(identity.amr, ["authenticated", "p", "p:CognitoSignIn:s"]);
    assert!(identity.identity_id.ends_with('b'));

    let arguments = json!({"noteId": "n", "content": "c", "expectedVersion": 3});
    let (_, seen) = resolve(event("Mutation", "updateNote", arguments), || {
        response(200, "{}")
    })
    .await;
    assert_eq!(seen.unwrap().headers["if-match"], "\"3\"");
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused_and_asks_for_nothing() {
    for (kind, field, arguments, message) in [
        ("Query", "note", json!({}), "`noteId` is missing"),
        (
            "Query",
            "note",
            json!({"noteId": 1}),
            "`noteId` is of another type",
        ),
        (
            "Query",
            "note",
            json!({"noteId": "n", "x": 1}),
            "nothing is known as `x`",
        ),
        ("Query", "createNote", json!({}), "there is no such field"),
        ("Note", "content", json!({}), "there is no such field"),
        (
            "Mutation",
            "createNote",
            json!({"content": "c", "idempotencyKey": "a\nb"}),
            "`idempotencyKey` has a character that cannot be sent on",
        ),
    ] {
        let (resolution, seen) =
            resolve(event(kind, field, arguments), || response(200, "{}")).await;
        let Resolution::Error(error) = resolution else {
            panic!("{kind}.{field} has a value");
        };
        assert_eq!(
            (&*error.kind, &*error.message),
            ("MalformedRequest", message)
        );
        assert!(seen.is_none(), "{seen:?}");
    }
}

/// Values as an event may have them, whatever the schema says.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(Value::from)
    })
}

proptest! {
    #[test]
    fn whatever_the_arguments_are_a_field_has_a_value_or_an_error(
        which in 0..16_usize,
        values in proptest::collection::vec(values(), 9),
    ) {
        let (kind, field) = fields().nth(which).unwrap();
        let names = [
            "noteId", "name", "archiveId", "limit", "cursor", "content", "size", "expectedVersion", "idempotencyKey",
        ];
        let given: Map<String, Value> = names.into_iter().map(str::to_owned).zip(values).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for name in [None].into_iter().chain(names.map(Some)) {
            let mut arguments = given.clone();
            arguments.retain(|key, _| name.is_none_or(|name| key == name));
            let event = event(kind, field, arguments);
            runtime.block_on(resolve(event, || response(200, "{}")));
        }
    }
}
