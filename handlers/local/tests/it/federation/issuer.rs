//! An OpenID Connect issuer on the loopback interface.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_testkit::http::{ScriptedServer, Step};
use serde_json::json;

const CLIENT: &str = "the-client";

pub struct Issuer {
    server: ScriptedServer,
    key: Ed25519KeyPair,
}

impl Issuer {
    /// Starts it. It answers for its documents twice, in the order in which they are asked for: the identity pool and
    /// the API's authorizer each ask once.
    pub async fn start() -> Self {
        let server = ScriptedServer::start(Step::answer(404, "")).await;
        let key = Ed25519KeyPair::generate().unwrap();
        let issuer = server.endpoint();
        let discovery = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") });
        let public = BASE64_URL_SAFE_NO_PAD.encode(key.public_key());
        let keys = json!({ "keys": [{ "kid": "k", "kty": "OKP", "crv": "Ed25519", "x": public }] });
        for document in [&discovery, &keys, &discovery, &keys] {
            server.play([Step::answer(200, document.to_string())]);
        }
        Self { server, key }
    }

    /// How the server is told of it.
    pub fn description(&self) -> String {
        let issuer = self.server.endpoint();
        let provider = json!({
            "kind": "oidc", "issuer": issuer, "clientIds": [CLIENT], "algorithms": ["EdDSA"],
        });
        json!({ "providers": [provider] }).to_string()
    }

    /// The provider's name in `Logins`.
    pub fn name(&self) -> String {
        self.server.endpoint().replace("http://", "")
    }

    /// An ID token of `subject`, good for an hour.
    pub fn token(&self, subject: &str) -> String {
        self.token_for(subject, CLIENT)
    }

    pub fn token_for(&self, subject: &str, audience: &str) -> String {
        self.token_with(subject, audience, 3_600, &json!({}))
    }

    /// A token that ends in so many seconds, and makes more claims.
    #[expect(
        clippy::disallowed_methods,
        reason = "issuers have clocks of their own"
    )]
    pub fn token_with(
        &self,
        subject: &str,
        audience: &str,
        seconds: i64,
        more: &serde_json::Value,
    ) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let now = i64::try_from(now).unwrap();
        let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({ "alg": "EdDSA", "kid": "k", "typ": "JWT" }));
        let mut claims = json!({
            "iss": self.server.endpoint(), "aud": audience, "sub": subject,
            "iat": now - 7_200, "exp": now + seconds,
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let claims = part(claims);
        let signed = format!("{header}.{claims}");
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
