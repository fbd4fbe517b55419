//! The issuers that `handlers/api/presets` configures, in the shapes that their tokens have by their documentation. A
//! stand-in signs for each, and the server takes the very file, in which the issuer's address is the stand-in's.

use std::{collections::BTreeMap, sync::Arc};

use http::header;
use notewarden_testkit::issuer::{SigningKey, StandInIssuer};
use notewarden_userpool::web_identities::provider_name;
use serde_json::{Value, json};

use super::issuer::now;
use crate::support::{Actor, Answer, Place};

/// A configured issuer.
pub struct Preset {
    pub name: &'static str,
    providers: &'static str,
    parameters: &'static str,
    /// The issuer as the files have it.
    issuer: &'static str,
    /// Where the stand-in is on its server.
    path: &'static str,
    /// The client of the file.
    pub client: &'static str,
    /// How the issuer calls somebody in `sub`.
    subject: fn(&str) -> String,
    id_token: fn(&str) -> Value,
    /// What an access token for the API says, if the issuer gives any that are tokens of this kind.
    access_token: Option<fn(&str, &[&str]) -> Value>,
}

macro_rules! files {
    ($name:literal) => {
        (
            include_str!(concat!(
                "../../../../api/presets/",
                $name,
                ".providers.json"
            )),
            include_str!(concat!(
                "../../../../api/presets/",
                $name,
                ".parameters.json"
            )),
        )
    };
}

/// Every preset.
pub fn presets() -> [Preset; 5] {
    let preset = |name, (providers, parameters), issuer, path| Preset {
        name,
        providers,
        parameters,
        issuer,
        path,
        client: "CLIENT",
        subject: str::to_owned,
        id_token: |_| json!({}),
        access_token: None,
    };
    let auth0 = "https://TENANT.auth0.com/";
    let okta = "https://TENANT.okta.com/oauth2/default";
    let onelogin = "https://TENANT.onelogin.com/oidc/2";
    let fusionauth = "https://TENANT.fusionauth.io";
    let google = "https://accounts.google.com";
    [
        Preset {
            subject: |name| format!("auth0|{name}"),
            id_token: |name| {
                json!({
                    "nickname": name, "email": format!("{name}@example.com"), "email_verified": true,
                    "sid": "s", "nonce": "n", "https://example.com/roles": ["writer"],
                })
            },
            access_token: Some(|_, scopes| {
                json!({
                    "aud": ["https://api.example.com", "https://TENANT.auth0.com/userinfo"],
                    "azp": "CLIENT", "scope": scopes.join(" "), "permissions": scopes,
                    "https://example.com/roles": ["writer"],
                })
            }),
            ..preset("Auth0", files!("auth0"), auth0, "/auth0/")
        },
        Preset {
            subject: |name| format!("00u{name}"),
            id_token: |_| {
                json!({
                    "ver": 1, "jti": "ID.j", "amr": ["pwd"], "idp": "00o1", "auth_time": now(),
                    "at_hash": "x",
                })
            },
            access_token: Some(|name, scopes| {
                json!({
                    "ver": 1, "jti": "AT.j", "aud": "api://default", "cid": "CLIENT",
                    "uid": format!("00u{name}"), "scp": scopes, "auth_time": now(),
                })
            }),
            ..preset("Okta", files!("okta"), okta, "/oauth2/default")
        },
        Preset {
            subject: |name| format!("1{}", number(name)),
            id_token: |name| {
                json!({
                    "email": format!("{name}@example.com"), "preferred_username": name, "sid": "s",
                })
            },
            access_token: Some(
                |_, scopes| json!({ "jti": "j", "aud": "https://api.example.com", "scope": scopes.join(" ") }),
            ),
            ..preset("OneLogin", files!("onelogin"), onelogin, "/oidc/2")
        },
        Preset {
            subject: |name| format!("00000000-0000-4000-8000-{:0>12}", number(name)),
            id_token: |name| {
                json!({
                    "applicationId": "CLIENT", "authenticationType": "PASSWORD", "tid": "t",
                    "preferred_username": name, "email_verified": true, "roles": ["user"], "jti": "j",
                })
            },
            access_token: Some(|_, scopes| {
                json!({
                    "aud": "CLIENT", "applicationId": "CLIENT", "scope": scopes.join(" "), "tty": "at",
                    "authenticationType": "PASSWORD", "roles": ["user"], "tid": "t", "jti": "j",
                })
            }),
            ..preset(
                "FusionAuth",
                files!("fusionauth"),
                fusionauth,
                "/fusionauth",
            )
        },
        Preset {
            client: "CLIENT.apps.googleusercontent.com",
            subject: |name| format!("11{}", number(name)),
            id_token: |name| {
                json!({
                    "azp": "CLIENT.apps.googleusercontent.com", "email": format!("{name}@example.com"),
                    "email_verified": true, "at_hash": "x", "hd": "example.com",
                })
            },
            ..preset("Google", files!("google"), google, "/google")
        },
    ]
}

