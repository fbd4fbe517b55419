//! What can be shown: by every way in, alice's own, bob's, and what is spoiled.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, Method, Request};
use serde_json::{Value, json};

use crate::{
    federation::issuer::Issuer,
    support::{Actor, Keys, Place, Signing},
};

/// The audience that the issuer is described with.
const CLIENT: &str = "the-client";

/// Something to show with a request.
pub struct Credential {
    /// The way, and whose or what it is.
    pub name: (&'static str, &'static str),
    /// Whether alice's identity may be in an answer.
    pub is_alices: bool,
    pub show: Show,
}

/// Puts it into a request.
type Show = Box<dyn Fn(&mut Request<Bytes>)>;

fn header(
    way: &'static str,
    whose: &'static str,
    name: &'static str,
    value: impl Into<String>,
) -> Credential {
    let value = value.into();
    let name_of_header = HeaderName::from_static(name);
    Credential {
        name: (way, whose),
        is_alices: whose.starts_with("alice's"),
        show: Box::new(move |request| {
            let value = value.parse().unwrap();
            request.headers_mut().insert(name_of_header.clone(), value);
        }),
    }
}

fn bearer(way: &'static str, whose: &'static str, token: &str) -> Credential {
    header(way, whose, "authorization", format!("Bearer {token}"))
}

fn signed(whose: &'static str, keys: Keys) -> Credential {
    Credential {
        name: ("IAM", whose),
        is_alices: whose == "alice's",
        show: Box::new(move |request| Signing::new(&keys, "execute-api").sign(request)),
    }
}

/// `token` with another character in the middle of its signature.
fn forged(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let middle = signature.len() / 2;
    let other = if &signature[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    format!(
        "{signed}.{}{other}{}",
        &signature[..middle],
        &signature[middle + 1..]
    )
}

async fn key(owner: &Actor, scopes: &[&str]) -> (String, String) {
    let made = owner.api_key(scopes).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("keyId"), text("secret"))
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
        let mut request = owner.request(Method::GET, "/notes", &[], "");
        let value = secret.parse().unwrap();
        request.headers_mut().insert("x-api-key", value);
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

/// Everything that can be shown to a server that trusts `issuer`.
pub async fn credentials(
    place: &Arc<Place>,
    issuer: &Issuer,
    alice: &Actor,
    bob: &Actor,
) -> Vec<Credential> {
    let everything = ["notes:*", "files:*", "archives:*"];
    let (_, own) = key(alice, &everything).await;
    let (_, bobs) = key(bob, &everything).await;
    let (_, reading) = key(alice, &["notes:read"]).await;
    let (_, elsewhere) = key(alice, &["archives:*"]).await;
    let (revoked_id, revoked) = key(alice, &everything).await;
    let path = format!("/api-keys/{revoked_id}");
    alice.call(Method::DELETE, &path, None).await.status(204);
    let wrong_secret = {
        let digit = if own.ends_with('0') { '1' } else { '0' };
        format!("{}{digit}", &own[..own.len() - 1])
    };
    // The link of a stranger's login is made by their ID token once, here not.
    let strangers = json!({ "scope": "notes:*" });
    let access = |subject: &str, scope: &str| {
        issuer.token_with(subject, CLIENT, 3_600, &json!({ "scope": scope }))
    };
    // Carol comes once with her ID token: what she owns is hers, whatever she comes with later.
    let mut first = alice.request(Method::GET, "/notes", &[], "");
    let value = format!("Bearer {}", issuer.token("carol"));
    first
        .headers_mut()
        .insert("authorization", value.parse().unwrap());
    place.send(first).await.ok();
    let none: &Value = &json!({});
    vec![
        Credential {
            name: ("none", "nobody's"),
            is_alices: false,
            show: Box::new(|_| ()),
        },
        signed("alice's", alice.keys.clone()),
        signed("bob's", bob.keys.clone()),
        signed(
            "alice's key, a wrong secret",
            Keys {
                secret: "wrong".to_owned(),
                ..alice.keys.clone()
            },
        ),
        bearer("user pool", "alice's ID token", &alice.id_token),
        bearer("user pool", "alice's access token", &alice.access_token),
        header(
            "user pool",
            "alice's ID token, no scheme",
            "authorization",
            &alice.id_token,
        ),
        bearer("user pool", "bob's ID token", &bob.id_token),
        bearer("user pool", "bob's access token", &bob.access_token),
        bearer("user pool", "forged", &forged(&alice.id_token)),
        bearer("issuer", "a stranger's ID token", &issuer.token("carol")),
        bearer(
            "issuer",
            "a stranger's token to read",
            &access("carol", "notes:read"),
        ),
        bearer(
            "issuer",
            "a stranger's of other scopes",
            &access("carol", "openid email"),
        ),
        bearer(
            "issuer",
            "of somebody not known yet",
            &issuer.token_with("dave", CLIENT, 3_600, &strangers),
        ),
        bearer(
            "issuer",
            "expired",
            &issuer.token_with("carol", CLIENT, -3_600, none),
        ),
        bearer(
            "issuer",
            "for another audience",
            &issuer.token_for("carol", "another-client"),
        ),
        bearer("issuer", "forged", &forged(&issuer.token("carol"))),
        bearer("API key", "alice's", &own),
        header("API key", "alice's, x-api-key", "x-api-key", &own),
        bearer("API key", "alice's, to read notes", &reading),
        bearer("API key", "alice's, for archives only", &elsewhere),
        bearer("API key", "bob's", &bobs),
        bearer("API key", "revoked", &revoked),
        bearer("API key", "expired", &expired_key(alice).await),
        bearer("API key", "a wrong secret", &wrong_secret),
        bearer("something", "no token at all", "x"),
        header("something", "another scheme", "authorization", "Basic eDp5"),
    ]
}
