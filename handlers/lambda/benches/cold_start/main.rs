//! What a function costs from the start of its process: until it asks for its first event, until it has answered it,
//! and for each further one. Beside it a function that does nothing, which is the least that any costs.
//!
//! Instructions are counted by Valgrind's callgrind, and left out where it is not installed. The stores are a stub on
//! this machine that is spoken to without TLS. `NOTEWARDEN_LAMBDA` names another program than that of this build: the
//! one that is deployed is built with the profile `bootstrap`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and ends when it cannot have them"
)]

mod process;
#[path = "../../tests/it/runtime_api.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod runtime_api;

use std::{env, time::Duration};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use notewarden_testkit::{
    SeededIds,
    fixtures::{identity, note, request_context},
    http::{ScriptedServer, Step},
};
use process::{Process, is_counted};
use serde_json::{Value, json};

/// How often each start is timed; the median counts.
const STARTS: usize = 21;
/// Counts of events whose difference is what one of them costs.
const FEW: usize = 10;
const MANY: usize = 60;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if env::var_os("_HANDLER").is_some_and(|handler| handler == process::BARE) {
        lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
            Ok::<_, Error>(event.payload)
        }))
        .await
        .unwrap();
        return;
    }
    let place = Stub::start().await;
    let mut answered = Vec::new();
    for handler in ["api", process::BARE] {
        let mut figures = Vec::new();
        for _ in 0..STARTS {
            figures.push(start(handler, &place).await);
        }
        let asked = median(figures.iter().map(|figure| figure.asked));
        let first = median(figures.iter().map(|figure| figure.answered));
        let resident = median(figures.iter().map(|figure| figure.resident));
        println!(
            "{handler:<5} asks for its first event after {asked:.2?} with {resident:.1} MiB resident, has answered it after {first:.2?}"
        );
        answered.push(first.as_secs_f64());
        if is_counted() {
            let until_asked = instructions(handler, &place, 0).await;
            println!(
                "{handler:<5} executes {:.2} M instructions before it asks for its first event",
                millions(until_asked)
            );
            let few = instructions(handler, &place, FEW).await;
            let many = instructions(handler, &place, MANY).await;
            let each = (many - few) / (MANY - FEW) as u64;
            println!("{handler:<5} executes {each} instructions for each further event");
        } else {
            println!("{handler:<5} is not counted: valgrind is not installed");
        }
    }
    if let [ours, bare] = answered[..] {
        println!(
            "first event answered: {:.2} times the bare function",
            ours / bare
        );
    }
}

/// The stores, which have one note and nothing else, and the event that asks for it.
struct Stub {
    stores: ScriptedServer,
    event: String,
}

impl Stub {
    async fn start() -> Self {
        let ids = SeededIds::new(1);
        let alice = identity(&ids);
        let note = note(
            &alice,
            &ids,
            notewarden_testkit::fixtures::NOON,
            &"x".repeat(200),
        );
        let item = json!({ "Item": {
            "userId": { "S": alice },
            "noteId": { "S": note.id },
            "version": { "N": "1" },
            "createdAt": { "N": note.created_at.as_millis().to_string() },
            "updatedAt": { "N": note.updated_at.as_millis().to_string() },
            "attachments": { "L": [] },
            "content": { "S": note.content.as_str() }
        } });
        let answer = Step::answer(200, item.to_string());
        let answer = answer.with("content-type", "application/x-amz-json-1.0");
        let path = format!("/notes/{}", note.id);
        let context = request_context(&alice, "GET", &path);
        let event = json!({
            "version": "2.0",
            "routeKey": "GET /notes/{noteId}",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {
                "accept": "*/*",
                "host": "abcde12345.execute-api.us-east-1.amazonaws.com",
                "user-agent": "testkit",
                "x-forwarded-for": "192.0.2.1"
            },
            "requestContext": context,
            "isBase64Encoded": false
        });
        Self {
            stores: ScriptedServer::start(answer).await,
            event: event.to_string(),
        }
    }
}

struct Figures {
    asked: Duration,
    answered: Duration,
    /// In MiB.
    resident: f64,
}

async fn start(handler: &str, place: &Stub) -> Figures {
    let process = Process::start(handler, &place.stores.endpoint(), None).await;
    let asked = process.asked().await;
    let resident = process.resident();
    process.answer(&place.event).await;
    Figures {
        asked,
        answered: process.age(),
        resident,
    }
}

/// How many instructions the function executes until it has answered `events` events and asked for the next.
async fn instructions(handler: &str, place: &Stub, events: usize) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let count = dir.path().join("callgrind");
    let process = Process::start(handler, &place.stores.endpoint(), Some(&count)).await;
    process.asked().await;
    for _ in 0..events {
        process.answer(&place.event).await;
    }
    process.counted(&count).await
}

fn median<T: PartialOrd>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<_> = values.collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values.swap_remove(values.len() / 2)
}

fn millions(count: u64) -> f64 {
    count as f64 / 1e6
}