/// A number for each name, of at most twelve digits.
fn number(name: &str) -> u64 {
    let digits = name.bytes().fold(7_u64, |number, byte| {
        number.wrapping_mul(131).wrapping_add(byte.into())
    });
    digits % 1_000_000_000_000
}

/// A preset with a stand-in for its issuer.
pub struct Trusted {
    pub preset: Preset,
    pub issuer: StandInIssuer,
}

impl Trusted {
    /// All presets, with stand-ins on one server.
    pub async fn all() -> Vec<Self> {
        let root = StandInIssuer::start("RS256").await;
        let of = |preset: Preset| Self {
            issuer: root.beside(preset.path, SigningKey::rsa("k", 0)),
            preset,
        };
        presets().into_iter().map(of).collect()
    }

    fn is_google(&self) -> bool {
        self.preset.name == "Google"
    }

    /// The preset's entry among login providers, at the stand-in's address.
    pub fn entry(&self) -> Value {
        let file: Value = serde_json::from_str(self.preset.providers).unwrap();
        let mut entry = file["providers"][0].clone();
        if self.is_google() {
            // Its address is known, and not in the file: its keys are where the stand-in has them.
            entry["jwksUri"] = self.issuer.keys_url().into();
        } else {
            assert_eq!(entry["issuer"], self.preset.issuer);
            entry["issuer"] = self.issuer.name().into();
        }
        entry
    }

    /// `iss` of its tokens.
    pub fn name(&self) -> String {
        match self.is_google() {
            true => self.preset.issuer.to_owned(),
            false => self.issuer.name(),
        }
    }

    /// How callers name the provider in `Logins`.
    pub fn provider(&self) -> String {
        match self.is_google() {
            true => "accounts.google.com".to_owned(),
            false => self.issuer.provider(),
        }
    }

    /// The claims of `name`'s ID token.
    pub fn id_claims(&self, name: &str) -> Value {
        self.claims(
            name,
            json!({ "aud": self.preset.client }),
            (self.preset.id_token)(name),
        )
    }

    /// The claims of `name`'s access token for the API, if there are any.
    pub fn access_claims(&self, name: &str, scopes: &[&str]) -> Option<Value> {
        let claims = self.preset.access_token?(name, scopes);
        Some(self.claims(name, json!({}), claims))
    }

    fn claims(&self, name: &str, first: Value, more: Value) -> Value {
        let mut claims = json!({
            "iss": self.name(), "sub": (self.preset.subject)(name),
            "iat": now() - 60, "exp": now() + 3_600,
        });
        let members = claims.as_object_mut().unwrap();
        for part in [first, more] {
            members.extend(part.as_object().unwrap().clone());
        }
        claims
    }

    /// `name`'s ID token.
    pub fn id_token(&self, name: &str) -> String {
        self.issuer.token(&self.id_claims(name))
    }
}

async fn get(place: &Place, path: &str, token: &str) -> Answer {
    let request = http::Request::get(format!("{}{path}", place.endpoint))
        .header(header::HOST, place.host())
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    place.send(request.body("".into()).unwrap()).await
}

/// What each preset's tokens reach, by either authorizer that the template has: by the file and by the parameters.
#[tokio::test]
async fn people_of_every_preset_come_with_their_tokens_and_own_what_they_make() {
    for trusted in Trusted::all().await {
        let name = trusted.preset.name;
        let providers = json!({ "providers": [trusted.entry()] }).to_string();
        let parameters = trusted.parameters();
        let issuer = trusted.name();
        for auth in ["function", "jwt"] {
            // The gateway asks the issuer itself where its keys are, which no stand-in can answer for Google.
            if auth == "jwt" && trusted.is_google() {
                continue;
            }
            let place = Place::start_trusting(
                &providers,
                &[
                    ("TokenAuth", auth),
                    ("TokenIssuer", &issuer),
                    ("TokenAudiences", &parameters["TokenAudiences"]),
                ],
            )
            .await;
            used_by_alice(&trusted, &place).await;
            let other = trusted.issuer.token(&{
                let mut claims = trusted.id_claims("alice");
                claims["aud"] = "OTHER".into();
                claims
            });
            let refused = get(&place, "/notes", &other).await;
            assert!(
                [401, 403].contains(&refused.status.as_u16()),
                "{name}: {refused:?}"
            );
        }
    }
}

