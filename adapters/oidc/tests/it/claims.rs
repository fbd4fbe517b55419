//! What a token whose signature is right must still say.

use std::time::Duration;

use notewarden_oidc::{Algorithm, IssuerSettings, SettingsError, TokenError, TokenUse};
use notewarden_testkit::fixtures::NOON;
use serde_json::{Value, json};

use crate::issuer::{CLIENT, Key, World, claims, claims_with, settings};

fn now() -> u64 {
    NOON.as_secs()
}

async fn told(world: &World, key: &Key, claims: &Value) -> Result<String, TokenError> {
    let verified = world.verifier.verify(&key.usual_token(claims)).await;
    verified.map(|verified| verified.audience)
}

#[tokio::test]
async fn jwt_07_a_token_has_an_end() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    for exp in [
        Value::Null,
        json!("4102444800"),
        json!(true),
        json!([4_102_444_800_u64]),
        json!(-1),
        json!(1e300),
    ] {
        let refused = told(&world, &key, &claims_with("exp", exp.clone())).await;
        assert_eq!(refused, Err(TokenError::MissingClaim("exp")), "{exp}");
    }
    let huge = claims()
        .to_string()
        .replace(&(now() + 3_600).to_string(), "1e400");
    let token = key.token_of_text(Algorithm::Rs256, &key.header("RS256").to_string(), &huge);
    assert!(!world.takes(&token).await);
    let expired_at = now();
    let refused = told(&world, &key, &claims_with("exp", json!(now()))).await;
    assert_eq!(
        refused,
        Err(TokenError::Expired {
            expired_at,
            now: now()
        })
    );
    for exp in [json!(now() + 1), json!(now() as f64 + 1.5)] {
        assert!(told(&world, &key, &claims_with("exp", exp)).await.is_ok());
    }
    assert!(
        told(&world, &key, &claims_with("exp", json!(now() as f64 + 0.9)))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn jwt_07_a_token_has_a_beginning() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let nbf = |value| claims_with("nbf", value);
    assert!(told(&world, &key, &nbf(json!(now()))).await.is_ok());
    let early = told(&world, &key, &nbf(json!(now() + 1))).await;
    assert_eq!(early, Err(TokenError::NotYetValid));
    let early = told(&world, &key, &nbf(json!(now() as f64 + 0.5))).await;
    assert_eq!(early, Err(TokenError::NotYetValid));
    for bad in [json!("0"), json!(false), json!({})] {
        let refused = told(&world, &key, &nbf(bad)).await;
        assert_eq!(refused, Err(TokenError::MissingClaim("nbf")));
    }
}

#[tokio::test]
async fn clocks_may_be_apart_as_far_as_is_said() {
    let key = Key::rsa("k", 0);
    let leeway = Duration::from_secs(60);
    let world = World::with(
        IssuerSettings {
            leeway,
            ..settings()
        },
        &[&key],
    );
    for (claim, value, taken) in [
        ("exp", now() - 59, true),
        ("exp", now() - 60, false),
        ("nbf", now() + 60, true),
        ("nbf", now() + 61, false),
    ] {
        let verified = told(&world, &key, &claims_with(claim, json!(value))).await;
        assert_eq!(verified.is_ok(), taken, "{claim} {value}");
    }
}

#[tokio::test]
async fn jwt_09_an_id_token_is_for_a_client_that_is_known() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let aud = |value| claims_with("aud", value);
    assert_eq!(
        told(&world, &key, &aud(json!([CLIENT]))).await.unwrap(),
        CLIENT
    );
    for other in [
        json!("other"),
        json!(["other"]),
        json!(""),
        json!([]),
        json!("the-clien"),
    ] {
        let refused = told(&world, &key, &aud(other.clone())).await;
        assert_eq!(refused, Err(TokenError::WrongAudience), "{other}");
    }
    for bad in [Value::Null, json!(1), json!([1]), json!({ CLIENT: 1 })] {
        let refused = told(&world, &key, &aud(bad.clone())).await;
        assert_eq!(refused, Err(TokenError::MissingClaim("aud")), "{bad}");
    }
    // An access token's `client_id` is no audience.
    let mut access = aud(Value::Null);
    access["client_id"] = CLIENT.into();
    let refused = told(&world, &key, &access).await;
    assert_eq!(refused, Err(TokenError::MissingClaim("aud")));
}

