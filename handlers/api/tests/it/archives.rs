//! `/archives`: asked for, followed, downloaded, cancelled.

use std::time::Duration;

use http::{Method, StatusCode};
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::{ArchiveId, Failure, Job, LEASE, Missing, Progress, Toll},
    ports::{ArchiveStore, FileStore},
};
use notewarden_testkit::{
    client::Answer,
    faults::{Call, Fault},
    fixtures::{NOON, file},
};
use serde_json::{Value, json};

use crate::world::{LIMITS, Person, World};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Asks for an archive of everything.
async fn request(person: &Person) -> Answer {
    let answer = person.post("/archives", json!({ "prefix": "" })).await;
    answer.has(StatusCode::ACCEPTED)
}

async fn stored(world: &World, person: &Person, path: &str) -> Job {
    let id: ArchiveId = path.strip_prefix("/archives/").unwrap().parse().unwrap();
    let job = world.archives.get(&person.identity, id).await.unwrap();
    job.unwrap()
}

/// A worker makes the zip, or says why it cannot.
async fn work(world: &World, person: &Person, path: &str, failure: Option<Failure>) {
    let job = stored(world, person, path).await;
    let (begun, attempt) = job.clone().claim(LEASE, &LIMITS, NOON).unwrap();
    let toll = |nanodollars| Toll {
        nanodollars,
        ..Toll::default()
    };
    let planned = begun.plan(attempt, toll(5_000_000), LEASE, NOON).unwrap();
    let mut missing = Missing::default();
    missing.add(&file("b"));
    let files = job.files_total;
    let progress = Progress { files, bytes: 1 };
    let reported = planned.report(attempt, progress, missing, LEASE, NOON);
    let reported = reported.unwrap();
    let ended = match failure {
        Some(failure) => reported.fail(attempt, failure),
        None => {
            let key = ObjectKey::archive(&job.owner, job.id);
            world.files.put(&key, 321, NOON);
            reported.finish(attempt, 321, toll(6_000_000), NOON)
        }
    };
    let replaced = world.archives.replace(&ended.unwrap(), job.version).await;
    replaced.unwrap();
}

/// Two jobs that have ended: the zip of one can be downloaded, the other has failed.
pub async fn ended(world: &World, person: &Person) -> [Value; 2] {
    let [good, bad] = [request(person).await, request(person).await];
    let [good, bad] = [&good, &bad].map(|answer| answer.header("location").unwrap());
    work(world, person, good, None).await;
    work(world, person, bad, Some(Failure::KeptChanging)).await;
    [
        person.get(good).await.ok().json(),
        person.get(bad).await.ok().json(),
    ]
}

#[tokio::test]
async fn an_archive_is_asked_for_followed_and_downloaded() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b", "c"]);
    let body = json!({ "files": ["b", "a"], "name": "two ä.zip", "further": 1 });
    let accepted = alice.post("/archives", body).await;
    let accepted = accepted.has(StatusCode::ACCEPTED);
    assert_eq!(accepted.header("retry-after"), Some("1"));
    let id = accepted.text("archiveId");
    let path = format!("/archives/{id}");
    assert_eq!(accepted.header("location"), Some(&*path));
    let queued = json!({
        "archiveId": id, "status": "queued", "name": "two ä.zip",
        "filesTotal": 2, "filesDone": 0, "bytesTotal": 2, "bytesDone": 0,
        "missing": [], "missingTotal": 0,
        "createdAt": NOON, "expiresAt": NOON.plus(DAY)
    });
    assert_eq!(accepted.json(), queued);
    assert_eq!(alice.get(&path).await.ok().json(), queued);
    let sent = world.queue.take();
    assert!(sent[0].work.message().contains(&id) && sent.len() == 1);
    let selection = world
        .archives
        .selection(&alice.identity, id.parse().unwrap());
    let selection = selection.await.unwrap().unwrap();
    assert_eq!(selection.names, [file("b"), file("a")]);

    let download = format!("{path}?download");
    let early = alice.get(&download).await.problem(StatusCode::CONFLICT);
    assert!(early.text("type").ends_with(":archive-not-ready"));
    assert_eq!(early.text("detail"), "the archive is queued");
    work(&world, &alice, &path, None).await;
    let ready = json!({
        "archiveId": id, "status": "ready", "name": "two ä.zip",
        "filesTotal": 2, "filesDone": 2, "bytesTotal": 2, "bytesDone": 2,
        "missing": ["b"], "missingTotal": 1, "size": 321,
        "createdAt": NOON, "expiresAt": NOON.plus(DAY),
        "cost": { "expected": 0.005, "actual": 0.006 }
    });
    assert_eq!(alice.get(&path).await.ok().json(), ready);
    let sent_on = alice.get(&download).await;
    let sent_on = sent_on.has(StatusCode::TEMPORARY_REDIRECT);
    let link = sent_on.header("location").unwrap();
    assert!(link.starts_with(&format!("signed:zip/{}/{id}.zip?", alice.identity)));
    assert!(link.contains("filename*=UTF-8''two%20%C3%A4.zip"), "{link}");

    world.clock.advance(DAY);
    let gone = alice.get(&download).await.problem(StatusCode::GONE);
    assert!(gone.text("type").ends_with(":gone"));
    assert_eq!(alice.get(&path).await.ok().text("status"), "expired");
}

