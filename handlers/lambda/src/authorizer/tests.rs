//! Events of every form, with credentials of every kind.

mod attacks;
mod issuer;

use std::sync::Mutex;

use notewarden_domain::{Caller, Scope, Scopes, api_keys::KeyDraft};
use notewarden_testkit::{
    FixedClock, MemoryApiKeys, SeededIds,
    fixtures::{NOON, identity},
};

use super::*;

const ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/notes/42";

struct Place {
    authorizer: Authorizer,
    records: Arc<Mutex<Vec<u8>>>,
    key: String,
    owner: String,
}

impl Place {
    async fn new() -> Self {
        Self::trusting(issuer::trusted()).await
    }

    async fn trusting(issuers: Issuers) -> Self {
        let (clock, ids) = (Arc::new(FixedClock::at(NOON)), Arc::new(SeededIds::new(1)));
        let keys = Arc::new(MemoryApiKeys::default());
        let api_keys = ApiKeys::new(keys, clock.clone(), ids.clone());
        let owner = identity(&*ids);
        let draft = KeyDraft {
            name: "x".parse().unwrap(),
            scopes: Scopes::default().with(Scope::NotesRead),
            expires_at: None,
        };
        let caller = Caller::signed_in(owner.clone());
        let (_, token) = api_keys.create(&caller, draft).await.unwrap();
        let records = Arc::new(Mutex::new(Vec::new()));
        let written = records.clone();
        Self {
            authorizer: Authorizer {
                api_keys,
                issuers,
                clock,
                records: Records::new("authorizer".to_owned(), move |line: &[u8]| {
                    written.lock().unwrap().extend_from_slice(line);
                }),
            },
            records,
            key: token.expose(),
            owner: owner.to_string(),
        }
    }

    async fn answer(&self, event: &Value) -> Result<Value, AuthorizerError> {
        let event = RawValue::from_string(event.to_string()).unwrap();
        self.authorizer.answer(event, Context::default()).await
    }
}

fn v2(headers: &Value) -> Value {
    json!({ "version": "2.0", "type": "REQUEST", "routeArn": ARN, "headers": headers })
}

#[tokio::test]
async fn a_key_is_its_owners_in_either_header_and_every_form() {
    let place = Place::new().await;
    let key = &place.key;
    let bearer = format!("Bearer {key}");
    for headers in [
        json!({ "authorization": bearer }),
        json!({ "x-api-key": key }),
    ] {
        let answer = place.answer(&v2(&headers)).await.unwrap();
        assert_eq!(answer["isAuthorized"], true);
        assert_eq!(answer["context"]["identityId"], place.owner.as_str());
        assert_eq!(answer["context"]["scope"], "notes:read");
    }
    for event in [
        json!({ "version": "1.0", "type": "REQUEST", "methodArn": ARN, "headers": { "Authorization": bearer } }),
        json!({ "type": "REQUEST", "methodArn": ARN, "headers": { "X-Api-Key": key } }),
        json!({ "type": "TOKEN", "methodArn": ARN, "authorizationToken": bearer }),
    ] {
        let answer = place.answer(&event).await.unwrap();
        assert_eq!(answer["context"]["identityId"], place.owner.as_str());
        // Right for every route that the gateway may use it for.
        assert_eq!(
            answer["policyDocument"]["Statement"],
            json!([{
                "Action": "execute-api:Invoke", "Effect": "Allow",
                "Resource": "arn:aws:execute-api:us-east-1:000000000000:abc/$default/*"
            }])
        );
    }
    let log = String::from_utf8(place.records.lock().unwrap().clone()).unwrap();
    assert_eq!(log.lines().count(), 5);
    assert!(!log.contains(&key[20..]), "{log}");
}

#[tokio::test]
async fn what_is_nobodys_is_refused_in_the_events_own_words() {
    let place = Place::new().await;
    let wrong = "nw_0000000000000000_".to_owned() + &"0".repeat(72);
    for headers in [
        json!({}),
        json!({ "authorization": "Bearer x" }),
        json!({ "authorization": "Bearer a.b.c" }),
        json!({ "x-api-key": wrong }),
        json!({ "x-api-key": place.key, "authorization": place.key }),
    ] {
        let answer = place.answer(&v2(&headers)).await.unwrap();
        assert_eq!(answer, json!({ "isAuthorized": false }), "{headers}");
        let event = json!({ "type": "REQUEST", "methodArn": ARN, "headers": headers });
        let refused = place.answer(&event).await.unwrap_err();
        assert_eq!(refused.to_string(), "Unauthorized");
    }
}

#[tokio::test]
async fn an_event_that_is_none_is_an_error() {
    let place = Place::new().await;
    let nowhere = json!({ "type": "TOKEN", "methodArn": "x", "authorizationToken": place.key });
    for event in [json!("x"), json!({ "headers": 1 }), nowhere] {
        let refused = place.answer(&event).await.unwrap_err();
        assert!(matches!(refused, AuthorizerError::Event(_)), "{event}");
    }
}

/// Tokens that are refused: each is one change away from the one that is taken.
#[tokio::test]
async fn a_token_is_its_subjects_and_what_is_tampered_with_is_nobodys() {
    let place = Place::new().await;
    let header = json!({ "alg": "EdDSA", "kid": "k", "typ": "JWT" });
    let claims = issuer::claims();
    let shown = |token: String| v2(&json!({ "authorization": format!("Bearer {token}") }));
    let answer = place.answer(&shown(issuer::token(&header, &claims))).await;
    let answer = answer.unwrap();
    assert_eq!(answer["isAuthorized"], true);
    assert_eq!(answer["context"]["iss"], issuer::NAME);
    assert_eq!(answer["context"]["sub"], "auth0|alice");
    assert_eq!(answer["context"]["idToken"], "false");
    assert_eq!(answer["context"]["scope"], "notes:read");

    let with = |of: &Value, member: &str, value: Value| {
        let mut changed = of.clone();
        changed[member] = value;
        changed
    };
    let headers = [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("RS256")),
        ("kid", json!("another")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("typ", json!("dpop+jwt")),
    ];
    for (member, value) in headers {
        let token = issuer::token(&with(&header, member, value), &claims);
        let answer = place.answer(&shown(token)).await.unwrap();
        assert_eq!(answer, json!({ "isAuthorized": false }), "{member}");
    }
    let long_ago = NOON.as_secs() - 3_600;
    let others = [
        ("iss", json!("https://other.example")),
        ("aud", json!("another")),
        ("exp", json!(long_ago)),
        ("exp", Value::Null),
        ("nbf", json!(NOON.as_secs() + 3_600)),
        ("sub", json!("")),
        ("sub", json!(1)),
    ];
    for (member, value) in others {
        let token = issuer::token(&header, &with(&claims, member, value));
        let answer = place.answer(&shown(token)).await.unwrap();
        assert_eq!(answer, json!({ "isAuthorized": false }), "{member}");
    }
    let good = issuer::token(&header, &claims);
    let (signed, _) = good.rsplit_once('.').unwrap();
    for token in [
        format!("{signed}."),
        format!("{good}x"),
        format!("{good}.x"),
    ] {
        let answer = place.answer(&shown(token)).await.unwrap();
        assert_eq!(answer, json!({ "isAuthorized": false }));
    }
}
