//! TEN: one person's things out of another's reach, at the HTTP API's door.

use std::time::Duration;

use http::Method;
use notewarden_userpool::Principal;
use serde_json::{Value, json};

use crate::support::{Actor, Answer, Keys, Place, Signing};

/// An answer's problem without what differs from request to request.
fn problem(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem.as_object_mut().unwrap().remove("requestId");
    problem
}

#[tokio::test]
async fn ten_01_anothers_note_answers_as_one_that_does_not_exist() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    let theirs = format!("/notes/{}", alice.note("mine").await);
    let missing = "/notes/0190163d-8694-739b-aea5-966c26f8ad91";
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(json!({ "content": "x" }))),
        (Method::DELETE, None),
    ] {
        let other = bob
            .call(method.clone(), &theirs, body.clone())
            .await
            .status(404);
        let none = bob.call(method, missing, body).await.status(404);
        assert_eq!(problem(&other), problem(&none));
    }
    assert_eq!(alice.get(&theirs).await.json()["content"], "mine");
}

#[tokio::test]
async fn ten_02_03_what_a_client_says_of_itself_never_counts() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    let note = alice.note("mine").await;
    let claims = [
        ("x-user-id", alice.identity_id.as_str()),
        ("cognito-identity.amazonaws.com:sub", &alice.identity_id),
        ("aws:principaltag-team", "admins"),
        ("userid", &alice.identity_id),
        (
            "x-amzn-request-context",
            r#"{"authorizer":{"iam":{"cognitoIdentity":{}}}}"#,
        ),
    ];
    // A header's name cannot hold a colon, so those that could be sent at all are.
    for (name, value) in claims.into_iter().filter(|(name, _)| !name.contains(':')) {
        let path = format!(
            "/notes/{note}?userId={}",
            alice.identity_id.replace(':', "%3A")
        );
        let mut request = bob.request(Method::GET, &path, &[(name, value)], "");
        Signing::new(&bob.keys, "execute-api").sign(&mut request);
        place.send(request).await.status(404);
        bob.s3(Method::PUT, &alice.path("x.txt"), &[(name, value)], "x")
            .await
            .s3_error(403, "AccessDenied");
    }
}

#[tokio::test]
async fn ten_04_the_source_is_the_peer_of_the_connection() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let claims = [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-real-ip", "203.0.113.7"),
        ("forwarded", "for=203.0.113.7"),
    ];
    let mut request = alice.request(Method::GET, "/notes", &claims, "");
    Signing::new(&alice.keys, "execute-api").sign(&mut request);
    let answer = place.send(request).await.status(200);
    let decision = place.decision_on(&answer).await;
    assert_eq!(
        decision["explanation"]["context"]["aws:SourceIp"],
        "127.0.0.1"
    );
}

#[tokio::test]
async fn a_role_without_the_permission_is_denied_everywhere() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let role = Principal::session(
        "000000000000",
        "OtherRole",
        "AROAOTHERROLE0000000",
        "session",
        None,
    );
    let issued = place
        .app()
        .credentials
        .issue_session(role, Duration::from_secs(60))
        .await
        .unwrap();
    let other = Actor {
        keys: Keys {
            id: issued.access_key_id.clone(),
            secret: issued.secret_access_key.expose().to_owned(),
            token: issued
                .session_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
        },
        ..alice.clone()
    };
    let refused = other.get("/notes").await.forbidden();
    let decision = place.decision_on(&refused).await;
    assert_eq!(decision["decision"], "ImplicitlyDenied");
    assert_eq!(
        decision["reason"],
        "the role of this session has no policies here"
    );
    other
        .put("file.txt", "x")
        .await
        .s3_error(403, "AccessDenied");
    // It is known all the same.
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let mut request = other.request(Method::POST, "/", &headers, body);
    Signing::new(&other.keys, "sts").sign(&mut request);
    assert!(
        place
            .send(request)
            .await
            .ok()
            .text()
            .contains("assumed-role/OtherRole/session")
    );
}

#[tokio::test]
async fn ten_14_cursors_belong_to_their_owner() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    for number in 0..3 {
        alice.note(&number.to_string()).await;
        bob.note(&number.to_string()).await;
    }
    let first = alice.get("/notes?limit=1").await.status(200);
    let link = first.headers["link"].to_str().unwrap();
    let next = link
        .split_once('<')
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .0
        .to_owned();
    let next = next
        .strip_prefix(&place.endpoint)
        .unwrap_or(&next)
        .to_owned();
    assert_eq!(alice.get(&next).await.status(200).json()[0]["content"], "1");
    bob.get(&next).await.status(400);
    // The same cursor in the other order is another list's.
    alice.get(&format!("{next}&order=oldest")).await.status(400);
}

#[tokio::test]
async fn ten_21_the_server_owns_its_fields() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    let body = json!({
        "content": "x", "userId": alice.identity_id, "noteId": "0190163d-8694-739b-aea5-966c26f8ad91",
        "createdAt": 1, "updatedAt": 1, "version": 99,
    });
    let note = bob
        .call(Method::POST, "/notes", Some(body))
        .await
        .status(201)
        .json();
    assert_eq!(note["userId"], bob.identity_id.as_str());
    assert_eq!(note["version"], 1);
    assert_ne!(note["noteId"], "0190163d-8694-739b-aea5-966c26f8ad91");
    assert_ne!(note["createdAt"], 1);
}

#[tokio::test]
async fn ten_22_attachments_are_in_the_own_folder_only() {
    let place = Place::start().await;
    let (alice, bob) = (
        Actor::sign_up(&place, "alice").await,
        Actor::sign_up(&place, "bob").await,
    );
    alice.put("secret.txt", "secret").await.ok();
    for name in [
        "secret.txt".to_owned(),
        alice.key("secret.txt"),
        format!("../{}/secret.txt", alice.identity_id),
        format!("/{}", alice.key("secret.txt")),
    ] {
        let body = json!({ "content": "x", "attachments": [name] });
        bob.call(Method::POST, "/notes", Some(body))
            .await
            .status(422);
    }
    // A file of the same name is one's own, and its removal too.
    bob.put("secret.txt", "other").await.ok();
    let body = json!({ "content": "x", "attachments": ["secret.txt"] });
    let note = bob
        .call(Method::POST, "/notes", Some(body))
        .await
        .status(201)
        .json();
    bob.call(
        Method::DELETE,
        &format!("/notes/{}", note["noteId"].as_str().unwrap()),
        None,
    )
    .await
    .status(204);
    let path = alice.path("secret.txt");
    assert_eq!(
        alice.s3(Method::GET, &path, &[], "").await.ok().text(),
        "secret"
    );
}
