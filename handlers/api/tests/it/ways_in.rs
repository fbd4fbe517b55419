//! The ways in beside signatures: whoever comes by a key or a token is the owner that it was made for, with no more
//! rights than it has, and never somebody else.

use axum::Router;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use notewarden_api::{GatewayContext, Way, routes};
use notewarden_domain::{
    Caller, Scope, Scopes,
    api_key::ApiKeyId,
    api_keys::{KeyDraft, USE_INTERVAL},
};
use notewarden_testkit::{
    client::Actor,
    fixtures::{noon_plus, unsigned_request_context},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{Person, World};

const ISSUER: &str = "https://issuer.example";

/// Somebody whose requests an authorizer of this kind let through with `found`.
fn through(
    world: &World,
    kind: &'static str,
    found: Value,
    token: Option<String>,
) -> Actor<Router> {
    Actor::new(world.router.clone(), move |parts, _| {
        let mut context = unsigned_request_context(parts.method.as_str(), parts.uri.path());
        context["authorizer"] = json!({ kind: found });
        let context: GatewayContext = serde_json::from_value(context).unwrap();
        parts.extensions.insert(context);
        if let Some(token) = &token {
            let value = format!("Bearer {token}").parse().unwrap();
            parts.headers.insert("authorization", value);
        }
    })
}

fn claims(subject: &str, token_use: &str) -> Value {
    json!({ "claims": { "iss": ISSUER, "sub": subject, "token_use": token_use,
                        "scope": "aws.cognito.signin.user.admin" }, "scopes": null })
}

/// A token of the fake broker's that says whose it is.
fn id_token(world: &World, subject: &str) -> String {
    let payload = json!({ "iss": ISSUER, "sub": subject }).to_string();
    let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
    let token = format!("x.{payload}.x");
    world.identities.add("issuer.example", subject, &token);
    token
}

/// Who the API takes somebody for: the owner of a note that they make.
async fn owner(actor: &Actor<Router>) -> String {
    let made = actor.post("/notes", json!({ "content": "x" })).await;
    made.created().text("userId")
}

#[tokio::test]
async fn an_id_token_is_exchanged_once_and_leads_access_tokens_from_then_on() {
    let world = World::new();
    let access = through(&world, "jwt", claims("alice", "access"), None);
    let refused = access.get("/notes").await.has(StatusCode::FORBIDDEN);
    assert!(refused.text("type").ends_with(":id-token-needed"));
    assert!(
        refused
            .text("detail")
            .contains("come once with its ID token")
    );

    let token = id_token(&world, "alice");
    let alice = owner(&through(&world, "jwt", claims("alice", "id"), Some(token))).await;
    assert_eq!(owner(&access).await, alice);
    // The link is kept: the broker is not asked again, and so a token that it would refuse does no harm.
    let stale = through(
        &world,
        "jwt",
        claims("alice", "id"),
        Some("x.x.x".to_owned()),
    );
    assert_eq!(owner(&stale).await, alice);
}

#[tokio::test]
async fn a_token_of_another_person_beside_verified_claims_makes_nobody_of_them() {
    let world = World::new();
    let bobs = id_token(&world, "bob");
    for token in [Some(bobs), Some("nonsense".to_owned()), None] {
        let actor = through(&world, "jwt", claims("alice", "id"), token);
        let refused = actor.get("/notes").await.has(StatusCode::FORBIDDEN);
        assert!(refused.text("type").ends_with(":id-token-needed"));
    }
}

fn draft(scopes: &[Scope]) -> KeyDraft {
    let none = Scopes::default();
    KeyDraft {
        name: "a script".parse().unwrap(),
        scopes: scopes.iter().fold(none, |all, &scope| all.with(scope)),
        expires_at: None,
    }
}

async fn key_of(world: &World, person: &Person, scopes: &[Scope]) -> (ApiKeyId, String) {
    let caller = Caller::signed_in(person.identity.clone());
    let made = world.api_keys.create(&caller, draft(scopes)).await;
    let (key, token) = made.unwrap();
    (key.id, token.expose())
}

#[tokio::test]
async fn a_key_reaches_what_its_scopes_say_of_its_owners_and_never_keys() {
    let world = World::new();
    let alice = world.person();
    let note = alice.note("hers").await;
    let (_, text) = key_of(&world, &alice, &[Scope::NotesRead]).await;
    let key = world.api_keys.authenticate(&text).await.unwrap().unwrap();
    let context = Value::Object(Way::by_key(&key).context());
    let script = through(&world, "lambda", context, Some(text));
    assert_eq!(script.get(&note).await.ok().text("content"), "hers");
    for route in routes()
        .iter()
        .filter(|route| route.operation_id != "getContract")
    {
        let mut path = route.path.to_owned();
        for (parameter, value) in [
            ("{noteId}", "0193bb5a-7c00-7000-8000-00000000000a"),
            ("{archiveId}", "0193bb5a-7c00-7000-8000-00000000000b"),
            ("{keyId}", "0000000000000000"),
            ("{name+}", "file.txt"),
        ] {
            path = path.replace(parameter, value);
        }
        let call = script.request(route.method.clone(), &path);
        let body = json!({ "content": "x", "name": "x", "scopes": ["notes:read"], "size": 1,
                           "contentType": "text/plain", "files": ["file.txt"] });
        let status = call.json(&body).send().await.status();
        let is_read = route.method == Method::GET && route.path.starts_with("/notes");
        let is_refused = status == StatusCode::FORBIDDEN;
        assert_eq!(
            is_refused, !is_read,
            "{} {}: {status}",
            route.method, route.path
        );
    }
}

#[tokio::test]
async fn a_key_is_made_shown_listed_and_revoked() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    let body = json!({ "name": "laptop", "scopes": ["files:*", "notes:read"],
                       "expiresAt": noon_plus(60) });
    let made = alice.post("/api-keys", body).await.created();
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let made = made.json();
    assert_eq!(
        made["scopes"],
        json!(["notes:read", "files:read", "files:write"])
    );
    let (id, secret) = (
        made["keyId"].as_str().unwrap(),
        made["secret"].as_str().unwrap(),
    );
    assert!(secret.starts_with(&format!("nw_{id}_")));

    let listed = alice.get("/api-keys").await.ok().json();
    assert_eq!(listed[0]["keyId"], id);
    assert_eq!(listed[0]["secret"], Value::Null);
    assert_eq!(bob.get("/api-keys").await.ok().json(), json!([]));

    let path = format!("/api-keys/{id}");
    bob.delete(&path).await.not_found();
    assert!(world.api_keys.authenticate(secret).await.unwrap().is_some());
    alice.delete(&path).await.has(StatusCode::NO_CONTENT);
    assert!(world.api_keys.authenticate(secret).await.unwrap().is_none());
    alice.delete(&path).await.not_found();
    alice.delete("/api-keys/nonsense").await.not_found();
}

