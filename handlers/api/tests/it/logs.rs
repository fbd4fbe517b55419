//! What is logged: failures of ours, once, by the request's id, and nothing that people wrote.

use std::{
    io,
    sync::{Arc, Mutex},
};

use http::StatusCode;
use notewarden_domain::StoreError;
use notewarden_testkit::faults::{Call, Fault};
use serde_json::json;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::world::World;

/// The lines that are logged in this thread while the guard lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn capture() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_failure_is_logged_once_with_its_cause_and_the_requests_id() {
    let world = World::new();
    let alice = world.person();
    let (log, _guard) = Log::capture();
    let broken = StoreError::corrupt("note 17", "a bit has flipped");
    world.faults.add(Call::Create, Fault::Before(broken));
    let body = json!({ "content": "a private thought" });
    let answer = alice.post("/notes", body).await;
    let answer = answer.problem(StatusCode::INTERNAL_SERVER_ERROR);
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let id = answer.text("requestId");
    for word in ["ERROR", "note 17", "a bit has flipped", &id] {
        assert!(lines[0].contains(word), "no {word} in {lines:?}");
    }
    assert!(!lines[0].contains("private thought"));
}

#[tokio::test]
async fn a_file_left_behind_is_a_warning() {
    let world = World::new();
    let alice = world.person();
    world.upload(&alice, &["a"]);
    let body = json!({ "content": "", "attachment": "a" });
    let created = alice.post("/notes", body).await.created();
    let (log, _guard) = Log::capture();
    world
        .faults
        .add(Call::DeleteFile, Fault::Before(StoreError::Throttled));
    alice
        .delete(created.header("location").unwrap())
        .await
        .no_content();
    let lines = log.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for word in ["WARN", "throttled", &created.text("noteId")] {
        assert!(lines[0].contains(word), "no {word} in {lines:?}");
    }
}

#[tokio::test]
async fn what_is_the_clients_affair_is_not_logged() {
    let world = World::new();
    let alice = world.person();
    let (log, _guard) = Log::capture();
    let path = alice.note("a private thought").await;
    alice.get(&path).await.ok();
    alice.get("/notes?cursor=x").await.bad_request();
    alice
        .post("/notes", json!({ "content": 1 }))
        .await
        .bad_request();
    alice.post("/notes", json!({})).await.unprocessable();
    alice.delete(&path).await.no_content();
    alice.delete(&path).await.not_found();
    assert_eq!(log.lines(), [""; 0]);
}
