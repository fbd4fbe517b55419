//! What `/_local/` tells whoever sits at the machine, and nobody else.

mod playground;
mod users;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;

use crate::support::{Actor, Place, Signing};

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

/// A request to `/_local/`, with these headers.
fn asked(place: &Place, method: Method, path: &str, headers: &[(&str, &str)]) -> Request<Bytes> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}/_local/{path}", place.endpoint));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::new()).unwrap()
}

#[tokio::test]
async fn no_other_name_and_no_other_page_is_answered() {
    let place = Place::start().await;
    let own = format!("http://{}", place.host());
    for path in [
        "",
        "inbox",
        "outputs",
        "decisions",
        "stream",
        "users",
        "playground",
        "nothing",
    ] {
        for headers in [
            &[("host", "evil.example")][..],
            &[("origin", "http://evil.example")],
            &[("origin", "null")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
            ],
        ] {
            let answer = place.send(asked(&place, Method::GET, path, headers)).await;
            let answer = answer.status(403);
            assert!(answer.json()["message"].is_string(), "{path} {headers:?}");
        }
    }
    for path in ["inbox", "outputs", "decisions", "users", "playground"] {
        let headers = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
        let answer = place
            .send(asked(&place, Method::GET, path, &headers))
            .await
            .ok();
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(
            answer.headers["x-content-type-options"], "nosniff",
            "{path}"
        );
        assert_eq!(
            answer.headers["cross-origin-resource-policy"], "same-origin",
            "{path}"
        );
        assert!(
            !answer.headers.contains_key("access-control-allow-origin"),
            "{path}"
        );
    }
    for path in ["keys/rotate", "playground"] {
        // A form of another page can post, and cannot say that it is a command.
        let answer = place.send(asked(&place, Method::POST, path, &[])).await;
        assert!(
            answer.status(403).text().contains("x-notewarden-command"),
            "{path}"
        );
    }
    let preflight = asked(
        &place,
        Method::OPTIONS,
        "playground",
        &[("origin", "http://evil.example")],
    );
    let preflight = place.send(preflight).await.status(403);
    assert!(
        !preflight
            .headers
            .contains_key("access-control-allow-headers")
    );
}

/// The one policy of `decision` with this name, and its statements' explanations.
fn policy<'a>(decision: &'a Value, name: &str) -> (&'a Value, Vec<&'a Value>) {
    let explanation = &decision["explanation"];
    let policies = explanation["policies"].as_array().unwrap();
    let statements = explanation["statements"].as_array().unwrap();
    let is_of = |value: &&Value| value["policy"] == name;
    (
        policies.iter().find(is_of).unwrap(),
        statements.iter().filter(is_of).collect(),
    )
}

#[tokio::test]
async fn a_decision_opens_to_the_whole_evaluation() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let stored = alice.put("a.txt", "the content of a file").await.ok();
    let decision = place.decision_on(&stored).await;
    let (own, statements) = policy(&decision, "OwnFolder");
    assert_eq!(own["layer"], "Identity");

    // The statement that decided, in the policy's text and in the template's.
    assert_eq!(
        decision["explanation"]["decidedBy"]["sid"],
        "FilesInOwnFolder"
    );
    let place_of = &own["statements"][0];
    let line = |number: &Value| usize::try_from(number.as_u64().unwrap()).unwrap() - 1;
    let lines: Vec<_> = own["text"].as_str().unwrap().lines().collect();
    let shown = lines[line(&place_of["first"])..=line(&place_of["last"])].join("\n");
    assert!(shown.contains(r#""Sid": "FilesInOwnFolder""#), "{shown}");
    assert!(!shown.contains("ListOwnFolder"), "{shown}");
    assert_eq!(own["file"], "template.yaml");
    let in_template = TEMPLATE
        .lines()
        .nth(line(&place_of["source"]["line"]))
        .unwrap();
    assert!(
        in_template.ends_with("- Sid: FilesInOwnFolder"),
        "{in_template}"
    );

    // Its variables, and why the other statement does not apply.
    let expanded = statements[0]["variables"][0]["expanded"].as_str().unwrap();
    assert!(
        expanded.ends_with(&format!("/private/{}/*", alice.identity_id)),
        "{expanded}"
    );
    assert_eq!(statements[1]["mismatch"]["element"], "Action");

    // The bucket's own policy has a say too, and what was asked is told.
    let (bucket, statements) = policy(&decision, "BucketPolicy");
    assert_eq!(bucket["layer"], "Resource");
    assert_eq!(statements[0]["effect"], "Deny");
    assert_eq!(statements[0]["matches"], false);
    let context = &decision["explanation"]["context"];
    assert_eq!(
        context["cognito-identity.amazonaws.com:sub"],
        alice.identity_id.as_str()
    );

    // Of the API there is no bucket, and never what somebody wrote.
    let note = alice.call(
        Method::POST,
        "/notes",
        Some(serde_json::json!({ "content": "the content of a note" })),
    );
    let note = place.decision_on(&note.await.status(201)).await;
    assert!(policy(&note, "Api").0["text"].is_string());
    for told in [&decision, &note] {
        let told = told.to_string();
        assert!(!told.contains("the content of"), "{told}");
        assert!(!told.contains(&alice.keys.secret));
        assert!(!told.contains(alice.keys.token.as_ref().unwrap()));
    }
    let list = place.get("/_local/decisions?limit=2").await.ok().json();
    assert!(list[0].get("explanation").is_none(), "{list}");
    assert!(list[0]["reason"].is_string());
}

#[tokio::test]
async fn a_signature_that_does_not_match_is_told_by_its_mistake() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let send = async |signed: &str, sent: &str| {
        let mut request = alice.request(Method::GET, signed, &[("x-amz-meta-a", "b")], "");
        Signing::new(&alice.keys, "execute-api").sign(&mut request);
        *request.uri_mut() = format!("{}{sent}", place.endpoint).parse().unwrap();
        place
            .decision_on(&place.send(request).await.status(403))
            .await
    };
    for (signed, sent, mistake) in [
        ("/notes", "/notes?limit=2", "query-left-out"),
        ("/notes/", "/notes", "path-end-slash"),
        ("/notes?a=1%2B1", "/notes?a=1+1", "query-plus-meant"),
    ] {
        let decision = send(signed, sent).await;
        assert_eq!(decision["decision"], "Refused");
        let explanation = &decision["explanation"];
        let diagnosis = &explanation["diagnosis"];
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!([mistake]),
            "{decision}"
        );
        assert!(
            diagnosis["told"]
                .as_str()
                .unwrap()
                .starts_with("the client ")
        );
        assert_ne!(
            diagnosis["canonicalRequest"],
            explanation["canonicalRequest"]
        );
        let told = decision.to_string();
        assert!(!told.contains(&alice.keys.secret));
        assert!(!told.contains(alice.keys.token.as_ref().unwrap()));
        assert!(told.contains("[redacted]"), "{told}");
    }
    // Neither does the list work it out, nor does a wrong secret have a mistake.
    let mut other = alice.keys.clone();
    other.secret = "wrong".to_owned();
    let mut request = alice.request(Method::GET, "/notes", &[], "");
    Signing::new(&other, "execute-api").sign(&mut request);
    let decision = place
        .decision_on(&place.send(request).await.status(403))
        .await;
    let diagnosis = &decision["explanation"]["diagnosis"];
    assert_eq!(diagnosis["mistakes"], serde_json::json!([]));
    assert!(
        diagnosis["told"]
            .as_str()
            .unwrap()
            .contains("another secret"),
        "{decision}"
    );
}
