//! The pool's tokens, read by a library that knows nothing of the pool.

use std::collections::BTreeSet;

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{JwkSet, KeyAlgorithm, PublicKeyUse},
};
use serde_json::Value;

use super::pool::{ALICE, POOL, Pool, WEB};

const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";

/// The claims of `token`, verified against the published keys.
async fn claims(pool: &Pool, token: &str, audience: Option<&str>) -> Value {
    let keys: JwkSet = serde_json::from_value(pool.pool.jwks().await.unwrap()).unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    let key = keys.find(header.kid.as_deref().unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    // The tests' clock is not the machine's.
    validation.validate_exp = false;
    match audience {
        Some(audience) => validation.set_audience(&[audience]),
        None => validation.validate_aud = false,
    }
    let key = DecodingKey::from_jwk(key).unwrap();
    decode::<Value>(token, &key, &validation).unwrap().claims
}

fn names(claims: &Value) -> Vec<&str> {
    claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn an_id_token_says_what_cognitos_says() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let sub = pool.pool.admin_get_user(ALICE).unwrap().id.to_string();
    let claims = claims(&pool, tokens.id.expose(), Some(WEB.id)).await;
    assert_eq!(
        names(&claims),
        [
            "sub",
            "email_verified",
            "iss",
            "cognito:username",
            "origin_jti",
            "aud",
            "event_id",
            "token_use",
            "auth_time",
            "exp",
            "iat",
            "jti",
            "email"
        ]
    );
    assert_eq!(claims["sub"], sub);
    assert_eq!(claims["cognito:username"], sub);
    assert_eq!(claims["email"], ALICE);
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["token_use"], "id");
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3_600
    );
}

#[tokio::test]
async fn an_access_token_says_what_cognitos_says() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let id = claims(&pool, tokens.id.expose(), Some(WEB.id)).await;
    let access = claims(&pool, tokens.access.expose(), None).await;
    assert_eq!(
        names(&access),
        [
            "sub",
            "iss",
            "client_id",
            "origin_jti",
            "event_id",
            "token_use",
            "scope",
            "auth_time",
            "exp",
            "iat",
            "jti",
            "username"
        ]
    );
    assert_eq!(access["client_id"], WEB.id);
    assert_eq!(access["token_use"], "access");
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    for shared in ["sub", "origin_jti", "event_id", "auth_time"] {
        assert_eq!(access[shared], id[shared], "{shared}");
    }
    assert_ne!(access["jti"], id["jti"]);
}

#[tokio::test]
async fn the_keys_are_two_stay_and_show_nothing_private() {
    let pool = Pool::with_alice().await;
    let tokens = pool.sign_in().await;
    let published = pool.pool.jwks().await.unwrap();
    let set: JwkSet = serde_json::from_value(published.clone()).unwrap();
    assert_eq!(set.keys.len(), 2);
    for key in &set.keys {
        assert_eq!(key.common.key_algorithm, Some(KeyAlgorithm::RS256));
        assert_eq!(key.common.public_key_use, Some(PublicKeyUse::Signature));
    }
    let members: BTreeSet<_> = names(&published["keys"][0]).into_iter().collect();
    assert_eq!(
        members,
        BTreeSet::from(["alg", "e", "kid", "kty", "n", "use"])
    );

    let pool = pool.restart();
    assert_eq!(pool.pool.jwks().await.unwrap(), published);
    pool.pool.get_user(tokens.access.expose()).await.unwrap();
}

#[tokio::test]
async fn the_discovery_document_names_the_issuer() {
    let pool = Pool::new();
    let document = pool.pool.openid_configuration();
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(
        document["jwks_uri"],
        format!("{ISSUER}/.well-known/jwks.json")
    );
    assert!(pool.pool.check_id(POOL).is_ok());
    assert!(pool.pool.check_id("us-east-1_Other").is_err());
}

/// What lies in the data directory's database shows neither passwords' verifiers, codes nor keys.
#[tokio::test]
async fn ten_28_the_database_alone_holds_no_code_and_no_token() {
    let pool = Pool::with_alice().await;
    pool.sign_up("bob@example.com").await;
    let code = pool.last_code();
    let tokens = pool.sign_in().await;
    let refresh = tokens.refresh.unwrap();
    let database = std::fs::read(pool.data.path().join("notewarden.redb")).unwrap();
    let holds = |text: &str| {
        database
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("bob@example.com"));
    for secret in [
        &format!("\"{code}\""),
        refresh.expose(),
        super::pool::PASSWORD,
    ] {
        assert!(!holds(secret), "{secret}");
    }
}
