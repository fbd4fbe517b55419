//! Resident memory after ten thousand requests of every kind.

use std::path::Path;

use bytes::Bytes;
use http::Method;

use crate::{
    new_dir,
    support::{
        furnish::{Person, furnish},
        load::{Until, load},
        process::{Memory, Process, RELEASE},
    },
};

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 10_000;
const MIB: f64 = (1 << 20) as f64;

pub async fn measure() {
    let dir = new_dir();
    let person = furnish(dir.path(), 1_000).await;
    let server = Process::serve(Path::new(RELEASE), dir.path());
    let before = server.memory();
    let lists: Vec<_> = (0..CONNECTIONS)
        .map(|connection| mix(&person, &server, connection))
        .collect();
    let figures = load(
        server.address,
        &lists,
        Until::Sent(REQUESTS / CONNECTIONS),
        false,
    )
    .await;
    let Memory { resident, peak } = server.memory();
    println!(
        "memory: {:.1} MiB at the start; after {} mixed requests in {:.1?} {:.1} MiB, at most {:.1} MiB",
        before.resident as f64 / MIB,
        figures.requests(),
        figures.elapsed,
        resident as f64 / MIB,
        peak as f64 / MIB,
    );
}

/// Notes and files, written, read, changed, listed and deleted, and refusals.
fn mix(person: &Person, server: &Process, connection: usize) -> Vec<Bytes> {
    let address = server.address;
    let api = |method, path: &str, body: &str| person.api(address, method, path, body);
    let content = format!(r#"{{"content":"{}"}}"#, "x".repeat(2_000));
    let mut requests = Vec::new();
    for number in 0..20 {
        let note = person.notes[(connection * 20 + number) % person.notes.len()];
        let note = format!("/notes/{note}");
        let file = format!("{connection}/{number}.bin");
        let bytes = Bytes::from(vec![number as u8; 16 << 10]);
        requests.extend([
            api(Method::POST, "/notes", &content),
            api(Method::GET, &note, ""),
            api(Method::PUT, &note, &content),
            api(Method::GET, "/notes?limit=50", ""),
            person.file(address, Method::PUT, &file, bytes),
            person.file(address, Method::GET, &file, Bytes::new()),
            person.file(address, Method::DELETE, &file, Bytes::new()),
            api(Method::POST, "/notes", "not json"),
            api(Method::GET, "/nowhere", ""),
            Bytes::from(format!("GET {note} HTTP/1.1\r\nhost: {address}\r\n\r\n")),
        ]);
    }
    requests.push(api(
        Method::DELETE,
        &format!("/notes/{}", person.notes[connection]),
        "",
    ));
    requests
}
