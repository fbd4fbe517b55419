//! An OpenID Connect issuer whose people are logins of the identity pool, and whose tokens the API takes.

use std::time::{SystemTime, UNIX_EPOCH};

use notewarden_testkit::issuer::StandInIssuer;
use serde_json::{Value, json};

const CLIENT: &str = "the-client";

pub struct Issuer(pub StandInIssuer);

/// Now, in seconds since the epoch.
#[expect(
    clippy::disallowed_methods,
    reason = "issuers have clocks of their own"
)]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

impl Issuer {
    pub async fn start() -> Self {
        Self(StandInIssuer::start("EdDSA").await)
    }

    /// How the server is told of it.
    pub fn description(&self) -> String {
        json!({ "providers": [self.entry()] }).to_string()
    }

    /// Its entry among login providers.
    pub fn entry(&self) -> Value {
        json!({
            "kind": "oidc", "issuer": self.0.name(), "clientIds": [CLIENT],
            "algorithms": [self.0.key().algorithm()],
        })
    }

    /// The provider's name in `Logins`.
    pub fn name(&self) -> String {
        self.0.provider()
    }

    /// An ID token of `subject`, good for an hour.
    pub fn token(&self, subject: &str) -> String {
        self.token_for(subject, CLIENT)
    }

    pub fn token_for(&self, subject: &str, audience: &str) -> String {
        self.token_with(subject, audience, 3_600, &json!({}))
    }

    /// A token that ends in so many seconds, and makes more claims.
    pub fn token_with(&self, subject: &str, audience: &str, seconds: i64, more: &Value) -> String {
        let mut claims = json!({
            "iss": self.0.name(), "aud": audience, "sub": subject,
            "iat": now() - 7_200, "exp": now().saturating_add_signed(seconds),
        });
        let members = claims.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        self.0.token(&claims)
    }
}
