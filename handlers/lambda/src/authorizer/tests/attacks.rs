//! The attack list's rows about JSON Web Tokens, in events of every form: an issuer over HTTP, whose well-signed tokens
//! are taken, and each of its tokens with one thing wrong.

use std::{collections::BTreeSet, time::Duration};

use notewarden_oidc::{Algorithm, HttpFetch, IssuerSettings, TokenUse, Verifier};
use notewarden_testkit::{
    http::Step,
    issuer::{
        SigningKey, StandInIssuer,
        forgeries::{Forgery, Honest},
    },
};

use super::*;

const AUDIENCE: &str = "https://api.example.com";

struct World {
    issuer: StandInIssuer,
    name: String,
    other: SigningKey,
    clock: Arc<FixedClock>,
    place: Place,
}

impl World {
    async fn new() -> Self {
        let issuer = StandInIssuer::start("RS256").await;
        let other = SigningKey::rsa("other", 1);
        issuer.publish(&[issuer.key(), &other]);
        let clock = Arc::new(FixedClock::at(NOON));
        let settings = IssuerSettings {
            issuer: issuer.name(),
            aliases: Vec::new(),
            audiences: vec![AUDIENCE.to_owned()],
            algorithms: BTreeSet::from([Algorithm::Rs256]),
            leeway: Duration::from_secs(30),
            token_use: TokenUse::Api,
            keys: None,
        };
        let fetch = Arc::new(HttpFetch::new().unwrap());
        let verifier = Verifier::new(settings, fetch, clock.clone()).unwrap();
        let world = Self {
            name: issuer.name(),
            issuer,
            other,
            clock,
            place: Place::trusting(Issuers::from_iter([verifier])).await,
        };
        world.take(&world.honest().token()).await;
        world
    }

    fn honest(&self) -> Honest<'_> {
        Honest {
            issuer: &self.name,
            audience: AUDIENCE,
            now: NOON.as_secs(),
            key: self.issuer.key(),
            other: &self.other,
        }
    }

    /// The token is alice's, whatever form the event has.
    async fn take(&self, token: &str) -> Value {
        let mut contexts = Vec::new();
        for event in events(token) {
            let answer = self.place.answer(&event).await.unwrap();
            let is_allowed = answer["isAuthorized"] == true
                || answer["policyDocument"]["Statement"][0]["Effect"] == "Allow";
            assert!(is_allowed, "{answer}");
            assert_eq!(answer["context"]["sub"], "alice");
            contexts.push(answer["context"].clone());
        }
        // As every form tells it.
        assert!(contexts.iter().all(|context| *context == contexts[0]));
        contexts.remove(0)
    }

    /// None of these is anybody's, whatever form the event has, and the honest one still is.
    async fn refuse(&self, forgeries: Vec<Forgery>) {
        assert!(forgeries.len() > 4, "too few to say anything");
        for Forgery { what, token } in forgeries {
            for event in events(&token) {
                match self.place.answer(&event).await {
                    Ok(answer) => {
                        assert_eq!(answer, json!({ "isAuthorized": false }), "{what}");
                        assert_eq!(event["version"], "2.0", "{what}");
                    }
                    Err(error) => {
                        assert!(matches!(error, AuthorizerError::Nobody), "{what}: {error}");
                        assert_ne!(event["version"], "2.0", "{what}");
                    }
                }
            }
        }
        self.take(&self.honest().token()).await;
    }
}

/// The token in an event of each form: answered simply, and by a policy for a request and for a token.
fn events(token: &str) -> [Value; 4] {
    let bearer = format!("Bearer {token}");
    [
        v2(&json!({ "authorization": bearer })),
        json!({ "version": "1.0", "type": "REQUEST", "methodArn": ARN, "headers": { "Authorization": bearer } }),
        json!({ "type": "REQUEST", "methodArn": ARN, "headers": { "authorization": bearer } }),
        json!({ "type": "TOKEN", "methodArn": ARN, "authorizationToken": bearer }),
    ]
}

#[tokio::test]
async fn jwt_01_unsigned_tokens_are_nobodys() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_01_unsigned()).await;
}

#[tokio::test]
async fn jwt_02_public_keys_are_no_shared_secrets() {
    let world = World::new().await;
    let forgeries = world.honest().jwt_02_public_keys_as_secrets();
    world.refuse(forgeries).await;
}

#[tokio::test]
async fn jwt_03_other_algorithms_are_refused() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_03_other_algorithms()).await;
}

#[tokio::test]
async fn jwt_04_a_token_names_the_key_that_signed_it_and_the_issuer_is_asked_once_in_an_interval() {
    let world = World::new().await;
    let asked = world.issuer.asked();
    world.refuse(world.honest().jwt_04_other_keys()).await;
    assert_eq!(world.issuer.asked(), asked);
    world.clock.advance(Duration::from_secs(30));
    world.refuse(world.honest().jwt_04_other_keys()).await;
    // Discovery, and the keys.
    assert_eq!(world.issuer.asked(), asked + 2);
}

