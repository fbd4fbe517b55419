//! A signed `GET /notes/{id}` beside a bare axum handler: both in processes of their own, under the same
//! requests, by turns.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use http::Method;

use crate::{
    bare, new_dir,
    support::{
        furnish::{Person, furnish},
        load::{Figures, Until, load},
        median, micros,
        process::{Process, RELEASE},
    },
};

const CONNECTIONS: usize = 16;
const NOTES: usize = 1_024;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);

/// One server's rounds.
#[derive(Default)]
struct Rounds {
    per_second: Vec<f64>,
    cpu: Vec<Duration>,
    last: Figures,
}

pub async fn measure() {
    let dir = new_dir();
    let person = furnish(dir.path(), NOTES).await;
    let ours = Process::serve(Path::new(RELEASE), dir.path());
    let bare = bare::start();
    let servers = [
        ("bare axum handler", &bare),
        ("signed GET /notes/{id}", &ours),
    ];
    let mut rounds = [Rounds::default(), Rounds::default()];
    for round in 0..=ROUNDS {
        for ((_, server), rounds) in servers.iter().zip(&mut rounds) {
            let requests = requests(&person, server);
            let before = server.cpu();
            let figures = load(server.address, &requests, Until::Elapsed(ROUND), true).await;
            let cpu = (server.cpu() - before) / figures.requests() as u32;
            // The first round warms both.
            if round > 0 {
                rounds.per_second.push(figures.per_second());
                rounds.cpu.push(cpu);
                rounds.last = figures;
            }
        }
    }
    println!("reads at {CONNECTIONS} connections, median of {ROUNDS} rounds:");
    for ((name, _), rounds) in servers.iter().zip(&rounds) {
        println!(
            "  {name:<22} {:>7.0} requests/s, {:>7} of processor each, median {}, 99 % {}",
            median(&rounds.per_second),
            micros(median(&rounds.cpu)),
            micros(rounds.last.quantile(0.5)),
            micros(rounds.last.quantile(0.99)),
        );
    }
    let shares: Vec<_> = rounds[1]
        .per_second
        .iter()
        .zip(&rounds[0].per_second)
        .map(|(ours, bare)| ours / bare)
        .collect();
    println!(
        "  ours as a share of the bare handler: {:.2}",
        median(&shares)
    );
}

/// As many requests for each connection, each for another note.
fn requests(person: &Person, server: &Process) -> Vec<Vec<Bytes>> {
    let requests: Vec<_> = person
        .notes
        .iter()
        .map(|id| person.api(server.address, Method::GET, &format!("/notes/{id}"), ""))
        .collect();
    let share = requests.len() / CONNECTIONS;
    requests.chunks(share).map(<[_]>::to_vec).collect()
}
