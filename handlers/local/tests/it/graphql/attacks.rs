//! Requests that are made to hurt: each is refused with a sentence, and the server goes on.

use std::fmt::Write;

use http::Method;
use serde_json::{Value, json};

use super::{ask, data, error, place, send};
use crate::support::{Actor, Signing};

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let query = r#"{"query":"{ me { userId } }"}"#;
    for body in [
        "",
        "null",
        "{",
        "[]",
        &format!("[{query}]"),
        "{\"query\":1}",
        "{}",
        r#"{"query":""}"#,
        r#"{"query":"{"}"#,
        r#"{"query":"{ me { userId } }","variables":"x"}"#,
        r#"{"query":"{ me { userId } }","variables":[1]}"#,
        r#"{"query":"{ me { userId } }","operationName":1}"#,
        "\u{feff}{}",
        &format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)),
    ] {
        let answer = send(&alice, body.to_owned()).await;
        assert_eq!(answer.status.as_u16(), 400, "{body:.60}");
        let error = &answer.json()["errors"][0];
        assert_eq!(
            error["errorType"], "MalformedHttpRequestException",
            "{body:.60}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty());
    }
    let mut get = alice.request(Method::GET, "/graphql?query=%7Bme%7BuserId%7D%7D", &[], "");
    Signing::new(&alice.keys, "appsync").sign(&mut get);
    place.send(get).await.status(405);
    let long = json!({ "query": "{ me { userId } }", "more": "x".repeat(1 << 20) });
    let answer = send(&alice, long.to_string()).await.status(413);
    assert_eq!(
        answer.json()["errors"][0]["errorType"],
        "RequestEntityTooLargeException"
    );
    data(&alice, "{ me { userId } }", Value::Null).await;
}

#[tokio::test]
async fn what_is_too_much_is_refused_before_anything_is_done() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let mut aliases = String::from("mutation {");
    for number in 0..100 {
        write!(
            aliases,
            " a{number}: createNote(content: \"x\") {{ noteId }}"
        )
        .unwrap();
    }
    aliases.push('}');
    let refused = error(&alice, &aliases, json!({})).await;
    assert_eq!(
        refused["message"],
        "a request may ask for 20 fields, not 100"
    );
    assert_eq!(alice.get("/notes").await.ok().json(), json!([]));

    let mut fragments = String::from("{ me { ...f0 } }");
    for number in 0..2_000 {
        write!(
            fragments,
            " fragment f{number} on Me {{ ...f{0} ...f{0} }}",
            number + 1
        )
        .unwrap();
    }
    fragments.push_str(" fragment f2000 on Me { userId }");
    let nested = format!("{}userId{}", "{ me ".repeat(5_000), "}".repeat(5_000));
    let huge = format!("{{ {} }}", "me { userId } ".repeat(20_000));
    let deep = format!(
        "{{ createNote(content: {}\"x\"{}) }}",
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    let many = format!(
        "{{ {} }}",
        (0..10_000)
            .map(|number| format!("a{number}: me {{ userId }} "))
            .collect::<String>()
    );
    for query in [fragments, nested, huge, deep, many] {
        let body = json!({ "query": query }).to_string();
        let answer = send(&alice, body).await;
        let errors = answer.json()["errors"].as_array().unwrap().len();
        assert!((1..=20).contains(&errors), "{query:.60}");
        assert!(answer.body.len() < 100_000, "{query:.60}");
    }
    data(&alice, "{ me { userId } }", json!({})).await;
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for query in [
        "{ you { userId } }",
        "{ me }",
        "{ me { secret } }",
        "{ note { noteId } }",
        "{ notes(order: fastest) { cursor } }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "{ me { ...a } } fragment a on Me { ...a userId }",
        "query A { me { userId } } query A { me { userId } }",
        "query A { me { userId } } query B { me { userId } }",
        "query($n: ID!) { note(noteId: $n) { noteId } }",
        "{ a: me { userId } a: notes { cursor } }",
        "type Query { me: Int }",
        "mutation { createNote(content: 1) { noteId } }",
    ] {
        let answer = ask(&alice, query, json!({})).await;
        assert_eq!(answer["data"], Value::Null, "{query}");
        assert!(!answer["errors"].as_array().unwrap().is_empty(), "{query}");
    }
    let refused = error(&alice, "subscription { noteChanged { noteId } }", json!({})).await;
    let sentence = refused["message"].as_str().unwrap();
    assert!(
        sentence.starts_with("subscriptions are not served"),
        "{sentence}"
    );
}

#[tokio::test]
async fn the_schema_is_not_told() {
    let place = place().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Note\") { name } }",
        "{ __typename }",
        "{ ... on Query { ...a } } fragment a on Query { x: __schema { types { name } } }",
        "{ me { userId } __schema @skip(if: true) { types { name } } }",
    ] {
        let body = json!({ "query": query }).to_string();
        let answer = send(&alice, body).await.status(401);
        assert_eq!(
            answer.json()["errors"][0]["errorType"],
            "UnauthorizedException",
            "{query}"
        );
    }
    // The type of an object is what caches need, and no secret.
    let me = data(&alice, "{ me { __typename } }", json!({})).await;
    assert_eq!(me["me"]["__typename"], "Me");
    // Whoever may ask for everything learns no more: the template says so.
    let query = json!({ "query": "{ __schema { types { name } } }" }).to_string();
    let mut request = super::request(&alice, query);
    Signing::new(&place.admin_keys(), "appsync").sign(&mut request);
    let answer = place.send(request).await.status(200).json();
    assert!(answer["errors"][0]["message"].is_string(), "{answer}");
    assert!(
        answer["data"]
            .as_object()
            .is_none_or(|data| data.values().all(Value::is_null))
    );
}
