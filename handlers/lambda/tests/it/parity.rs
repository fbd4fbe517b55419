//! The local server and the functions on AWS answer alike: every route and its refusals, asked of both, byte for byte but
//! for ids, secrets, dates and what API Gateway adds by itself; links are compared by what they say, and followed; and
//! the workers of both make the same archives.

mod links;
mod memory;
pub mod places;
mod steps;
mod zips;

use std::collections::BTreeSet;

use memory::{Memory, Outcome};
use notewarden_api::routes;
use places::{Aws, Local};
use serde_json::Value;
use steps::{Step, steps};

/// Refusals that no step is answered with, and why not.
const UNREACHED: [(&str, &str); 3] = [
    (
        "urn:notewarden:problem:internal",
        "nothing is broken in either place; what cannot be read is in `failing`",
    ),
    (
        "urn:notewarden:problem:too-many",
        "a hundred keys are as many transactions, for each of which moto copies all of its tables",
    ),
    (
        "urn:notewarden:problem:unavailable",
        "the stores of both places are well; others are not in `failing`",
    ),
];

#[tokio::test]
#[ignore = "needs moto; `cargo xtask test` runs it"]
async fn the_functions_answer_as_the_local_server_does() {
    let mut here = Memory::new(Local::new().await);
    let mut there = Memory::new(Aws::new().await);
    let mut served = BTreeSet::new();
    let mut problems = BTreeSet::new();
    let mut document = Value::Null;
    for step in steps() {
        let (ours, theirs) = (here.take(&step).await, there.take(&step).await);
        assert_eq!(ours, theirs, "{step:?}");
        match (&step, &ours) {
            (Step::Ask(ask), Outcome::Answered(seen)) => {
                assert_eq!(seen.status, ask.expected, "{ask:?} is answered {seen:?}");
                if seen.status < 400 {
                    served.insert(ask.route());
                }
                if let Ok(body) = serde_json::from_str::<Value>(&seen.body) {
                    problems.extend(problem_types(&body["type"]));
                    if ask.path == "/openapi.json" {
                        document = body;
                    }
                }
            }
            (Step::Upload(_), Outcome::Followed(followed)) => assert_eq!(followed.status, 200),
            (Step::Download(expected), Outcome::Followed(followed)) => {
                assert_eq!(followed.status, *expected, "{followed:?}");
            }
            _ => {}
        }
    }
    for route in routes() {
        let key = format!("{} {}", route.method, route.path);
        assert!(served.contains(&key), "no step has `{key}` answered");
    }
    let mut known = problem_types(&document);
    for (kind, why) in UNREACHED {
        assert!(known.remove(kind), "`{kind}` is a problem, though {why}");
    }
    assert_eq!(problems, known, "each kind of problem has a step");
    there.place.calls.are_as_committed();
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
