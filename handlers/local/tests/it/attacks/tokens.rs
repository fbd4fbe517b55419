//! The attack list's rows about JSON Web Tokens, against the API: an issuer that is trusted, whose well-signed tokens
//! are taken, and each of its tokens with one thing wrong, by the authorizers that the template may have.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use notewarden_testkit::{
    http::{Gate, Step},
    issuer::{
        SigningKey, StandInIssuer,
        forgeries::{Forgery, Honest},
    },
};
use serde_json::{Value, json};

use crate::{
    federation::issuer::now,
    support::{Actor, Answer, Place},
};

const AUDIENCE: &str = "the-client";

/// Servers that trust one issuer: by the function, and by the gateway itself.
struct World {
    issuer: StandInIssuer,
    name: String,
    other: SigningKey,
    places: Vec<(&'static str, Arc<Place>)>,
}

impl World {
    async fn start() -> Self {
        let issuer = StandInIssuer::start("RS256").await;
        let other = SigningKey::rsa("other", 1);
        issuer.publish(&[issuer.key(), &other]);
        let mut places = Vec::new();
        for auth in ["function", "jwt"] {
            places.push((auth, trusting(&issuer, auth).await));
        }
        let world = Self {
            name: issuer.name(),
            issuer,
            other,
            places,
        };
        // Alice is known from her ID token: from now on a token that is taken is hers.
        for (auth, place) in &world.places {
            let answer = shown(place, &world.honest().token()).await;
            assert_eq!(answer.unwrap().status, StatusCode::OK, "{auth}");
        }
        world
    }

    fn honest(&self) -> Honest<'_> {
        Honest {
            issuer: &self.name,
            audience: AUDIENCE,
            now: now(),
            key: self.issuer.key(),
            other: &self.other,
        }
    }

    /// None of these is anybody's, and the honest one still is.
    async fn refuse(&self, forgeries: Vec<Forgery>) {
        assert!(forgeries.len() > 4, "too few to say anything");
        for (auth, place) in &self.places {
            for Forgery { what, token } in &forgeries {
                let Some(answer) = shown(place, token).await else {
                    continue;
                };
                let is_refusal = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
                assert!(
                    is_refusal.contains(&answer.status),
                    "{auth}: {what}: {answer:?}"
                );
                let message = &answer.json()["message"];
                assert!(
                    message == "Unauthorized" || message == "Forbidden",
                    "{auth}: {what}: the API was reached: {answer:?}"
                );
            }
            let taken = shown(place, &self.honest().token()).await;
            assert_eq!(taken.unwrap().status, StatusCode::OK, "{auth}");
        }
    }
}

/// A server that trusts `issuer`.
async fn trusting(issuer: &StandInIssuer, auth: &str) -> Arc<Place> {
    let entry = json!({ "kind": "oidc", "issuer": issuer.name(), "clientIds": [AUDIENCE] });
    let providers = json!({ "providers": [entry] }).to_string();
    let parameters = [
        ("TokenAuth", auth),
        ("TokenIssuer", &issuer.name()),
        ("TokenAudiences", AUDIENCE),
    ];
    Place::start_trusting(&providers, &parameters).await
}

/// `GET /notes` with a token; `None` if no client could send it.
async fn shown(place: &Place, token: &str) -> Option<Answer> {
    let value = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
    let request = http::Request::get(format!("{}/notes", place.endpoint))
        .header(header::HOST, place.host())
        .header(header::AUTHORIZATION, value);
    Some(place.send(request.body("".into()).unwrap()).await)
}

#[tokio::test]
async fn jwt_01_unsigned_tokens_are_nobodys() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_01_unsigned()).await;
}

#[tokio::test]
async fn jwt_02_public_keys_are_no_shared_secrets() {
    let world = World::start().await;
    let forgeries = world.honest().jwt_02_public_keys_as_secrets();
    world.refuse(forgeries).await;
}

#[tokio::test]
async fn jwt_03_other_algorithms_are_refused() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_03_other_algorithms()).await;
}

#[tokio::test]
async fn jwt_04_a_token_names_the_key_that_signed_it_and_the_issuer_is_asked_seldom() {
    let world = World::start().await;
    let asked = world.issuer.asked();
    let forgeries = world.honest().jwt_04_other_keys();
    let tokens = forgeries.len();
    world.refuse(forgeries).await;
    assert!(world.issuer.asked() - asked < tokens);
}

#[tokio::test]
async fn jwt_05_keys_in_the_header_are_not_fetched() {
    let world = World::start().await;
    let elsewhere = StandInIssuer::start("RS256").await;
    let forgeries = world.honest().jwt_05_keys_in_the_header(&elsewhere.name());
    world.refuse(forgeries).await;
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn jwt_06_extensions_are_refused() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_06_extensions()).await;
}

#[tokio::test]
async fn jwt_07_times_are_kept() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_07_times()).await;
}