#[tokio::test]
async fn why_there_is_no_zip_is_said() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a", "b"]);
    let [_, failed] = ended(&world, &alice).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["error"],
        "the files kept changing while the archive was made"
    );
    let path = format!("/archives/{}", failed["archiveId"].as_str().unwrap());
    let none = alice.get(&format!("{path}?download")).await;
    let none = none.problem(StatusCode::CONFLICT);
    assert_eq!(none.text("detail"), "the archive is failed");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_archive_is_named() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    for (member, value) in [
        ("files", json!("a")),
        ("files", json!([1])),
        ("prefix", json!(1)),
        ("name", json!({})),
    ] {
        let mut body = json!({ "files": ["a"] });
        body[member] = value;
        let answer = alice.post("/archives", body).await;
        answer.bad_request().naming(member);
    }
    for (body, member) in [
        (json!({}), "files"),
        (json!({ "files": [] }), "files"),
        (json!({ "files": null, "prefix": null }), "files"),
        (json!({ "prefix": "absent" }), "files"),
        (json!({ "files": ["a", "../b"] }), "files"),
        (json!({ "prefix": "//" }), "prefix"),
        (json!({ "files": ["a"], "name": "a/b.zip" }), "name"),
    ] {
        let answer = alice.post("/archives", body).await;
        answer.unprocessable().naming(member);
    }
    let absent = alice.post("/archives", json!({ "files": ["a", "gone"] }));
    let absent = absent.await.unprocessable().naming("files");
    assert!(absent.text("detail").contains("`gone`"), "{absent}");
    assert!(
        alice
            .get("/archives")
            .await
            .ok()
            .json()
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(world.queue.sent(), []);
}

#[tokio::test]
async fn no_more_archives_than_are_allowed_are_under_way() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let first = request(&alice).await.header("location").unwrap().to_owned();
    request(&alice).await;
    let refused = alice.post("/archives", json!({ "prefix": "" })).await;
    let refused = refused.problem(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), Some("5"));
    assert_eq!(
        refused.text("detail"),
        "at most 2 archives may be under way at once"
    );
    alice.delete(&first).await.no_content();
    request(&alice).await;
}

