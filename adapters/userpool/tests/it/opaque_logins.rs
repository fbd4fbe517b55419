//! Facebook and Login with Amazon: tokens that are asked about at the provider.

use std::sync::Arc;

use notewarden_oidc::HttpFetch;
use notewarden_testkit::{
    fakes::FixedClock,
    fixtures::NOON,
    http::{ScriptedServer, Step},
};
use notewarden_userpool::{
    Secret,
    identity_pool::{AmazonLogin, FacebookLogin, LoginError, LoginVerifier, VerifiedLogin},
};
use serde_json::{Value, json};

/// What Facebook says of a good token, with one member changed or, by `null`, left out.
fn facebook_with(name: &str, value: Value) -> Value {
    let mut data = json!({
        "app_id": "the-app", "type": "USER", "is_valid": true, "expires_at": NOON.as_secs() + 60,
        "user_id": "7", "scopes": ["email"],
    });
    change(&mut data, name, value);
    json!({ "data": data })
}

fn amazon_with(name: &str, value: Value) -> Value {
    let mut told = json!({
        "iss": "https://www.amazon.com", "aud": "the-client", "app_id": "the-app", "exp": 3_597,
        "user_id": "amzn1.account.7",
    });
    change(&mut told, name, value);
    told
}

fn change(members: &mut Value, name: &str, value: Value) {
    let members = members.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
}

async fn facebook(server: &ScriptedServer, token: &str) -> Result<VerifiedLogin, LoginError> {
    let secret = Secret::new("the secret");
    let fetch = Arc::new(HttpFetch::new().unwrap());
    let clock = Arc::new(FixedClock::at(NOON));
    let login = FacebookLogin::new("the-app", &secret, &server.endpoint(), fetch, clock);
    login.unwrap().verify(token).await
}

async fn amazon(server: &ScriptedServer, token: &str) -> Result<VerifiedLogin, LoginError> {
    let fetch = Arc::new(HttpFetch::new().unwrap());
    let clients = vec!["the-client".to_owned()];
    let login = AmazonLogin::new(clients, &server.endpoint(), fetch);
    login.unwrap().verify(token).await
}

async fn says(answer: &Value) -> ScriptedServer {
    ScriptedServer::start(Step::answer(200, answer.to_string())).await
}

#[tokio::test]
async fn facebook_is_asked_whose_a_token_is() {
    let server = says(&facebook_with("", Value::Null)).await;
    let verified = facebook(&server, "a token&x=y").await.unwrap();
    assert_eq!(
        (verified.subject.as_str(), verified.audience.as_str()),
        ("7", "the-app")
    );
    assert_eq!(verified.method, "graph.facebook.com:the-app:7");
    let asked = server.requests();
    assert_eq!(
        asked[0].uri.to_string(),
        "/debug_token?input_token=a%20token%26x%3Dy&access_token=the%2Dapp%7Cthe%20secret"
    );
    // A token may have no end.
    let endless = says(&facebook_with("expires_at", json!(0))).await;
    assert!(facebook(&endless, "token").await.is_ok());
}

#[tokio::test]
async fn ten_24_facebook_s_tokens_for_others_or_of_the_past_are_refused() {
    for (name, value) in [
        ("is_valid", json!(false)),
        ("is_valid", json!("true")),
        ("is_valid", Value::Null),
        ("app_id", json!("another-app")),
        ("app_id", Value::Null),
        ("type", json!("PAGE")),
        ("expires_at", json!(NOON.as_secs())),
        ("expires_at", Value::Null),
        ("user_id", Value::Null),
        ("user_id", json!("")),
        ("user_id", json!(7)),
    ] {
        let server = says(&facebook_with(name, value.clone())).await;
        assert!(facebook(&server, "token").await.is_err(), "{name} {value}");
    }
    for answer in [json!({}), json!([]), json!({ "data": [] })] {
        assert!(facebook(&says(&answer).await, "token").await.is_err());
    }
}

#[tokio::test]
async fn amazon_is_asked_whose_a_token_is() {
    let server = says(&amazon_with("", Value::Null)).await;
    let verified = amazon(&server, "Atza|x").await.unwrap();
    assert_eq!(verified.subject, "amzn1.account.7");
    assert_eq!(verified.method, "www.amazon.com:the-client:amzn1.account.7");
    let asked = server.requests();
    assert_eq!(
        asked[0].uri.to_string(),
        "/auth/o2/tokeninfo?access_token=Atza%7Cx"
    );
    for (name, value) in [
        ("iss", json!("https://www.example.com")),
        ("iss", Value::Null),
        ("aud", json!("another-client")),
        ("aud", Value::Null),
        ("exp", json!(0)),
        ("exp", json!("3597")),
        ("exp", Value::Null),
        ("user_id", Value::Null),
    ] {
        let server = says(&amazon_with(name, value.clone())).await;
        assert!(amazon(&server, "token").await.is_err(), "{name} {value}");
    }
}

#[tokio::test]
async fn a_provider_that_refuses_is_told_from_one_that_is_away() {
    for status in [400, 401, 403, 404] {
        let server = ScriptedServer::start(Step::answer(status, "{}")).await;
        let refused = facebook(&server, "token").await;
        assert!(matches!(refused, Err(LoginError::Invalid)), "{status}");
    }
    for step in [Step::answer(500, ""), Step::answer(302, ""), Step::Reset] {
        let server = ScriptedServer::start(step).await;
        for refused in [
            facebook(&server, "token").await,
            amazon(&server, "token").await,
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, LoginError::Unavailable(_)));
            assert!(!format!("{error:?}").contains("secret"));
        }
    }
    // Nobody is asked about what can be no token.
    let server = says(&facebook_with("", Value::Null)).await;
    for bad in [String::new(), "x".repeat(20_000)] {
        let refused = facebook(&server, &bad).await;
        assert!(matches!(refused, Err(LoginError::Invalid)));
    }
    assert!(server.requests().is_empty());
}
