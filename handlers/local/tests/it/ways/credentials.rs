//! What can be shown: by every way in, alice's own, bob's, and what is expired, taken back, spoiled or too narrow.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, Method, Request};
use serde_json::json;

use super::cast::{Cast, issuers};
use crate::{
    federation::{issuer::now, presets::Trusted},
    support::{Actor, Keys, Place, Signing},
};

/// The name of something to show: the way, and whose or what it is.
#[derive(Clone, Copy)]
pub struct Name {
    pub way: &'static str,
    pub whose: &'static str,
}

impl Name {
    /// Whether alice's identity may be in an answer.
    pub fn is_alices(self) -> bool {
        self.whose.starts_with("alice's") && !self.whose.contains("a wrong secret")
    }
}

/// Something to show with a request.
pub enum Show {
    Nothing,
    Header(&'static str, String),
    Signature(Keys),
}

impl Show {
    /// Puts it into a request.
    pub fn put(&self, request: &mut Request<Bytes>) {
        match self {
            Self::Nothing => {}
            Self::Header(name, value) => {
                let value = value.parse().unwrap();
                let name = HeaderName::from_static(name);
                request.headers_mut().insert(name, value);
            }
            Self::Signature(keys) => Signing::new(keys, "execute-api").sign(request),
        }
    }
}

const SIGNATURES: [&str; 7] = [
    "alice's",
    "bob's",
    "alice's key, a wrong secret",
    "expired",
    "of a role without permission",
    "of a session without identity",
    "the administrator's",
];

const OF_LOGINS: [&str; 3] = ["alice's", "bob's", "unlinked"];

const USER_POOL: [&str; 9] = [
    "alice's ID token",
    "alice's access token",
    "alice's ID token, no scheme",
    "alice's refresh token",
    "alice's access token, signed out",
    "bob's ID token",
    "bob's access token",
    "another pool's ID token",
    "forged",
];

const ISSUER: [&str; 9] = [
    "alice's ID token",
    "alice's token to read notes",
    "alice's token of other scopes",
    "bob's ID token",
    "bob's token to read notes",
    "of somebody not known yet",
    "expired",
    "for another audience",
    "forged",
];

const KEYS: [&str; 8] = [
    "alice's",
    "alice's, x-api-key",
    "alice's, to read notes",
    "alice's, for archives only",
    "bob's",
    "revoked",
    "expired",
    "a wrong secret",
];

const OTHERS: [&str; 3] = ["no token at all", "another scheme", "two credentials"];

/// Everything that can be shown.
pub fn names() -> Vec<Name> {
    let of = |way: &'static str, all: &'static [&'static str]| {
        all.iter().map(move |&whose| Name { way, whose })
    };
    let mut names: Vec<_> = of("none", &["nobody's"]).collect();
    names.extend(of("IAM", &SIGNATURES));
    for login in ["IAM by Google", "IAM by Facebook", "IAM by Auth0"] {
        names.extend(of(login, &OF_LOGINS));
    }
    names.extend(of("user pool", &USER_POOL));
    for issuer in issuers() {
        // Google's access tokens are no tokens of this kind.
        let has = move |name: &Name| issuer != "Google" || !name.whose.contains("token ");
        names.extend(of(issuer, &ISSUER).filter(has));
    }
    names.extend(of("API key", &KEYS));
    names.extend(of("something", &OTHERS));
    names
}

/// Makes it.
pub async fn make(cast: &Cast, name: Name) -> Show {
    let bearer = |token: &str| Show::Header("authorization", format!("Bearer {token}"));
    match name.way {
        "none" => Show::Nothing,
        "IAM" => Show::Signature(signature(cast, name.whose).await),
        "user pool" if name.whose.ends_with("no scheme") => {
            Show::Header("authorization", cast.alice.id_token.clone())
        }
        "user pool" => bearer(&of_pool(cast, name.whose).await),
        "API key" => {
            let key = key(cast, name.whose).await;
            match name.whose.ends_with("x-api-key") {
                true => Show::Header("x-api-key", key),
                false => bearer(&key),
            }
        }
        "something" => match name.whose {
            "no token at all" => bearer("x"),
            "another scheme" => Show::Header("authorization", "Basic eDp5".to_owned()),
            _ => bearer(&format!("{0},{0}", cast.alice.id_token)),
        },
        way => match cast.issuer(way) {
            Some(issuer) => bearer(&of_issuer(cast, issuer, name.whose)),
            None => Show::Signature(of_login(cast, way, name.whose).await),
        },
    }
}

async fn signature(cast: &Cast, whose: &str) -> Keys {
    let hour = Duration::from_secs(3_600);
    let role = cast.place.output("AuthRoleArn").rsplit('/').next();
    let role = role.unwrap_or_default();
    match whose {
        "alice's" => cast.alice.keys.clone(),
        "bob's" => cast.bob.keys.clone(),
        "alice's key, a wrong secret" => Keys {
            secret: "wrong".to_owned(),
            ..cast.alice.keys.clone()
        },
        "expired" => cast.keys_of(role, Duration::ZERO).await,
        "of a role without permission" => cast.keys_of("OtherRole", hour).await,
        "of a session without identity" => cast.keys_without_identity(role, hour).await,
        "the administrator's" => cast.place.admin_keys(),
        other => panic!("{other}"),
    }
}

async fn of_login(cast: &Cast, way: &str, whose: &str) -> Keys {
    let provider = way.strip_prefix("IAM by ").unwrap();
    match whose {
        "alice's" => cast.session(&cast.alice, "alice", provider).await,
        "bob's" => cast.session(&cast.bob, "bob", provider).await,
        "unlinked" => cast.unlinked(provider).await,
        other => panic!("{other}"),
    }
}

async fn of_pool(cast: &Cast, whose: &str) -> String {
    match whose {
        "alice's ID token" => cast.alice.id_token.clone(),
        "alice's access token" => cast.alice.access_token.clone(),
        "bob's ID token" => cast.bob.id_token.clone(),
        "bob's access token" => cast.bob.access_token.clone(),
        "alice's refresh token" => {
            let sign_in = json!({
                "AuthFlow": "USER_PASSWORD_AUTH",
                "ClientId": cast.place.output("UserPoolClient"),
                "AuthParameters": { "USERNAME": cast.alice.name, "PASSWORD": crate::support::PASSWORD },
            });
            let tokens = cast.place.idp("InitiateAuth", sign_in).await.ok().json();
            let token = &tokens["AuthenticationResult"]["RefreshToken"];
            token.as_str().unwrap().to_owned()
        }
        "alice's access token, signed out" => {
            let again = Actor::sign_in(&cast.place, &cast.alice.name).await;
            let sign_out = json!({ "AccessToken": again.access_token });
            cast.place.idp("GlobalSignOut", sign_out).await.ok();
            again.access_token
        }
        "another pool's ID token" => {
            let elsewhere = Place::start().await;
            Actor::sign_up(&elsewhere, "alice").await.id_token
        }
        "forged" => forged(&cast.alice.id_token),
        other => panic!("{other}"),
    }
}

fn of_issuer(cast: &Cast, issuer: &Trusted, whose: &str) -> String {
    let (alice, bob) = (cast.known_as("alice"), cast.known_as("bob"));
    let access = |who: &str, scopes: &[&str]| {
        let claims = issuer.access_claims(who, scopes);
        issuer.issuer.token(&claims.unwrap())
    };
    let with = |member: &str, value: serde_json::Value| {
        let mut claims = issuer.id_claims(&alice);
        claims[member] = value;
        issuer.issuer.token(&claims)
    };
    match whose {
        "alice's ID token" => issuer.id_token(&alice),
        "alice's token to read notes" => access(&alice, &["openid", "notes:read"]),
        "alice's token of other scopes" => access(&alice, &["openid", "email"]),
        "bob's ID token" => issuer.id_token(&bob),
        "bob's token to read notes" => access(&bob, &["openid", "notes:read"]),
        // The link of a login is made by its ID token once, here not.
        "of somebody not known yet" => {
            let mut claims = issuer.id_claims("erin-unknown");
            claims["scope"] = "notes:* files:* archives:*".into();
            issuer.issuer.token(&claims)
        }
        "expired" => with("exp", (now() - 3_600).into()),
        "for another audience" => with("aud", "another-client".into()),
        "forged" => forged(&issuer.id_token(&alice)),
        other => panic!("{other}"),
    }
}

async fn key(cast: &Cast, whose: &str) -> String {
    let everything = ["notes:*", "files:*", "archives:*"];
    let (owner, scopes) = match whose {
        "alice's, to read notes" => (&cast.alice, &["notes:read"][..]),
        "alice's, for archives only" => (&cast.alice, &["archives:*"][..]),
        "bob's" => (&cast.bob, &everything[..]),
        "expired" => return expired_key(&cast.alice).await,
        _ => (&cast.alice, &everything[..]),
    };
    let made = owner.api_key(scopes).await;
    let secret = made["secret"].as_str().unwrap();
    match whose {
        "revoked" => {
            let path = format!("/api-keys/{}", made["keyId"].as_str().unwrap());
            owner.call(Method::DELETE, &path, None).await.status(204);
            secret.to_owned()
        }
        "a wrong secret" => {
            let digit = if secret.ends_with('0') { '1' } else { '0' };
            format!("{}{digit}", &secret[..secret.len() - 1])
        }
        _ => secret.to_owned(),
    }
}

/// A key that has ended by now.
async fn expired_key(owner: &Actor) -> String {
    let newest = owner.note("a moment").await;
    let note = owner.get(&format!("/notes/{newest}")).await.ok().json();
    let soon = note["createdAt"].as_u64().unwrap() + 1_000;
    let body = json!({ "name": "x", "scopes": ["notes:*"], "expiresAt": soon });
    let made = owner.call(Method::POST, "/api-keys", Some(body)).await;
    let secret = made.status(201).json()["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let asked = || async {
        let headers = [("x-api-key", secret.as_str())];
        let request = owner.request(Method::GET, "/notes", &headers, "");
        owner.place.send(request).await.status.is_success()
    };
    let ended = async {
        while asked().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended)
        .await
        .unwrap();
    secret
}

/// `token` with another character in the middle of its signature.
fn forged(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (before, after) = signature.split_at(signature.len() / 2);
    let other = if after.starts_with('A') { "B" } else { "A" };
    format!("{signed}.{before}{other}{}", &after[1..])
}