#[tokio::test]
async fn a_token_for_several_is_for_the_party_that_it_was_issued_to() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    let several = |azp: Value| {
        let mut claims = claims_with("aud", json!(["an-api", CLIENT]));
        if !azp.is_null() {
            claims["azp"] = azp;
        }
        claims
    };
    assert_eq!(
        told(&world, &key, &several(json!(CLIENT))).await.unwrap(),
        CLIENT
    );
    let refused = told(&world, &key, &several(json!("an-api"))).await;
    assert_eq!(refused, Err(TokenError::WrongAudience));
    for bad in [Value::Null, json!([CLIENT])] {
        let refused = told(&world, &key, &several(bad)).await;
        assert_eq!(refused, Err(TokenError::MissingClaim("azp")));
    }
}

#[tokio::test]
async fn a_subject_is_a_text_of_some_length() {
    let key = Key::rsa("k", 0);
    let world = World::new(&[&key]);
    for bad in [Value::Null, json!(""), json!(7), json!("x".repeat(256))] {
        let refused = told(&world, &key, &claims_with("sub", bad)).await;
        assert_eq!(refused, Err(TokenError::MissingClaim("sub")));
    }
}

#[tokio::test]
async fn jwt_09_a_token_is_of_the_type_that_is_wanted() {
    let key = Key::rsa("k", 0);
    let taken_as = |token_use| {
        World::with(
            IssuerSettings {
                token_use,
                ..settings()
            },
            &[&key],
        )
    };
    let (id, api) = (taken_as(TokenUse::Id), taken_as(TokenUse::Api));
    for (kind, as_id, as_api) in [
        ("JWT", true, true),
        ("jwt", true, true),
        ("application/jwt", true, true),
        ("at+jwt", false, true),
        ("application/at+JWT", false, true),
        ("logout+jwt", false, false),
        ("dpop+jwt", false, false),
        ("", false, false),
    ] {
        let header = json!({ "alg": "RS256", "kid": "k", "typ": kind });
        let token = key.token(Algorithm::Rs256, &header, &claims());
        assert_eq!(id.takes(&token).await, as_id, "{kind}");
        assert_eq!(api.takes(&token).await, as_api, "{kind}");
    }
    let untyped = key.token(
        Algorithm::Rs256,
        &json!({ "alg": "RS256", "kid": "k" }),
        &claims(),
    );
    assert!(id.takes(&untyped).await && api.takes(&untyped).await);
    let header = json!({ "alg": "RS256", "kid": "k", "typ": 1 });
    assert!(
        !id.takes(&key.token(Algorithm::Rs256, &header, &claims()))
            .await
    );
}

#[tokio::test]
async fn an_api_s_token_names_its_audience_or_else_its_client() {
    let key = Key::rsa("k", 0);
    let world = World::with(
        IssuerSettings {
            token_use: TokenUse::Api,
            ..settings()
        },
        &[&key],
    );
    let mut access = claims_with("aud", Value::Null);
    access["client_id"] = CLIENT.into();
    assert_eq!(told(&world, &key, &access).await.unwrap(), CLIENT);
    // An audience that is there decides alone.
    access["aud"] = "another-api".into();
    let refused = told(&world, &key, &access).await;
    assert_eq!(refused, Err(TokenError::WrongAudience));
    let several = claims_with("aud", json!(["another-api", "another-client"]));
    assert_eq!(
        told(&world, &key, &several).await.unwrap(),
        "another-client"
    );
}

#[test]
fn settings_that_take_nothing_or_too_much_are_refused() {
    use crate::issuer::Documents;
    use notewarden_oidc::Verifier;
    use notewarden_testkit::fakes::FixedClock;
    use std::sync::Arc;

    let refused = |settings| {
        let clock = Arc::new(FixedClock::at(NOON));
        Verifier::new(settings, Arc::new(Documents::default()), clock)
            .err()
            .unwrap()
    };
    let base = settings;
    assert_eq!(
        refused(IssuerSettings {
            audiences: Vec::new(),
            ..base()
        }),
        SettingsError::NoAudience
    );
    assert_eq!(
        refused(IssuerSettings {
            algorithms: [].into(),
            ..base()
        }),
        SettingsError::NoAlgorithm
    );
    assert_eq!(
        refused(IssuerSettings {
            leeway: Duration::from_secs(301),
            ..base()
        }),
        SettingsError::Leeway(301)
    );
    for issuer in ["http://issuer.example.com", "issuer.example.com", ""] {
        let refused = refused(IssuerSettings {
            issuer: issuer.to_owned(),
            ..base()
        });
        assert!(matches!(refused, SettingsError::Url(_)), "{issuer}");
    }
}