#[tokio::test]
async fn jwt_08_another_issuer_is_nobody() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_08_other_issuers()).await;
}

#[tokio::test]
async fn jwt_09_another_audience_is_not_this_one() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_09_other_audiences()).await;
}

/// A token that is not an ID token makes nobody known, however it says what it is.
#[tokio::test]
async fn jwt_09_an_access_token_is_no_id_token() {
    let world = World::start().await;
    let honest = world.honest();
    for (auth, place) in &world.places {
        for token_use in ["access", "ID", "Id", "id ", ""] {
            let mut claims = honest.claims_with("token_use", &json!(token_use));
            claims["sub"] = format!("new {auth} {token_use}").into();
            let token = world.issuer.token(&claims);
            let refused = shown(place, &token).await.unwrap().status(403).json();
            assert_eq!(
                refused["type"], "urn:notewarden:problem:id-token-needed",
                "{token_use:?}"
            );
        }
    }
}

#[tokio::test]
async fn jwt_10_what_is_no_token_is_refused() {
    let world = World::start().await;
    world.refuse(world.honest().jwt_10_malformed()).await;
}

#[tokio::test]
async fn jwt_10_a_token_of_a_megabyte_is_refused() {
    let world = World::start().await;
    let token = format!("{}{}", world.honest().token(), "A".repeat(1 << 20));
    for (auth, place) in &world.places {
        let request = http::Request::get(format!("{}/notes", place.endpoint))
            .header(header::HOST, place.host())
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        // The connection may be closed before all of it is sent.
        if let Ok(answer) = place.try_send(request.body("".into()).unwrap()).await {
            assert!(answer.status.is_client_error(), "{auth}: {answer:?}");
        }
        let taken = shown(place, &world.honest().token()).await;
        assert_eq!(taken.unwrap().status, StatusCode::OK, "{auth}");
    }
}

/// While the issuer is gone, answers nonsense or does not answer, the keys that are known go on, and nobody waits.
#[tokio::test]
async fn jwt_11_known_keys_outlast_the_issuers_bad_day() {
    let world = World::start().await;
    let gate = Gate::default();
    let slow = Step::Slow(gate, Box::new(Step::answer(200, "{}")));
    let html = Step::answer(200, "<html>").with("content-type", "text/html");
    let large = Step::answer(200, vec![b' '; 10 << 20]);
    let same = json!({ "keys": [world.issuer.key().jwk(), world.issuer.key().jwk()] });
    let same = Step::answer(200, same.to_string());
    for step in [Step::answer(503, ""), html, large, same, slow, Step::Reset] {
        world.issuer.answer_discovery(step.clone());
        world.issuer.answer_keys(step);
        world.refuse(world.honest().jwt_04_other_keys()).await;
    }
}

/// An issuer that has never answered makes its tokens nobody's, and no others.
#[tokio::test]
async fn jwt_11_an_issuer_that_never_answered_stops_nobody_else() {
    let issuer = StandInIssuer::start("RS256").await;
    issuer.answer_discovery(Step::answer(503, ""));
    let place = trusting(&issuer, "function").await;
    let honest = Honest {
        issuer: &issuer.name(),
        audience: AUDIENCE,
        now: now(),
        key: issuer.key(),
        other: issuer.key(),
    };
    for _ in 0..3 {
        let refused = shown(&place, &honest.token()).await.unwrap();
        assert!(refused.status == StatusCode::FORBIDDEN, "{refused:?}");
    }
    assert_eq!(issuer.asked(), 1);
    let alice = Actor::sign_up(&place, "alice").await;
    shown(&place, &alice.id_token).await.unwrap().ok();
}

/// Neither groups nor scopes count by a part of their names, or in another form.
#[tokio::test]
async fn jwt_12_part_of_a_name_is_no_name() {
    let world = World::start().await;
    let honest = world.honest();
    let of = |name: &str, value: Value| {
        let mut claims = honest.claims_with(name, &value);
        claims["cognito:groups"] = "admins, notes:read, notes:*".into();
        world.issuer.token(&claims)
    };
    for (auth, place) in &world.places {
        for scopes in [
            json!("xnotes:read"),
            json!("notes:reader"),
            json!("notes:read,notes:write"),
            json!("NOTES:READ"),
            json!("notes"),
            json!("*"),
            json!(":*"),
            json!("notes:read/x"),
            json!(""),
            json!([]),
            json!({ "notes:read": true }),
            json!(true),
        ] {
            let token = of("scope", scopes.clone());
            let refused = shown(place, &token).await.unwrap().status(403);
            assert_eq!(refused.json()["title"], "Not permitted", "{auth}: {scopes}");
        }
        // The whole name is one, and a group of any name is none.
        for (scopes, status) in [("notes:read", 200), ("files:read", 403)] {
            let token = of("scope", json!(scopes));
            shown(place, &token).await.unwrap().status(status);
        }
    }
}
