//! What it costs to find out whose an API key is, beside the hash of it alone.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking, and prints its figures"
)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use notewarden_domain::{
    Caller, Scopes,
    api_keys::{ApiKeys, KeyDraft},
};
use notewarden_embedded::{Database, EmbeddedApiKeys};
use notewarden_testkit::{
    FixedClock, SeededIds,
    fixtures::{NOON, identity},
};
use sha2::{Digest, Sha256};

/// How many people have a key.
const PEOPLE: usize = 1_000;
const ROUNDS: u32 = 20;
const CALLS: u32 = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let database = Database::open(dir.path()).unwrap();
    let ids = Arc::new(SeededIds::new(1));
    let keys = Arc::new(EmbeddedApiKeys::new(database));
    let keys = ApiKeys::new(keys, Arc::new(FixedClock::at(NOON)), ids.clone());
    let mut last = String::new();
    for _ in 0..PEOPLE {
        let draft = KeyDraft {
            name: "a script".parse().unwrap(),
            scopes: Scopes::GRANTABLE,
            expires_at: None,
        };
        let owner = Caller::signed_in(identity(ids.as_ref()));
        last = keys.create(&owner, draft).await.unwrap().1.expose();
    }
    // The first use is noted, which costs a write; the next in five minutes are not.
    keys.authenticate(&last).await.unwrap().unwrap();
    println!("one key among {PEOPLE}, the best of {ROUNDS} rounds of {CALLS}, one thread");

    let mut checks = Duration::MAX;
    let mut hashes = Duration::MAX;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            let found = keys.authenticate(black_box(&last)).await;
            black_box(found.unwrap().unwrap());
        }
        checks = checks.min(start.elapsed());
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(Sha256::digest(black_box(last.as_bytes())));
        }
        hashes = hashes.min(start.elapsed());
    }
    let each = |took: Duration| took.as_secs_f64() / f64::from(CALLS);
    println!(
        "{:.0} checks/s, {:.2} µs each; a SHA-256 of the key {:.2} µs, ratio {:.1}",
        1.0 / each(checks),
        each(checks) * 1e6,
        each(hashes) * 1e6,
        each(checks) / each(hashes),
    );
}
