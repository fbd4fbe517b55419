//! What the verification of a token costs with the issuer's keys at hand, beside what `jsonwebtoken` needs for the same
//! token and the signature alone, which nobody can do without.
#![expect(clippy::print_stdout, reason = "the figures are the purpose")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

use std::{
    collections::BTreeSet,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jsonwebtoken::{DecodingKey, Validation, decode, jwk::Jwk};
use notewarden_oidc::{
    Algorithm, DocumentUrl, Fetch, FetchError, Fetched, IssuerSettings, Jws, TokenUse,
    VerificationKey, Verifier,
};
use notewarden_testkit::{fakes::FixedClock, fixtures::NOON, issuer::SigningKey};
use serde_json::{Map, Value, json};

const ISSUER: &str = "https://issuer.example.com";
const AUDIENCE: &str = "https://api.example.com";
const ROUNDS: u32 = 100;
const CALLS: u32 = 200;

/// The issuer's keys.
struct Keys(Value);

#[async_trait]
impl Fetch for Keys {
    async fn get(&self, _: &DocumentUrl) -> Result<Fetched, FetchError> {
        Ok(Fetched {
            body: json!({ "keys": [self.0] }).to_string().into(),
            max_age: None,
        })
    }
}

fn main() {
    println!("the best of {ROUNDS} rounds of {CALLS}, one thread");
    for algorithm in [
        Algorithm::Rs256,
        Algorithm::Ps256,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
    ] {
        measure(algorithm);
    }
}

fn measure(algorithm: Algorithm) {
    let key = SigningKey::of("k", algorithm);
    let mut jwk = key.jwk();
    jwk["alg"] = algorithm.as_str().into();
    // An access token as Auth0 gives it.
    let token = key.usual_token(&json!({
        "iss": ISSUER, "sub": "auth0|507f1f77bcf86cd799439011",
        "aud": [AUDIENCE, "https://issuer.example.com/userinfo"], "azp": "my_client_id",
        "scope": "openid profile notes:read notes:write", "iat": NOON.as_secs(),
        // Beyond any clock's time, as the peer's cannot be set.
        "exp": 4_102_444_800_u64,
    }));

    let settings = IssuerSettings {
        issuer: ISSUER.to_owned(),
        aliases: Vec::new(),
        audiences: vec![AUDIENCE.to_owned()],
        algorithms: BTreeSet::from([algorithm]),
        leeway: Duration::ZERO,
        token_use: TokenUse::Api,
        keys: Some(format!("{ISSUER}/keys")),
    };
    let clock = Arc::new(FixedClock::at(NOON));
    let verifier = Verifier::new(settings, Arc::new(Keys(jwk.clone())), clock).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let ours = || {
        black_box(runtime.block_on(verifier.verify(&token)).unwrap());
    };

    let of_jwk: Jwk = serde_json::from_value(jwk.clone()).unwrap();
    let peer_key = DecodingKey::from_jwk(&of_jwk).unwrap();
    let mut validation = Validation::new(algorithm.as_str().parse().unwrap());
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    let peer = || {
        black_box(decode::<Map<String, Value>>(&token, &peer_key, &validation).unwrap());
    };

    let bare_key = VerificationKey::from_jwk(jwk.as_object().unwrap()).unwrap();
    let parsed = Jws::parse(&token).unwrap();
    let bare = || {
        black_box(parsed.verify(&bare_key).unwrap());
    };

    let [ours, peer, bare] = best([&ours, &peer, &bare]);
    println!(
        "{algorithm}: {:.0} tokens/s, {:.1} µs each; jsonwebtoken {:.1} µs, ratio {:.2}; of it signature and claims \
         {:.2}",
        1e9 / ours,
        ours / 1e3,
        peer / 1e3,
        ours / peer,
        bare / ours,
    );
}

/// The fastest round of each, in nanoseconds a call. They take turns, so that whatever else the machine does is done to
/// all of them.
fn best<const N: usize>(calls: [&dyn Fn(); N]) -> [f64; N] {
    let mut fastest = [Duration::MAX; N];
    for _ in 0..ROUNDS {
        for (call, fastest) in calls.iter().zip(&mut fastest) {
            let start = Instant::now();
            for _ in 0..CALLS {
                call();
            }
            *fastest = start.elapsed().min(*fastest);
        }
    }
    fastest.map(|round| round.as_secs_f64() * 1e9 / f64::from(CALLS))
}
