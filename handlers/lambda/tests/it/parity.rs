//! The local server and the function on AWS answer alike: every route of notes and keys and their refusals, asked of
//! both, byte for byte but for ids, secrets, dates and what API Gateway adds by itself.

mod places;
mod steps;

use std::collections::BTreeSet;

use notewarden_api::routes;
use places::{Aws, Local, Place, Seen};
use serde_json::Value;
use steps::{Step, steps};

use crate::local;

/// Refusals that no step is answered with. No way in limits what the person may do, both stores are well, and nobody asks
/// for as much as is too much. And those of files and archives, whose routes are not compared: links and workers make each
/// of their answers another one.
const UNREACHED: [&str; 12] = [
    "urn:notewarden:problem:archive-not-ready",
    "urn:notewarden:problem:file-in-use",
    "urn:notewarden:problem:file-too-large",
    "urn:notewarden:problem:gone",
    "urn:notewarden:problem:id-token-needed",
    "urn:notewarden:problem:internal",
    "urn:notewarden:problem:not-permitted",
    "urn:notewarden:problem:quota-exceeded",
    "urn:notewarden:problem:too-many",
    "urn:notewarden:problem:too-many-archives",
    "urn:notewarden:problem:too-many-requests",
    "urn:notewarden:problem:unavailable",
];

#[tokio::test]
#[ignore = "needs moto; `cargo xtask test` runs it"]
async fn the_function_answers_as_the_local_server_does() {
    let server = local::Place::start().await;
    let here = Local::new(&server).await;
    let there = Aws::new().await;
    let (mut here, mut there) = (Memory::new(here), Memory::new(there));
    let mut served = BTreeSet::new();
    let mut problems = BTreeSet::new();
    let mut document = Value::Null;
    for step in steps() {
        let (ours, theirs) = (here.take(&step).await, there.take(&step).await);
        assert_eq!(ours, theirs, "{step:?}");
        assert_eq!(ours.status, step.expected, "{step:?} is answered {ours:?}");
        if ours.status < 400 {
            served.insert(step.route());
        }
        if let Ok(body) = serde_json::from_str::<Value>(&ours.body) {
            problems.extend(problem_types(&body["type"]));
            if step.path == "/openapi.json" {
                document = body;
            }
        }
    }
    for route in routes() {
        let key = format!("{} {}", route.method, route.path);
        assert!(served.contains(&key), "no step has `{key}` answered");
    }
    let mut known = problem_types(&document);
    known.retain(|kind| !UNREACHED.contains(&kind.as_str()));
    assert_eq!(problems, known, "each kind of problem has a step");
}

/// The types of problems that are named anywhere in `value`.
fn problem_types(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) if text.starts_with("urn:notewarden:problem:") => {
            BTreeSet::from([text.clone()])
        }
        Value::Array(items) => items.iter().flat_map(problem_types).collect(),
        Value::Object(members) => members.values().flat_map(problem_types).collect(),
        _ => BTreeSet::new(),
    }
}

/// A place, with the names that it gave: steps name them by number, and answers are compared without them.
struct Memory<P> {
    place: P,
    notes: Vec<String>,
    cursor: String,
}

impl<P: Place> Memory<P> {
    fn new(place: P) -> Self {
        Self {
            place,
            notes: Vec::new(),
            cursor: String::new(),
        }
    }

    async fn take(&mut self, step: &Step) -> Seen {
        let mut path = step.path.replace("{cursor}", &self.cursor);
        for (index, note) in self.notes.iter().enumerate() {
            path = path.replace(&format!("{{{index}}}"), note);
        }
        let mut seen = self.place.send(step, &path).await;
        if seen.status == 201
            && let Some(location) = seen.headers.get("location")
        {
            let note = location.rsplit('/').next().unwrap().to_owned();
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        if let Some(link) = seen.headers.get("link") {
            let (_, cursor) = link.split_once("cursor=").unwrap();
            let end = cursor.find(['&', '>']).unwrap();
            self.cursor = cursor[..end].to_owned();
        }
        let id = seen
            .headers
            .insert("x-amzn-requestid".to_owned(), "<request>".to_owned());
        let id = id.expect("every answer has its id");
        let mut named = vec![
            (id, "<request>".to_owned()),
            (self.place.identity(), "<identity>".to_owned()),
        ];
        if !self.cursor.is_empty() {
            named.push((self.cursor.clone(), "<cursor>".to_owned()));
        }
        let notes = self.notes.iter().enumerate();
        named.extend(notes.map(|(index, note)| (note.clone(), format!("<note {index}>"))));
        for text in seen.headers.values_mut().chain([&mut seen.body]) {
            for (name, stands_for) in &named {
                *text = text.replace(name, stands_for);
            }
        }
        for member in ["\"createdAt\":", "\"updatedAt\":"] {
            seen.body = without_number(&seen.body, member);
        }
        seen.body = without_secret(&seen.body);
        seen
    }
}

/// The text without the secret that it has, if it has one.
fn without_secret(text: &str) -> String {
    const MEMBER: &str = "\"secret\":\"";
    match text.split_once(MEMBER) {
        None => text.to_owned(),
        Some((before, secret)) => {
            let (_, after) = secret.split_once('"').unwrap();
            format!("{before}{MEMBER}<secret>\"{after}")
        }
    }
}

/// The text without the digits behind each `member`.
fn without_number(text: &str, member: &str) -> String {
    let mut parts = text.split(member);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(member);
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}
