//! A page of 20 notes out of a thousand, and out of a million.

use std::path::Path;

use bytes::Bytes;
use http::Method;

use crate::{
    new_dir,
    support::{
        furnish::{Person, furnish},
        load::{Connection, Until, field, load},
        median, micros,
        process::{Process, RELEASE},
    },
};

const SIZES: [usize; 2] = [1_000, 1_000_000];
const PAGES: usize = 49;
const ROUNDS: usize = 9;
const REQUESTS: usize = 2_000;

struct Store {
    server: Process,
    requests: Vec<Vec<Bytes>>,
    _dir: tempfile::TempDir,
}

pub async fn measure() {
    let mut stores = Vec::new();
    for size in SIZES {
        let dir = new_dir();
        let start = std::time::Instant::now();
        let person = furnish(dir.path(), size).await;
        println!("{size} notes stored in {:.1?}", start.elapsed());
        let server = Process::serve(Path::new(RELEASE), dir.path());
        let requests = vec![pages(&person, &server, size).await];
        stores.push(Store {
            server,
            requests,
            _dir: dir,
        });
    }
    let mut latencies = [Vec::new(), Vec::new()];
    let mut cpu = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (place, store) in stores.iter().enumerate() {
            let Store {
                server, requests, ..
            } = store;
            let before = server.cpu();
            let figures = load(server.address, requests, Until::Sent(REQUESTS), true).await;
            if round > 0 {
                latencies[place].push(figures.elapsed / REQUESTS as u32);
                cpu[place].push((server.cpu() - before) / REQUESTS as u32);
            }
        }
    }
    println!("a page of 20, anywhere in the list, one connection, median of {ROUNDS} rounds:");
    for (place, size) in SIZES.iter().enumerate() {
        println!(
            "  of {size:>7} notes {:>8}, {:>8} of processor, {:.1} MiB resident",
            micros(median(&latencies[place])),
            micros(median(&cpu[place])),
            stores[place].server.memory().resident as f64 / f64::from(1 << 20),
        );
    }
    let times = latencies[1]
        .iter()
        .zip(&latencies[0])
        .map(|(many, few)| many.as_secs_f64() / few.as_secs_f64());
    println!("  ratio {:.2}", median(&times.collect::<Vec<_>>()));
}

/// Requests for pages all over the list, whose cursors are found by walking through it.
async fn pages(person: &Person, server: &Process, size: usize) -> Vec<Bytes> {
    let address = server.address;
    let stride = (size / (PAGES + 1)).min(1_000);
    let mut connection = Connection::open(address).await;
    let mut path = format!("/notes?limit={stride}");
    let mut found = vec!["/notes?limit=20".to_owned()];
    loop {
        let request = person.api(address, Method::GET, &path, "");
        let answer = connection.exchange(&request).await.ok();
        let Some(next) = field(answer.head, "link") else {
            break;
        };
        let target = next.split(['<', '>']).nth(1).unwrap();
        let at = target.find("/notes?").unwrap();
        target[at..].clone_into(&mut path);
        let cursor = path.split(['?', '&']).find(|it| it.starts_with("cursor="));
        found.push(format!("/notes?{}&limit=20", cursor.unwrap()));
    }
    // The last page may be short: it is left out.
    found.pop();
    let step = found.len() / PAGES.min(found.len());
    found
        .iter()
        .step_by(step)
        .take(PAGES)
        .map(|path| person.api(address, Method::GET, path, ""))
        .collect()
}
