//! A server that is killed while it makes an archive and started again makes that archive, and leaves nothing else.

use std::{sync::Arc, time::Duration};

use http::Method;
use serde_json::{Value, json};

use super::{mix, start};
use crate::{
    files::download,
    support::{Actor, Place},
};

/// How often the server is killed: a moment for each.
const KILLS: u64 = 50;
/// How many files are packed, each as long as one that is deflated takes a while.
const FILES: u64 = 24;
const FILE_BYTES: usize = 300_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_survives_kills() {
    let dir = tempfile::tempdir().unwrap();
    let (mut server, place) = start(dir.path(), 0).await;
    let mut alice = Actor::sign_up(&place, "alice").await;
    for file in 0..FILES {
        let text = text(file);
        alice.put(&format!("{file}.txt"), text).await.ok();
    }
    let names: Vec<_> = (0..FILES).map(|file| format!("{file}.txt")).collect();
    let wanted = json!({ "files": names });
    let undisturbed = alice.archive(&wanted).await;
    let undisturbed = download(&alice, &format!("/archives/{undisturbed}")).await;
    let undisturbed = undisturbed.ok().body;

    let mut cut_off = 0;
    for kill in 1..=KILLS {
        let asked = alice.call(Method::POST, "/archives", Some(wanted.clone()));
        let job = asked.await.status(202).json();
        let path = format!("/archives/{}", job["archiveId"].as_str().unwrap());
        // A different moment each time: after so many looks at it.
        for _ in 0..mix(kill) % 12 {
            alice.get(&path).await.ok();
        }
        server.kill().unwrap();
        server.wait().unwrap();
        let place;
        (server, place) = start(dir.path(), kill).await;
        alice = Actor {
            place: Arc::clone(&place),
            ..alice
        };
        let (job, waited) = ready(&alice, &path).await;
        cut_off += u64::from(waited);
        let zip = download(&alice, &path).await.ok().body;
        assert_eq!(job["size"], zip.len());
        assert!(zip == undisturbed, "kill {kill} has changed the zip");
        assert_eq!(uploads(&place).await, 0, "kill {kill}");
        alice.call(Method::DELETE, &path, None).await.status(204);
    }
    server.kill().unwrap();
    server.wait().unwrap();
    println!("{KILLS} kills, {cut_off} of them before the archive was ready");
    assert!(cut_off > 0, "no kill came in time: pack more");
}

/// The job once it is ready, which takes seconds and no lease of a minute; and whether there was anything to wait for.
async fn ready(alice: &Actor, path: &str) -> (Value, bool) {
    let mut waited = false;
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        let job = alice.get(path).await.ok().json();
        match job["status"].as_str().unwrap() {
            "ready" => return (job, waited),
            "queued" | "running" => waited = true,
            other => panic!("the archive is {other}: {job}"),
        }
        assert!(tokio::time::Instant::now() < until, "not taken up: {job}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Text that deflates, and differs from file to file.
fn text(file: u64) -> String {
    let words = (0_u64..).map(|word| format!("{:x} ", mix(file << 32 | word)));
    let mut text = String::new();
    for word in words {
        text.push_str(&word);
        if text.len() >= FILE_BYTES {
            return text;
        }
    }
    text
}

/// How many uploads in parts are under way in the bucket.
async fn uploads(place: &Arc<Place>) -> usize {
    let administrator = Actor {
        place: Arc::clone(place),
        name: "administrator".to_owned(),
        identity_id: String::new(),
        keys: place.admin_keys(),
        id_token: String::new(),
        access_token: String::new(),
    };
    let path = format!("/{}?uploads", place.output("Bucket"));
    let listed = administrator.s3(Method::GET, &path, &[], "").await.ok();
    listed.text().matches("<Upload>").count()
}