#[tokio::test]
async fn a_key_ends_when_it_says_and_notes_its_use() {
    let world = World::new();
    let alice = world.person();
    let body = json!({ "name": "x", "scopes": ["notes:*"], "expiresAt": noon_plus(600) });
    let made = alice.post("/api-keys", body).await.created().json();
    let secret = made["secret"].as_str().unwrap();
    let last_use = async || alice.get("/api-keys").await.ok().json()[0]["lastUsedAt"].clone();
    assert_eq!(last_use().await, Value::Null);
    for (seconds, noted) in [
        (1, 1),
        (2, 1),
        (1 + USE_INTERVAL.as_secs(), 1 + USE_INTERVAL.as_secs()),
    ] {
        world.clock.set(noon_plus(seconds));
        assert!(world.api_keys.authenticate(secret).await.unwrap().is_some());
        assert_eq!(last_use().await, json!(noon_plus(noted)));
    }
    world.clock.set(noon_plus(600));
    assert!(world.api_keys.authenticate(secret).await.unwrap().is_none());
}

#[tokio::test]
async fn what_no_key_can_be_is_refused_by_its_member() {
    let alice = World::new().person();
    for (body, field) in [
        (json!({ "name": 1, "scopes": ["notes:read"] }), "name"),
        (json!({ "name": "x", "scopes": "notes:read" }), "scopes"),
        (json!({ "name": "x", "scopes": [1] }), "scopes"),
        (
            json!({ "name": "x", "scopes": ["notes:read"], "expiresAt": "soon" }),
            "expiresAt",
        ),
    ] {
        alice
            .post("/api-keys", body)
            .await
            .bad_request()
            .naming(field);
    }
    for (body, field) in [
        (json!({ "scopes": ["notes:read"] }), "name"),
        (json!({ "name": "", "scopes": ["notes:read"] }), "name"),
        (json!({ "name": "x" }), "scopes"),
        (json!({ "name": "x", "scopes": [] }), "scopes"),
        (json!({ "name": "x", "scopes": ["keys"] }), "scopes"),
        (
            json!({ "name": "x", "scopes": ["notes:read"], "expiresAt": 1 }),
            "expiresAt",
        ),
    ] {
        let refused = alice.post("/api-keys", body).await;
        refused.has(StatusCode::UNPROCESSABLE_ENTITY).naming(field);
    }
}

#[tokio::test]
async fn a_script_that_runs_away_is_stopped_and_nobody_else() {
    let world = World::new();
    let alice = world.person();
    let (id, text) = key_of(&world, &alice, &[Scope::NotesRead]).await;
    let key = world.api_keys.authenticate(&text).await.unwrap().unwrap();
    let script = through(
        &world,
        "lambda",
        Value::Object(Way::by_key(&key).context()),
        None,
    );
    while world.api_keys.count(id).is_ok() {}
    let refused = script
        .get("/notes")
        .await
        .has(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), Some("60"));
    alice.get("/notes").await.ok();
    world.clock.set(noon_plus(60));
    script.get("/notes").await.ok();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes in whichever order: a person is always the same, and no two are one.
    #[test]
    fn no_way_in_yields_another_persons_identity(
        steps in proptest::collection::vec((0..3_usize, 0..4_usize, 0..3_usize), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let mut known: Vec<Option<String>> = vec![None; 3];
            for (person, way, shown) in steps {
                let name = |index: usize| format!("person {index}");
                // Claims of one person, with a token that may be another's.
                let token = Some(id_token(&world, &name(shown)));
                let actor = match way {
                    0 => through(&world, "jwt", claims(&name(person), "id"), token),
                    1 => through(&world, "jwt", claims(&name(person), "access"), token),
                    _ => {
                        let claims = claims(&name(person), if way == 2 { "id" } else { "access" });
                        let way = Way::by_claims(claims["claims"].as_object().unwrap()).unwrap();
                        through(&world, "lambda", Value::Object(way.context()), token)
                    }
                };
                let answer = actor.post("/notes", json!({ "content": "x" })).await;
                if answer.status() == StatusCode::CREATED {
                    let owner = answer.text("userId");
                    match &known[person] {
                        Some(before) => assert_eq!(&owner, before),
                        None => {
                            assert!(!known.contains(&Some(owner.clone())));
                            known[person] = Some(owner);
                        }
                    }
                }
            }
        });
    }
}
