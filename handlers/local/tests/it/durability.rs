//! What was acknowledged survives `kill -9` at any moment, and nothing half done is ever seen.
//!
//! The server is a process of its own, killed while many clients write. The journal of what was sent and
//! what was acknowledged is kept here, outside of it. `NOTEWARDEN_CYCLES` sets how often.

mod archives;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{Actor, Answer, Place, Signing};

const DEFAULT_CYCLES: u64 = 100;
const WRITERS: u64 = 8;
/// How long a call may take, far more than any does: one to a killed server need not learn that it is gone.
const LONGEST_CALL: Duration = Duration::from_secs(20);
const FILE_SIZES: [usize; 3] = [100, 40_000, 700_000];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kills() {
    let cycles =
        std::env::var("NOTEWARDEN_CYCLES").map_or(DEFAULT_CYCLES, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let mut name = String::new();
    let mut journal = Arc::new(Journal::default());
    let mut acknowledged = 0;
    for cycle in 0..=cycles {
        let (mut server, place) = start(dir.path(), cycle).await;
        let actor = if cycle == 0 {
            Actor::sign_up(&place, "durable").await
        } else {
            Actor::sign_in(&place, &name).await
        };
        name.clone_from(&actor.name);
        journal.check(&actor).await;
        acknowledged += journal.acknowledged.load(Ordering::Relaxed);
        if cycle == cycles {
            server.kill().unwrap();
            server.wait().unwrap();
            break;
        }
        journal = Arc::new(Journal::default());
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(actor.clone(), Arc::clone(&journal), cycle, writer)))
            .collect();
        // A different moment each time: after this many acknowledgements.
        let reached = journal.reached(1 + usize::try_from(mix(cycle) % 97).unwrap());
        let reached = tokio::time::timeout(10 * LONGEST_CALL, reached).await;
        reached.expect("the server ended, or answers no more");
        server.kill().unwrap();
        server.wait().unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    println!("{cycles} kills, {acknowledged} acknowledged writes, none lost, none half done");
    assert!(acknowledged >= usize::try_from(cycles).unwrap());
}