#[tokio::test]
async fn jwt_05_keys_in_the_header_are_not_fetched() {
    let world = World::new().await;
    let elsewhere = StandInIssuer::start("RS256").await;
    let forgeries = world.honest().jwt_05_keys_in_the_header(&elsewhere.name());
    world.refuse(forgeries).await;
    assert_eq!(elsewhere.asked(), 0);
}

#[tokio::test]
async fn jwt_06_extensions_are_refused() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_06_extensions()).await;
}

#[tokio::test]
async fn jwt_07_times_are_kept() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_07_times()).await;
}

#[tokio::test]
async fn jwt_08_another_issuer_is_nobody() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_08_other_issuers()).await;
}

#[tokio::test]
async fn jwt_09_another_audience_is_not_this_one() {
    let world = World::new().await;
    world.refuse(world.honest().jwt_09_other_audiences()).await;
}

/// What the API is told decides whether a token may be exchanged for an identity: only an ID token may.
#[tokio::test]
async fn jwt_09_an_access_token_is_no_id_token() {
    let world = World::new().await;
    for (token_use, is_id) in [("id", true), ("access", false), ("ID", false), ("", false)] {
        let claims = world.honest().claims_with("token_use", &json!(token_use));
        let context = world.take(&world.issuer.token(&claims)).await;
        assert_eq!(context["idToken"], is_id.to_string(), "{token_use:?}");
    }
}

#[tokio::test]
async fn jwt_10_what_is_no_token_is_refused() {
    let world = World::new().await;
    let mut forgeries = world.honest().jwt_10_malformed();
    forgeries.push(Forgery {
        what: "a megabyte".to_owned(),
        token: format!("{}{}", world.honest().token(), "A".repeat(1 << 20)),
    });
    world.refuse(forgeries).await;
}

#[tokio::test]
async fn jwt_11_old_tokens_end_with_their_key_and_new_ones_begin_with_theirs() {
    let world = World::new().await;
    let new = SigningKey::rsa("new", 1);
    let mut claims = world.honest().claims();
    claims["exp"] = (NOON.as_secs() + 100_000).into();
    let (old_token, new_token) = (world.issuer.token(&claims), new.usual_token(&claims));
    world.issuer.publish(&[world.issuer.key(), &new]);
    world.clock.advance(Duration::from_secs(30));
    world.take(&new_token).await;
    world.take(&old_token).await;
    world.issuer.publish(&[&new]);
    world.clock.advance(Duration::from_secs(3_600));
    world.take(&new_token).await;
    for event in events(&old_token) {
        let refused = world.place.answer(&event).await;
        let is_refused = refused.is_ok_and(|answer| answer["isAuthorized"] == false);
        assert_eq!(is_refused, event["version"] == "2.0");
    }
}

/// The keys that are known go on for a day; then nobody knows any more, which is not the caller's fault.
#[tokio::test]
async fn jwt_11_known_keys_outlast_the_issuers_bad_day() {
    let world = World::new().await;
    let mut claims = world.honest().claims();
    claims["exp"] = (NOON.as_secs() + 200_000).into();
    let token = world.issuer.token(&claims);
    let same = json!({ "keys": [world.issuer.key().jwk(), world.issuer.key().jwk()] });
    for step in [
        Step::answer(503, ""),
        Step::answer(200, "<html>"),
        Step::answer(200, vec![b' '; 10 << 20]),
        Step::answer(200, same.to_string()),
        Step::Reset,
    ] {
        world.issuer.answer_keys(step);
        world.clock.advance(Duration::from_secs(3_600));
        world.take(&token).await;
    }
    world.clock.advance(Duration::from_secs(86_400));
    for event in events(&token) {
        let failed = world.place.answer(&event).await;
        assert!(
            matches!(failed, Err(AuthorizerError::Issuer(_))),
            "{failed:?}"
        );
    }
}

/// Neither groups nor scopes count by a part of their names, or in another form.
#[tokio::test]
async fn jwt_12_part_of_a_name_is_no_name() {
    let world = World::new().await;
    for (name, value, scope) in [
        (
            "scope",
            json!("xnotes:read notes:reader notes NOTES:READ * :*"),
            "",
        ),
        ("scope", json!("notes:read,notes:write"), ""),
        ("scope", json!({ "notes:read": true }), ""),
        ("scp", json!(["notes:reader", 1, null]), ""),
        ("scp", json!(["notes:read"]), "notes:read"),
    ] {
        let mut claims = world.honest().claims_with(name, &value);
        claims["cognito:groups"] = "admins, notes:read, notes:*".into();
        let context = world.take(&world.issuer.token(&claims)).await;
        assert_eq!(context["scope"], scope, "{name}: {value}");
        assert!(context.get("cognito:groups").is_none());
    }
}
