//! JWT-11: an issuer's keys change, and its documents are slow, broken or gone.

use std::{sync::Arc, time::Duration};

use notewarden_oidc::{
    JwsError, LONGEST_KEPT, REFETCH_INTERVAL, SHORTEST_KEPT, STALE_IF_ERROR, TokenError,
};
use serde_json::{Value, json};

use crate::issuer::{DISCOVERY, ISSUER, KEYS, Key, World, claims, claims_with};

/// Claims that stay good for all of a test.
fn lasting() -> Value {
    claims_with("exp", json!(4_102_444_800_u64))
}

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn jwt_11_a_new_key_is_found_and_an_old_one_forgotten() {
    let (old, new) = (Key::rsa("old", 0), Key::rsa("new", 1));
    let world = World::new(&[&old]);
    assert!(world.takes(&old.usual_token(&lasting())).await);
    world.publish(&[&old, &new]);
    world.clock.advance(REFETCH_INTERVAL);
    assert!(world.takes(&new.usual_token(&lasting())).await);
    assert!(world.takes(&old.usual_token(&lasting())).await);
    world.publish(&[&new]);
    world.clock.advance(HOUR);
    assert!(world.takes(&new.usual_token(&lasting())).await);
    assert!(!world.takes(&old.usual_token(&lasting())).await);
}

#[tokio::test]
async fn jwt_04_unknown_keys_make_the_issuer_be_asked_once_in_an_interval() {
    let (own, unknown) = (Key::rsa("own", 0), Key::rsa("unknown", 1));
    let world = World::new(&[&own]);
    assert!(world.takes(&own.usual_token(&lasting())).await);
    let asked = world.documents.attempts();
    for _ in 0..100 {
        let refused = world
            .verifier
            .verify(&unknown.usual_token(&lasting()))
            .await;
        assert_eq!(refused, Err(TokenError::Signature(JwsError::UnknownKey)));
    }
    assert_eq!(world.documents.attempts(), asked);
    world.clock.advance(REFETCH_INTERVAL);
    for _ in 0..100 {
        assert!(!world.takes(&unknown.usual_token(&lasting())).await);
    }
    // Discovery, and the keys.
    assert_eq!(world.documents.attempts(), asked + 2);
    // A clock that was set back holds nobody up for longer than an attempt.
    world.clock.set(world_start());
    assert!(!world.takes(&unknown.usual_token(&lasting())).await);
    assert_eq!(world.documents.attempts(), asked + 4);
}

fn world_start() -> notewarden_domain::Timestamp {
    notewarden_testkit::fixtures::NOON.minus(HOUR)
}

#[tokio::test]
async fn many_tokens_at_once_ask_once() {
    let key = Key::rsa("k", 0);
    let world = Arc::new(World::new(&[&key]));
    let token = key.usual_token(&claims());
    let asking: Vec<_> = (0..32)
        .map(|_| {
            let (world, token) = (Arc::clone(&world), token.clone());
            tokio::spawn(async move { world.takes(&token).await })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap());
    }
    assert_eq!(world.documents.attempts(), 2);
}

#[tokio::test]
async fn jwt_11_while_the_issuer_is_gone_its_keys_go_on_for_a_day() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let token = key.usual_token(&lasting());
    assert!(world.takes(&token).await);
    world.documents.remove_all();
    world
        .clock
        .advance(HOUR + STALE_IF_ERROR - Duration::from_secs(1));
    assert!(world.takes(&token).await);
    world.clock.advance(Duration::from_secs(1));
    let refused = world.verifier.verify(&token).await;
    assert!(matches!(refused, Err(TokenError::Unavailable(_))));
    world.publish(&[&key]);
    world.clock.advance(REFETCH_INTERVAL);
    assert!(world.takes(&token).await);
}