/// Starts the real binary and waits until it says that it is ready.
async fn start(dir: &Path, cycle: u64) -> (Child, Arc<Place>) {
    let outputs = dir.join(format!("outputs-{cycle}.json"));
    let mut server = Command::new(env!("CARGO_BIN_EXE_notewarden"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.join("data"))
        .arg("--outputs")
        .arg(&outputs)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !outputs.exists() {
        assert!(
            server.try_wait().unwrap().is_none(),
            "the server ended at the start of cycle {cycle}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let outputs: Value = serde_json::from_slice(&std::fs::read(&outputs).unwrap()).unwrap();
    (server, Arc::new(Place::at(outputs)))
}

/// What one cycle's writers sent, and what of it was acknowledged.
#[derive(Default)]
struct Journal {
    notes: Mutex<BTreeMap<String, Known>>,
    files: Mutex<BTreeMap<String, Known>>,
    /// The contents of every note that was sent, whether or not an answer came.
    sent: Mutex<BTreeSet<String>>,
    acknowledged: AtomicUsize,
    progress: Notify,
}

/// The last acknowledged state of a thing, and the one that was sent and never answered.
#[derive(Clone, Debug, Default)]
struct Known {
    acknowledged: State,
    unanswered: Option<State>,
}

/// A thing's state: absent, or with this content.
type State = Option<String>;

impl Journal {
    fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
        self.progress.notify_one();
    }

    async fn reached(&self, count: usize) {
        while self.acknowledged.load(Ordering::Relaxed) < count {
            self.progress.notified().await;
        }
    }

    /// Reads everything back.
    async fn check(&self, actor: &Actor) {
        let notes = self.notes.lock().unwrap().clone();
        for (id, known) in notes {
            let answer = actor.get(&format!("/notes/{id}")).await;
            let found = (answer.status != StatusCode::NOT_FOUND)
                .then(|| text_of(&answer.status(200).json()));
            known.admits(&found, &format!("note {id}"));
        }
        let files = self.files.lock().unwrap().clone();
        for (name, known) in files {
            let answer = actor.s3(Method::GET, &actor.path(&name), &[], "").await;
            let found = (answer.status != StatusCode::NOT_FOUND)
                .then(|| String::from_utf8(answer.status(200).body.to_vec()).unwrap());
            known.admits(&found, &format!("file {name}"));
        }
        // Notes whose creation was never answered are there whole or not at all.
        let sent = self.sent.lock().unwrap().clone();
        let listed = actor.get("/notes?limit=1000").await.status(200).json();
        let prefix = sent
            .first()
            .map(|content| content.split_inclusive(' ').next().unwrap().to_owned());
        for note in listed.as_array().unwrap() {
            let content = text_of(note);
            if prefix
                .as_ref()
                .is_some_and(|prefix| content.starts_with(prefix.as_str()))
            {
                assert!(
                    sent.contains(&content),
                    "a note that nobody wrote: {} bytes",
                    content.len()
                );
            }
        }
    }
}

impl Known {
    #[track_caller]
    fn admits(&self, found: &State, what: &str) {
        let is_possible = *found == self.acknowledged || self.unanswered.as_ref() == Some(found);
        let length = |state: &State| state.as_ref().map(String::len);
        assert!(
            is_possible,
            "{what}: found {:?} bytes, acknowledged {:?}, unanswered {:?}",
            length(found),
            length(&self.acknowledged),
            self.unanswered.as_ref().map(length),
        );
    }
}

fn text_of(note: &Value) -> String {
    note["content"].as_str().unwrap().to_owned()
}

/// Writes until the server is gone: notes made, changed and deleted, files stored, replaced and removed.
async fn write(actor: Actor, journal: Arc<Journal>, cycle: u64, writer: u64) {
    for step in 0.. {
        let content = content(cycle, writer, step, 300);
        let done = if writer.is_multiple_of(2) {
            write_note(&actor, &journal, content, step).await
        } else {
            write_file(&actor, &journal, cycle, writer, step).await
        };
        if done.is_none() {
            return;
        }
    }
}

async fn write_note(actor: &Actor, journal: &Journal, content: String, step: u64) -> Option<()> {
    journal.sent.lock().unwrap().insert(content.clone());
    let body = json!({ "content": content });
    let created = call(
        actor,
        "execute-api",
        Method::POST,
        "/notes",
        body.to_string().into(),
    )
    .await?
    .status(201)
    .json();
    let id = created["noteId"].as_str().unwrap().to_owned();
    journal.notes.lock().unwrap().insert(
        id.clone(),
        Known {
            acknowledged: Some(content.clone()),
            unanswered: None,
        },
    );
    journal.acknowledge();
    let path = format!("/notes/{id}");
    let (method, body, next) = match step % 3 {
        0 => return Some(()),
        1 => {
            let changed = format!("{content} changed");
            journal.sent.lock().unwrap().insert(changed.clone());
            (
                Method::PUT,
                json!({ "content": changed }).to_string(),
                Some(changed),
            )
        }
        _ => (Method::DELETE, String::new(), None),
    };
    journal
        .notes
        .lock()
        .unwrap()
        .get_mut(&id)
        .unwrap()
        .unanswered = Some(next.clone());
    call(actor, "execute-api", method, &path, body.into())
        .await?
        .ok();
    journal.notes.lock().unwrap().insert(
        id,
        Known {
            acknowledged: next,
            unanswered: None,
        },
    );
    journal.acknowledge();
    Some(())
}

async fn write_file(
    actor: &Actor,
    journal: &Journal,
    cycle: u64,
    writer: u64,
    step: u64,
) -> Option<()> {
    let size = FILE_SIZES[usize::try_from(mix(cycle ^ writer ^ step) % 3).unwrap()];
    // Three names a writer, so that files are replaced and removed too.
    let name = format!("{cycle}-{writer}-{}", step % 3);
    let (method, body, next) = if step % 5 == 4 {
        (Method::DELETE, Bytes::new(), None)
    } else {
        let content = content(cycle, writer, step, size);
        (Method::PUT, Bytes::from(content.clone()), Some(content))
    };
    journal
        .files
        .lock()
        .unwrap()
        .entry(name.clone())
        .or_default()
        .unanswered = Some(next.clone());
    call(actor, "s3", method, &actor.path(&name), body)
        .await?
        .ok();
    journal.files.lock().unwrap().insert(
        name,
        Known {
            acknowledged: next,
            unanswered: None,
        },
    );
    journal.acknowledge();
    Some(())
}

/// One signed call; `None` once the server is gone.
async fn call(
    actor: &Actor,
    service: &'static str,
    method: Method,
    path: &str,
    body: Bytes,
) -> Option<Answer> {
    let mut request = actor.request(method, path, &[], body);
    Signing::new(&actor.keys, service).sign(&mut request);
    let answered = tokio::time::timeout(LONGEST_CALL, actor.place.try_send(request));
    answered.await.ok()?.ok()
}

/// A text that names its cycle, writer and step, and whose every part depends on them.
fn content(cycle: u64, writer: u64, step: u64, size: usize) -> String {
    let mut text = format!("cycle-{cycle}- writer {writer} step {step}:");
    let mut state = mix(cycle.wrapping_mul(1_000_003) ^ writer.wrapping_mul(7_919) ^ step);
    while text.len() < size {
        state = mix(state);
        text.push_str(&format!(" {state:016x}"));
    }
    text
}

/// SplitMix64: the same moments and contents on every run.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