#[tokio::test]
async fn a_repeated_request_is_one_archive_and_a_lost_message_is_sent_again() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let send = async || {
        let call = alice.request(Method::POST, "/archives");
        let call = call.header("idempotency-key", "key");
        call.json(&json!({ "files": ["a"] })).send().await
    };
    let lost = Fault::Before(StoreError::unavailable("planted"));
    world.faults.add(Call::Send, lost);
    send().await.problem(StatusCode::SERVICE_UNAVAILABLE);
    let first = send().await.has(StatusCode::ACCEPTED);
    assert_eq!(world.queue.take().len(), 1);
    let path = first.header("location").unwrap();
    work(&world, &alice, path, None).await;
    let again = send().await.has(StatusCode::ACCEPTED);
    assert_eq!(again.body(), first.body());
    for name in ["location", "retry-after", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(
        alice
            .get("/archives")
            .await
            .ok()
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    alice.delete(path).await.no_content();
    send().await.problem(StatusCode::GONE);
}

#[tokio::test]
async fn an_archive_is_cancelled_or_removed_with_its_zip() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["a", "b"]);
    let path = request(&alice).await.header("location").unwrap().to_owned();
    for answer in [
        bob.get(&path).await,
        bob.get(&format!("{path}?download")).await,
        bob.delete(&path).await,
        alice.get("/archives/none").await,
        alice
            .delete("/archives/0193bb5a-7c00-7000-8000-00000000000a")
            .await,
    ] {
        answer.not_found();
    }
    alice.delete(&path).await.no_content();
    assert_eq!(alice.get(&path).await.ok().text("status"), "cancelled");
    alice.delete(&path).await.no_content();
    alice.get(&path).await.not_found();

    let path = request(&alice).await.header("location").unwrap().to_owned();
    work(&world, &alice, &path, None).await;
    let job = stored(&world, &alice, &path).await;
    let key = ObjectKey::archive(&alice.identity, job.id);
    assert!(world.files.head(&key).await.unwrap().is_some());
    alice.delete(&path).await.no_content();
    assert!(world.files.head(&key).await.unwrap().is_none());
    alice.get(&path).await.not_found();
    assert!(world.files.head(&alice.key("a")).await.unwrap().is_some());
}

#[tokio::test]
async fn lists_are_the_latest_first_and_go_on_behind_their_cursor() {
    let world = World::new();
    let [alice, bob] = [world.person(), world.person()];
    world.upload(&alice, &["a"]);
    let mut ids = Vec::new();
    for _ in 0..5 {
        let accepted = request(&alice).await;
        ids.insert(0, accepted.text("archiveId"));
        alice
            .delete(accepted.header("location").unwrap())
            .await
            .no_content();
    }
    for limit in 1..=6 {
        let mut seen = Vec::new();
        let mut path = Some(format!("/archives?limit={limit}"));
        while let Some(at) = path {
            let page = alice.get(&at).await.ok();
            for job in page.json().as_array().unwrap() {
                seen.push(job["archiveId"].as_str().unwrap().to_owned());
            }
            path = page.next();
        }
        assert_eq!(seen, ids, "{limit}");
    }
    let next = alice.get("/archives?limit=1").await.next().unwrap();
    bob.get(&next).await.bad_request().naming("cursor");
    assert_eq!(bob.get("/archives").await.ok().json(), json!([]));
}

/// As many of the longest names as an archive may have are more than a body takes; a prefix selects them all.
#[tokio::test]
async fn names_that_no_body_takes_are_selected_by_their_prefix() {
    let world = World::new();
    let alice = world.person();
    let name = |number: usize| format!("{}/{number:05}", "x".repeat(954));
    let named = |count| json!({ "files": (0..count).map(name).collect::<Vec<_>>() });
    assert_eq!(name(0).len(), 960);
    let refused = alice.post("/archives", named(10_000)).await;
    let refused = refused.problem(StatusCode::PAYLOAD_TOO_LARGE);
    let most = notewarden_api::MAX_BODY_BYTES;
    assert_eq!(
        refused.text("detail"),
        format!("the body must be at most {most} bytes")
    );
    // What the contract says that there is room for is read, and found not to exist.
    let read = alice.post("/archives", named(1_400)).await;
    read.has(StatusCode::UNPROCESSABLE_ENTITY);
    world.upload(&alice, &[&name(0), &name(1)]);
    let accepted = alice
        .post(
            "/archives",
            json!({ "prefix": format!("{}/", "x".repeat(954)) }),
        )
        .await;
    let job = accepted.has(StatusCode::ACCEPTED).json();
    assert_eq!(job["filesTotal"], 2);
}