#[tokio::test]
async fn an_issuer_that_never_answered_is_unavailable_and_not_asked_on_and_on() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    world.documents.remove_all();
    for _ in 0..10 {
        let refused = world.verifier.verify(&key.usual_token(&claims())).await;
        assert!(matches!(refused, Err(TokenError::Unavailable(_))));
    }
    assert_eq!(world.documents.attempts(), 1);
}

#[tokio::test]
async fn jwt_11_documents_that_are_none_change_nothing() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let token = key.usual_token(&lasting());
    assert!(world.takes(&token).await);
    let other = Key::rsa("k", 1).jwk();
    for broken in [
        "<html>down for maintenance</html>".to_owned(),
        String::new(),
        "[]".to_owned(),
        "{}".to_owned(),
        json!({ "keys": [] }).to_string(),
        json!({ "keys": {} }).to_string(),
        json!({ "keys": [{ "kty": "oct", "k": "AAAA", "kid": "k" }] }).to_string(),
        json!({ "keys": [key.jwk(), other] }).to_string(),
        format!(r#"{{"keys":[],"keys":[{}]}}"#, other),
    ] {
        world.documents.put_text(KEYS, &broken, None);
        world.clock.advance(HOUR);
        let asked = world.documents.attempts();
        assert!(world.takes(&token).await, "{broken}");
        assert_eq!(world.documents.attempts(), asked + 2, "{broken}");
        world.publish(&[&key]);
        world.clock.advance(HOUR);
        assert!(world.takes(&token).await);
    }
}

#[tokio::test]
async fn a_discovery_document_speaks_for_its_own_issuer_and_leads_nowhere_else() {
    let key = Key::rsa("k", 0);
    for document in [
        json!({ "issuer": "https://other.example.com", "jwks_uri": KEYS }),
        json!({ "issuer": format!("{ISSUER}/"), "jwks_uri": KEYS }),
        json!({ "jwks_uri": KEYS }),
        json!({ "issuer": ISSUER }),
        json!({ "issuer": ISSUER, "jwks_uri": "http://issuer.example.com/keys" }),
        json!({ "issuer": ISSUER, "jwks_uri": "http://127.0.0.1:8080/keys" }),
        json!({ "issuer": ISSUER, "jwks_uri": "https://localhost/keys" }),
        json!({ "issuer": ISSUER, "jwks_uri": "http://169.254.169.254/keys" }),
        json!({ "issuer": ISSUER, "jwks_uri": "file:///etc/passwd" }),
        json!([]),
    ] {
        let world = World::new(&[&key]);
        for place in ["http://127.0.0.1:8080/keys", "https://localhost/keys"] {
            world.documents.put(place, &json!({ "keys": [key.jwk()] }));
        }
        world.documents.put(DISCOVERY, &document);
        let refused = world.verifier.verify(&key.usual_token(&claims())).await;
        assert!(
            matches!(refused, Err(TokenError::Unavailable(_))),
            "{document}"
        );
        assert_eq!(world.documents.attempts(), 1, "{document}");
    }
}

#[tokio::test]
async fn keys_are_kept_as_long_as_is_said_within_bounds() {
    let key = Key::rsa("k", 0);
    for (said, kept) in [
        (Duration::ZERO, SHORTEST_KEPT),
        (Duration::from_secs(600), Duration::from_secs(600)),
        (10 * LONGEST_KEPT, LONGEST_KEPT),
    ] {
        let world = World::new(&[&key]);
        let keys = json!({ "keys": [key.jwk()] }).to_string();
        world.documents.put_text(KEYS, &keys, Some(said));
        let token = key.usual_token(&lasting());
        assert!(world.takes(&token).await);
        world.clock.advance(kept - Duration::from_secs(1));
        assert!(world.takes(&token).await);
        assert_eq!(world.documents.attempts(), 2, "{said:?}");
        world.clock.advance(Duration::from_secs(1));
        assert!(world.takes(&token).await);
        assert_eq!(world.documents.attempts(), 4, "{said:?}");
    }
}
