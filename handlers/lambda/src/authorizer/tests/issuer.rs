//! An issuer of tokens in the shape of Auth0's, whose documents are at hand.

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_oidc::{
    Algorithm, DocumentUrl, Fetch, FetchError, Fetched, IssuerSettings, Issuers, TokenUse, Verifier,
};
use notewarden_testkit::{FixedClock, fixtures::NOON, issuer::SigningKey};
use serde_json::{Value, json};

pub const NAME: &str = "https://example.auth0.com/";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::of("k", Algorithm::EdDsa));

/// Its documents.
struct Documents;

#[async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &DocumentUrl) -> Result<Fetched, FetchError> {
        let document = if url.uri().path().ends_with("openid-configuration") {
            json!({ "issuer": NAME, "jwks_uri": format!("{NAME}keys") })
        } else {
            json!({ "keys": [KEY.jwk()] })
        };
        Ok(Fetched {
            body: Bytes::from(document.to_string()),
            max_age: None,
        })
    }
}

/// The issuers of an authorizer that trusts this one.
pub fn trusted() -> Issuers {
    let settings = IssuerSettings {
        issuer: NAME.to_owned(),
        aliases: Vec::new(),
        audiences: vec!["https://api.example.com".to_owned()],
        algorithms: BTreeSet::from([Algorithm::EdDsa]),
        leeway: Duration::ZERO,
        token_use: TokenUse::Api,
        keys: None,
    };
    let clock = Arc::new(FixedClock::at(NOON));
    let verifier = Verifier::new(settings, Arc::new(Documents), clock);
    Issuers::from_iter([verifier.unwrap()])
}

/// What an access token of alice's says.
pub fn claims() -> Value {
    json!({
        "iss": NAME,
        "sub": "auth0|alice",
        "aud": ["https://api.example.com", "https://example.auth0.com/userinfo"],
        "azp": "the-client",
        "scope": "openid notes:read",
        "https://example.com/roles": ["writer"],
        "iat": NOON.as_secs(),
        "exp": NOON.as_secs() + 3_600
    })
}

/// A token with this header and these claims, signed by the issuer's key whatever they say.
pub fn token(header: &Value, claims: &Value) -> String {
    KEY.token(Algorithm::EdDsa, header, claims)
}
