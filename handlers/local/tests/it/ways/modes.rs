//! What the template's parameters make of the API for tokens and keys.

use std::{collections::BTreeMap, sync::Arc};

use http::{Method, StatusCode};
use notewarden::{ephemeral::Ephemeral, wiring::Settings};

use crate::support::{Actor, Answer, Place};

/// A server with values for the template's parameters.
async fn place(parameters: &[(&str, &str)]) -> Arc<Place> {
    let parameters: BTreeMap<_, _> = parameters
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Place::start_as(|settings| Settings {
        parameters,
        ..settings
    })
    .await
}

async fn with(actor: &Actor, name: &'static str, value: &str) -> Answer {
    let request = actor.request(Method::GET, "/notes", &[(name, value)], "");
    actor.place.send(request).await
}

#[tokio::test]
async fn a_jwt_authorizer_takes_tokens_of_its_issuer_and_nothing_else() {
    let place = place(&[("TokenAuth", "jwt")]).await;
    let alice = Actor::sign_up(&place, "alice").await;
    let note = alice.note("hers").await;
    // The access token first, before anything has linked her.
    let unknown = with(&alice, "authorization", &alice.access_token).await;
    let unknown = unknown.status(403).json();
    assert_eq!(unknown["type"], "urn:notewarden:problem:id-token-needed");
    for token in [&alice.id_token, &alice.access_token] {
        let listed = with(&alice, "authorization", &format!("Bearer {token}")).await;
        let listed = listed.ok().json();
        assert_eq!(listed[0]["noteId"], note.as_str());
        assert_eq!(listed[0]["userId"], alice.identity_id.as_str());
    }
    let key = alice.api_key(&["notes:*"]).await;
    let key = key["secret"].as_str().unwrap();
    for (name, value) in [
        ("authorization", key),
        ("x-api-key", key),
        ("authorization", "x.y.z"),
    ] {
        let refused = with(&alice, name, value).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.json()["message"], "Unauthorized");
    }
}

#[tokio::test]
async fn without_the_api_for_tokens_only_signatures_count() {
    let place = place(&[("TokenAuth", "none")]).await;
    let alice = Actor::sign_up(&place, "alice").await;
    alice.get("/notes").await.ok();
    let refused = with(
        &alice,
        "authorization",
        &format!("Bearer {}", alice.id_token),
    )
    .await;
    assert_eq!(refused.status(403).json()["message"], "Forbidden");
}

#[tokio::test]
async fn why_a_credential_was_refused_is_in_the_decision_log_and_the_credential_is_not() {
    let server = Ephemeral::start().await.unwrap();
    let place = Arc::new(Place::at(serde_json::to_value(server.outputs()).unwrap()));
    let shown = "nw_0000000000000001_".to_owned() + &"ab".repeat(36);
    let request = http::Request::get(format!("{}/notes", place.endpoint))
        .header("host", place.host())
        .header("x-api-key", &shown);
    let refused = place
        .send(request.body("".into()).unwrap())
        .await
        .status(403);
    let id = refused.headers["x-amzn-requestid"].to_str().unwrap();
    let path = format!("{}/_local/decisions/{id}", place.endpoint);
    let request = http::Request::get(path).header("host", place.host());
    let decision = place.send(request.body("".into()).unwrap()).await.ok();
    assert_eq!(decision.json()["decision"], "Refused");
    let text = String::from_utf8_lossy(&decision.body);
    assert!(text.contains("the API key is none"), "{text}");
    assert!(!text.contains(&shown[20..]), "{text}");
}
