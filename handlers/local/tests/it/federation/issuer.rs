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
    /// Starts it. It answers for its documents once, in the order in which they are asked for.
    pub async fn start() -> Self {
        let server = ScriptedServer::start(Step::answer(404, "")).await;
        let key = Ed25519KeyPair::generate().unwrap();
        let issuer = server.endpoint();
        let discovery = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}/keys") });
        let public = BASE64_URL_SAFE_NO_PAD.encode(key.public_key());
        let keys = json!({ "keys": [{ "kid": "k", "kty": "OKP", "crv": "Ed25519", "x": public }] });
        server.play([discovery, keys].map(|document| Step::answer(200, document.to_string())));
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

    #[expect(
        clippy::disallowed_methods,
        reason = "issuers have clocks of their own"
    )]
    pub fn token_for(&self, subject: &str, audience: &str) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({ "alg": "EdDSA", "kid": "k", "typ": "JWT" }));
        let claims = part(json!({
            "iss": self.server.endpoint(), "aud": audience, "sub": subject, "iat": now, "exp": now + 3_600,
        }));
        let signed = format!("{header}.{claims}");
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
