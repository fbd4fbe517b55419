//! An OpenID Connect issuer on the loopback interface: real keys, documents over real HTTP that can change or go away,
//! and tokens that say whatever a test wants said.

pub mod forgeries;
mod key;

use std::sync::Arc;

use serde_json::{Value, json};

pub use key::SigningKey;

use crate::http::{Published, ScriptedServer, Step};

/// An issuer. Clones are one.
#[derive(Clone, Debug)]
pub struct StandInIssuer {
    server: Arc<ScriptedServer>,
    published: Published,
    /// Where on the server it is: empty, or with its first slash.
    path: String,
    key: Arc<SigningKey>,
}

impl StandInIssuer {
    /// Starts an issuer at the root of a server of its own, which signs by `algorithm`.
    pub async fn start(algorithm: &str) -> Self {
        let published = Published::default();
        let server = ScriptedServer::start(Step::Published(published.clone())).await;
        let root = Self {
            server: Arc::new(server),
            published,
            path: String::new(),
            key: Arc::new(SigningKey::of("k", algorithm)),
        };
        root.publish(&[&root.key]);
        root
    }

    /// Another issuer at `path` of the same server, which signs by `key`.
    #[must_use]
    pub fn beside(&self, path: &str, key: SigningKey) -> Self {
        let issuer = Self {
            path: path.to_owned(),
            key: Arc::new(key),
            ..self.clone()
        };
        issuer.publish(&[&issuer.key]);
        issuer
    }

    /// `iss`.
    pub fn name(&self) -> String {
        format!("{}{}", self.server.endpoint(), self.path)
    }

    /// Where its server is, without a path.
    pub fn server(&self) -> String {
        self.server.endpoint()
    }

    /// The name under which an identity pool knows it: without the scheme, and without a slash at the end.
    pub fn provider(&self) -> String {
        let name = self.name().replace("http://", "");
        name.strip_suffix('/').unwrap_or(&name).to_owned()
    }

    /// Where its keys are.
    pub fn keys_url(&self) -> String {
        format!("{}{}", self.server.endpoint(), self.keys_path())
    }

    /// The key that it signs with.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// A token with these claims, signed by [`StandInIssuer::key`].
    pub fn token(&self, claims: &Value) -> String {
        self.key.usual_token(claims)
    }

    /// From now on it has these keys, and no others.
    pub fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        let discovery = json!({ "issuer": self.name(), "jwks_uri": self.keys_url() });
        self.answer_discovery(Step::answer(200, discovery.to_string()));
        self.answer_keys(Step::answer(200, json!({ "keys": keys }).to_string()));
    }

    /// From now on this is done when its discovery document is asked for.
    pub fn answer_discovery(&self, step: Step) {
        let base = self.path.strip_suffix('/').unwrap_or(&self.path);
        let path = format!("{base}/.well-known/openid-configuration");
        self.published.put(path, step);
    }

    /// From now on this is done when its keys are asked for.
    pub fn answer_keys(&self, step: Step) {
        self.published.put(self.keys_path(), step);
    }

    /// From now on this is done at `path` of its server.
    pub fn answer_at(&self, path: impl Into<String>, step: Step) {
        self.published.put(path, step);
    }

    /// How often anything was asked of its server.
    pub fn asked(&self) -> usize {
        self.server.requests().len()
    }

    fn keys_path(&self) -> String {
        let base = self.path.strip_suffix('/').unwrap_or(&self.path);
        format!("{base}/keys")
    }
}