async fn used_by_alice(trusted: &Trusted, place: &Arc<Place>) {
    let name = trusted.preset.name;
    if let Some(claims) = trusted.access_claims("alice", &["openid", "notes:read"]) {
        // Nobody is known by an access token alone.
        let refused = get(place, "/me", &trusted.issuer.token(&claims)).await;
        let refused = refused.status(403).json();
        assert_eq!(
            refused["type"], "urn:notewarden:problem:id-token-needed",
            "{name}"
        );
    }
    let me = get(place, "/me", &trusted.id_token("alice"))
        .await
        .ok()
        .json();
    // The same person by signatures.
    let logins = json!({ trusted.provider(): trusted.id_token("alice") });
    assert_eq!(super::id_of(place, &logins).await, me["userId"], "{name}");
    let signed: Actor = super::credentials(place, me["userId"].as_str().unwrap(), &logins).await;
    let note = signed.note("hers").await;
    let mut own = vec![trusted.id_token("alice")];
    let access = |scopes| trusted.access_claims("alice", scopes);
    own.extend(access(&["openid", "notes:read"]).map(|claims| trusted.issuer.token(&claims)));
    for token in own {
        let read = get(place, &format!("/notes/{note}"), &token).await.ok();
        assert_eq!(read.json()["userId"], me["userId"], "{name}");
    }
    if let Some(claims) = access(&["openid", "files:read"]) {
        let refused = get(place, "/notes", &trusted.issuer.token(&claims)).await;
        assert_eq!(
            refused.status(403).json()["title"],
            "Not permitted",
            "{name}"
        );
    }
    let bobs = get(place, &format!("/notes/{note}"), &trusted.id_token("bobby")).await;
    bobs.status(404);
}

/// Okta's access tokens name people by their login unless its `sub` is told otherwise, and then lead to nobody, not to
/// somebody who is called so.
#[tokio::test]
async fn an_access_token_that_calls_somebody_otherwise_is_nobodys_yet() {
    let all = Trusted::all().await;
    let okta = all.iter().find(|trusted| trusted.preset.name == "Okta");
    let okta = okta.unwrap();
    let providers = json!({ "providers": [okta.entry()] }).to_string();
    let place = Place::start_trusting(&providers, &[]).await;
    get(&place, "/me", &okta.id_token("alice")).await.ok();
    let mut claims = okta.access_claims("alice", &["notes:read"]).unwrap();
    claims["sub"] = "alice@example.com".into();
    let refused = get(&place, "/notes", &okta.issuer.token(&claims)).await;
    let refused = refused.status(403).json();
    assert_eq!(refused["type"], "urn:notewarden:problem:id-token-needed");
}

impl Trusted {
    /// The preset's parameters of the template.
    fn parameters(&self) -> BTreeMap<String, String> {
        let file: Value = serde_json::from_str(self.preset.parameters).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let parameters = file.as_array().unwrap().iter();
        parameters
            .map(|one| (text(&one["ParameterKey"]), text(&one["ParameterValue"])))
            .collect()
    }
}

/// Both files of a preset say the same, and the template takes the parameters.
#[tokio::test]
async fn a_presets_parameters_say_what_its_file_says() {
    for trusted in Trusted::all().await {
        let name = trusted.preset.name;
        let parameters = trusted.parameters();
        let file: Value = serde_json::from_str(trusted.preset.providers).unwrap();
        let entry = &file["providers"][0];
        let list = |member: &str| -> Vec<String> {
            let items = entry[member].as_array().into_iter().flatten();
            items
                .map(|item| item.as_str().unwrap().to_owned())
                .collect()
        };
        let audiences = [list("clientIds"), list("apiAudiences")].concat();
        assert_eq!(parameters["TokenIssuer"], trusted.preset.issuer, "{name}");
        assert_eq!(parameters["TokenAudiences"], audiences.join(","), "{name}");
        let algorithms = match trusted.is_google() {
            true => "RS256".to_owned(),
            false => list("algorithms").join(","),
        };
        assert_eq!(parameters["TokenAlgorithms"], algorithms, "{name}");
        match trusted.is_google() {
            true => assert_eq!(parameters["GoogleClientId"], trusted.preset.client),
            false => {
                let provider = provider_name(trusted.preset.issuer);
                let arn = format!("arn:aws:iam::ACCOUNT:oidc-provider/{provider}");
                assert_eq!(parameters["OidcProviderArns"], arn, "{name}");
            }
        }
        // A server that is told both starts only if the template's logins are described, and means the same address.
        let told: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let place = Place::start_trusting(trusted.preset.providers, &told).await;
        let refused = get(&place, "/notes", &trusted.id_token("alice")).await;
        refused.status(403);
    }
}
