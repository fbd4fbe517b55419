//! `GET /notes/{id}` by tokens and API keys: the same request of the same server as by a signature, by turns.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request};
use notewarden::system::{SystemClock, SystemIds};
use notewarden_domain::{
    Caller, NoteId, Scopes,
    api_keys::{ApiKeys, KeyDraft},
    ports::{Clock, NoteStore},
};
use notewarden_embedded::{Database, EmbeddedApiKeys, EmbeddedNotes};
use notewarden_testkit::{
    fixtures::{identity, note},
    issuer::{SigningKey, StandInIssuer},
};
use serde_json::{Value, json};

use crate::{
    new_dir,
    support::{
        furnish::furnish,
        load::{Connection, Until, encode, load},
        median, micros,
        process::{Process, RELEASE},
    },
};

const CONNECTIONS: usize = 16;
const NOTES: usize = 256;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
/// How many people come with an API key each: one key may make 600 requests a minute, which is no load.
const KEYS: usize = 1_024;
const AUDIENCE: &str = "https://api.example.com";

/// A way in, and its rounds.
struct Way {
    name: String,
    requests: Vec<Vec<Bytes>>,
    per_second: Vec<f64>,
    cpu: Vec<Duration>,
}

pub async fn measure() {
    let dir = new_dir();
    let person = furnish(dir.path(), NOTES).await;
    let root = StandInIssuer::start("RS256").await;
    let issuers: Vec<_> = ["RS256", "ES256", "EdDSA"]
        .map(|algorithm| root.beside(&format!("/{algorithm}"), SigningKey::of("k", algorithm)))
        .into();
    let entries: Vec<Value> = issuers.iter().map(entry).collect();
    let providers = json!({ "providers": entries }).to_string();
    std::fs::write(dir.path().join("providers.json"), providers).unwrap();
    let keys = keys(dir.path()).await;
    let server = Process::serve(Path::new(RELEASE), dir.path());

    let signed = person.notes.iter().map(|id| {
        let path = format!("/notes/{id}");
        person.api(server.address, Method::GET, &path, "")
    });
    let signed: Vec<_> = signed.collect();
    let mut ways = vec![way("signature", &signed)];
    for issuer in &issuers {
        let requests = by_token(issuer, server.address).await;
        ways.push(way(
            &format!("token, {}", issuer.key().algorithm()),
            &requests,
        ));
    }
    let by_key = keys.iter().map(|(key, note)| {
        let path = format!("/notes/{note}");
        bearing(server.address, Method::GET, &path, key, "")
    });
    ways.push(way("API key", &by_key.collect::<Vec<_>>()));
    for round in 0..=ROUNDS {
        for way in &mut ways {
            let before = server.cpu();
            let figures = load(server.address, &way.requests, Until::Elapsed(ROUND), true).await;
            let cpu = (server.cpu() - before) / figures.requests() as u32;
            // The first round warms the server.
            if round > 0 {
                way.per_second.push(figures.per_second());
                way.cpu.push(cpu);
            }
        }
    }
    println!("GET /notes/{{id}} at {CONNECTIONS} connections, median of {ROUNDS} rounds:");
    let signature = ways[0].cpu.clone();
    for way in &ways {
        let beside = way.cpu.iter().zip(&signature);
        let beside: Vec<_> = beside
            .map(|(own, signed)| own.as_secs_f64() / signed.as_secs_f64())
            .collect();
        println!(
            "  {:<13} {:>7.0} requests/s, {:>7} of processor each, {:.2} of a signed one's",
            way.name,
            median(&way.per_second),
            micros(median(&way.cpu)),
            median(&beside),
        );
    }
}

fn way(name: &str, requests: &[Bytes]) -> Way {
    let share = requests.len() / CONNECTIONS;
    Way {
        name: name.to_owned(),
        requests: requests.chunks_exact(share).map(<[_]>::to_vec).collect(),
        per_second: Vec::new(),
        cpu: Vec::new(),
    }
}

fn entry(issuer: &StandInIssuer) -> Value {
    json!({
        "kind": "oidc", "issuer": issuer.name(), "clientIds": [AUDIENCE],
        "algorithms": [issuer.key().algorithm()],
    })
}

/// Requests of somebody who comes with tokens of `issuer`, for notes that they have made with them.
async fn by_token(issuer: &StandInIssuer, address: SocketAddr) -> Vec<Bytes> {
    let mut claims = json!({
        "iss": issuer.name(), "aud": AUDIENCE, "sub": "auth0|507f1f77bcf86cd799439011",
        "exp": 4_102_444_800_u64,
    });
    let id_token = issuer.token(&claims);
    claims["scope"] = "openid profile notes:read notes:write".into();
    let token = issuer.token(&claims);
    let mut connection = Connection::open(address).await;
    let body = json!({ "content": "x".repeat(200) }).to_string();
    let mut requests = Vec::with_capacity(NOTES);
    for _ in 0..NOTES {
        let request = bearing(address, Method::POST, "/notes", &id_token, &body);
        let made = connection.exchange(&request).await.ok();
        let note: Value = serde_json::from_slice(made.body).unwrap();
        let path = format!("/notes/{}", note["noteId"].as_str().unwrap());
        requests.push(bearing(address, Method::GET, &path, &token, ""));
    }
    requests
}

/// People who have an API key and a note each.
async fn keys(dir: &Path) -> Vec<(String, NoteId)> {
    let database = Database::open(dir).unwrap();
    let notes = EmbeddedNotes::new(database.clone());
    let ids = Arc::new(SystemIds::default());
    let clock = Arc::new(SystemClock);
    let store = Arc::new(EmbeddedApiKeys::new(database));
    let keys = ApiKeys::new(store, clock.clone(), ids.clone());
    let mut made = Vec::with_capacity(KEYS);
    for _ in 0..KEYS {
        let owner = identity(ids.as_ref());
        let note = note(&owner, ids.as_ref(), clock.now(), &"x".repeat(200));
        notes.create(&note, None).await.unwrap();
        let draft = KeyDraft {
            name: "a script".parse().unwrap(),
            scopes: Scopes::GRANTABLE,
            expires_at: None,
        };
        let (_, key) = keys.create(&Caller::signed_in(owner), draft).await.unwrap();
        made.push((key.expose(), note.id));
    }
    made
}

fn bearing(address: SocketAddr, method: Method, path: &str, credential: &str, body: &str) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("host", address.to_string())
        .header("accept", "application/json")
        .header("authorization", format!("Bearer {credential}"));
    encode(&request.body(Bytes::from(body.to_owned())).unwrap())
}
