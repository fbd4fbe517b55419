//! Whole sign-ins by SRP: the client's half is computed too, on the same cores.

#[path = "../../../../../adapters/userpool/tests/it/user_pool/srp_client.rs"]
#[expect(dead_code, reason = "the tests that it is from use more of it")]
mod srp_client;

use std::{
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use notewarden_userpool::user_pool::SrpChallenge;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use self::srp_client::{SrpClient, TIMESTAMP};
use super::sign_in::{parse, request};
use crate::support::load::{Connection, Figures};

/// Somebody who signs in.
pub struct Person {
    pub host: String,
    pub pool: String,
    pub client: String,
    pub name: &'static str,
    pub password: &'static str,
}

/// Signs in over `connections` for as long as `round`; the answer of a server that refuses, or that gives no challenge
/// which can be answered, is the error.
pub async fn load(
    address: SocketAddr,
    person: &Person,
    connections: usize,
    round: Duration,
) -> Result<Figures, Value> {
    let srp = Rc::new(SrpClient::of_pool(&person.pool, b"the client's secret"));
    let begin = json!({
        "AuthFlow": "USER_SRP_AUTH",
        "ClientId": person.client,
        "AuthParameters": { "USERNAME": person.name, "SRP_A": srp.public() },
    });
    let begin = request(&person.host, "InitiateAuth", &begin);
    let local = LocalSet::new();
    let mut tasks = Vec::new();
    let start = Instant::now();
    for _ in 0..connections {
        let mut connection = Connection::open(address).await;
        let (srp, begin) = (Rc::clone(&srp), begin.clone());
        let (host, client, password) =
            (person.host.clone(), person.client.clone(), person.password);
        tasks.push(local.spawn_local(async move {
            let mut latencies = Vec::with_capacity(1_024);
            while start.elapsed() < round {
                let sent = Instant::now();
                let challenge = parse(connection.exchange(&begin).await.body);
                let Some(answer) = answer(&challenge, &client, &srp, password) else {
                    return Err(challenge);
                };
                let answer = request(&host, "RespondToAuthChallenge", &answer);
                let tokens = parse(connection.exchange(&answer).await.body);
                if !tokens["AuthenticationResult"]["IdToken"].is_string() {
                    return Err(tokens);
                }
                latencies.push(sent.elapsed());
            }
            Ok(latencies)
        }));
    }
    local.await;
    let elapsed = start.elapsed();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap()?);
    }
    latencies.sort_unstable();
    Ok(Figures { elapsed, latencies })
}

/// The answer to a `PASSWORD_VERIFIER` challenge, if it is one.
fn answer(challenge: &Value, client: &str, srp: &SrpClient, password: &str) -> Option<Value> {
    let parameters = &challenge["ChallengeParameters"];
    let parameter = |name: &str| parameters[name].as_str().map(str::to_owned);
    let user_id = parameter("USER_ID_FOR_SRP")?;
    let block = parameter("SECRET_BLOCK")?;
    // A peer that only plays the exchange gives something else.
    BASE64_STANDARD.decode(&block).ok()?;
    let asked = SrpChallenge {
        user_id: uuid::Uuid::nil(),
        salt: parameter("SALT")?,
        server_public: parameter("SRP_B")?,
        secret_block: block.clone(),
    };
    let signature = srp.prove_as(&user_id, &asked, password);
    Some(json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ClientId": client,
        "Session": challenge["Session"],
        "ChallengeResponses": {
            "USERNAME": user_id,
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": TIMESTAMP,
        },
    }))
}
