//! An issuer whose documents are held in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use notewarden_oidc::{
    Algorithm, DocumentUrl, Fetch, FetchError, Fetched, IssuerSettings, TokenUse, Verifier,
};
pub use notewarden_testkit::issuer::SigningKey as Key;
use notewarden_testkit::{fakes::FixedClock, fixtures::NOON};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://issuer.example.com/realm";
pub const CLIENT: &str = "the-client";

/// The claims of an honest token, good for an hour.
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": CLIENT, "sub": "the-subject",
        "iat": NOON.as_secs(), "exp": NOON.as_secs() + 3_600,
    })
}

/// The claims with one of them changed, or, by `null`, left out.
pub fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}

/// Documents in memory. One that is not there is an error, and each attempt to get one counts.
#[derive(Default)]
pub struct Documents {
    pub held: Mutex<BTreeMap<String, Fetched>>,
    pub attempts: AtomicUsize,
}

impl Documents {
    pub fn put(&self, url: &str, document: &Value) {
        self.put_text(url, &document.to_string(), None);
    }

    pub fn put_text(&self, url: &str, text: &str, max_age: Option<Duration>) {
        let fetched = Fetched {
            body: text.to_owned().into(),
            max_age,
        };
        self.held.lock().unwrap().insert(url.to_owned(), fetched);
    }

    pub fn remove_all(&self) {
        self.held.lock().unwrap().clear();
    }

    pub fn attempts(&self) -> usize {
        self.attempts.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &DocumentUrl) -> Result<Fetched, FetchError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        let held = self.held.lock().unwrap();
        let found = held.get(&url.uri().to_string()).cloned();
        found.ok_or_else(|| FetchError::TimedOut(url.host().to_owned()))
    }
}

/// An issuer, and whoever verifies its tokens.
pub struct World {
    pub documents: Arc<Documents>,
    pub clock: Arc<FixedClock>,
    pub verifier: Verifier,
}

pub const DISCOVERY: &str = "https://issuer.example.com/realm/.well-known/openid-configuration";
pub const KEYS: &str = "https://issuer.example.com/keys";

pub fn settings() -> IssuerSettings {
    IssuerSettings {
        issuer: ISSUER.to_owned(),
        aliases: Vec::new(),
        audiences: vec![CLIENT.to_owned(), "another-client".to_owned()],
        algorithms: BTreeSet::from([Algorithm::Rs256]),
        leeway: Duration::ZERO,
        token_use: TokenUse::Id,
        keys: None,
    }
}

impl World {
    /// With an issuer that publishes these keys.
    pub fn new(keys: &[&Key]) -> Self {
        Self::with(settings(), keys)
    }

    pub fn with(settings: IssuerSettings, keys: &[&Key]) -> Self {
        let documents = Arc::new(Documents::default());
        let clock = Arc::new(FixedClock::at(NOON));
        let verifier = Verifier::new(settings, documents.clone(), clock.clone()).unwrap();
        let world = Self {
            documents,
            clock,
            verifier,
        };
        world.publish(keys);
        world
    }

    /// From now on the issuer has these keys.
    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.documents
            .put(DISCOVERY, &json!({ "issuer": ISSUER, "jwks_uri": KEYS }));
        self.documents.put(KEYS, &json!({ "keys": keys }));
    }

    pub async fn takes(&self, token: &str) -> bool {
        self.verifier.verify(token).await.is_ok()
    }
}
