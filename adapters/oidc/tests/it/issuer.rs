//! An issuer whose documents are held in memory, and which signs whatever it is told to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_oidc::{
    Algorithm, DocumentUrl, Fetch, FetchError, Fetched, IssuerSettings, TokenUse, Verifier,
};
use notewarden_testkit::{fakes::FixedClock, fixtures::NOON};
use serde_json::{Value, json};

pub const ISSUER: &str = "https://issuer.example.com/realm";
pub const CLIENT: &str = "the-client";

/// A key that signs, and its public side.
pub struct Key {
    pub id: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Making RSA keys takes long: tests share them.
static RSA: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    std::array::from_fn(|_| {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        der.as_ref().to_vec()
    })
});

impl Key {
    /// One of the two RSA keys that there are.
    pub fn rsa(id: &str, which: usize) -> Self {
        let pair = Pair::Rsa(RsaKeyPair::from_pkcs8(&RSA[which]).unwrap());
        Self {
            id: id.to_owned(),
            pair,
        }
    }

    /// A key for this algorithm.
    pub fn of(id: &str, algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::Es256 => {
                Pair::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
            }
            Algorithm::Es384 => {
                Pair::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
            }
            Algorithm::EdDsa => Pair::Ed25519(Ed25519KeyPair::generate().unwrap()),
            _ => return Self::rsa(id, 0),
        };
        Self {
            id: id.to_owned(),
            pair,
        }
    }

    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let point = |pair: &EcdsaKeyPair, curve: &str, length: usize| {
            let point = pair.public_key().as_ref();
            let (x, y) = point[1..].split_at(length);
            json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
        };
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": text(&public.n), "e": text(&public.e) })
            }
            Pair::P256(pair) => point(pair, "P-256", 32),
            Pair::P384(pair) => point(pair, "P-384", 48),
            Pair::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
            }
        };
        jwk["kid"] = self.id.as_str().into();
        jwk
    }

    pub fn sign_bytes(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let scheme: &'static dyn RsaEncoding = match algorithm {
                    Algorithm::Rs256 => &RSA_PKCS1_SHA256,
                    Algorithm::Rs384 => &RSA_PKCS1_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_SHA512,
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    Algorithm::Ps384 => &RSA_PSS_SHA384,
                    Algorithm::Ps512 => &RSA_PSS_SHA512,
                    _ => panic!("not by this key"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(scheme, &random, message, &mut signature).unwrap();
                signature
            }
            Pair::P256(pair) | Pair::P384(pair) => {
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// A token with this header and these claims, whatever they say, signed by `algorithm`.
    pub fn token(&self, algorithm: Algorithm, header: &Value, claims: &Value) -> String {
        self.token_of_text(algorithm, &header.to_string(), &claims.to_string())
    }

    pub fn token_of_text(&self, algorithm: Algorithm, header: &str, claims: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.sign_bytes(algorithm, signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// An honest token by RS256.
    pub fn id_token(&self, claims: &Value) -> String {
        self.token(Algorithm::Rs256, &self.header("RS256"), claims)
    }

    pub fn header(&self, algorithm: &str) -> Value {
        json!({ "alg": algorithm, "kid": self.id, "typ": "JWT" })
    }
}

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
