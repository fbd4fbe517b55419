//! The rows beside what functions were seen to ask AWS for.

use std::{collections::BTreeMap, fs};

use super::requests::{self, Request};
use crate::workspace;

/// How often each operation was asked for.
type Calls = BTreeMap<String, u32>;

/// What a run has seen, by what it was for.
fn seen() -> BTreeMap<String, Calls> {
    let golden = workspace::root().join("handlers/lambda/tests/calls.golden");
    let golden = fs::read_to_string(golden).unwrap();
    let parts = golden.split("\n\n").skip(1);
    let parts = parts.map(|part| {
        let (what, calls) = part.split_once('\n').unwrap_or((part, ""));
        let mut counted = Calls::new();
        for call in calls.lines() {
            let (call, times) = call.trim().split_once(" × ").unwrap_or((call.trim(), "1"));
            let operation = call.strip_prefix("S3 ").unwrap_or(call);
            let operation = operation.split(' ').next().unwrap();
            *counted.entry(operation.to_owned()).or_default() += times.parse::<u32>().unwrap();
        }
        (what.trim().to_owned(), counted)
    });
    parts.collect()
}

fn count(calls: &Calls, operations: &[&str]) -> u32 {
    let counts = operations
        .iter()
        .filter_map(|operation| calls.get(*operation));
    counts.sum()
}

const READS: [&str; 3] = ["GetItem", "Query", "BatchGetItem"];
const WRITES: [&str; 4] = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];

/// What has no row of its own: variants that differ by a file's name or by what they find.
fn is_a_variant(what: &str) -> bool {
    let variants = [
        "with a file, which stays",
        "with a file more",
        "DELETE /notes/{noteId} with a file",
        "?force",
        "DELETE /archives/{archiveId}",
    ];
    what.starts_with("work: ") || variants.iter().any(|variant| what.ends_with(variant))
}

#[test]
fn each_kind_of_request_has_a_row() {
    let seen = seen();
    for what in seen.keys() {
        let has_row = requests::all().any(|request| request.seen_as == what);
        assert!(has_row || is_a_variant(what), "`{what}` has no row");
    }
    for request in requests::all() {
        let is_known = request.seen_as.is_empty() || seen.contains_key(request.seen_as);
        assert!(is_known, "`{}` was not seen", request.seen_as);
    }
}

#[test]
fn each_row_uses_what_its_request_was_seen_to_ask_for() {
    let seen = seen();
    let is_answered =
        |request: &&Request| !request.seen_as.is_empty() && !request.seen_as.starts_with("work: ");
    for request in requests::all().filter(is_answered) {
        let name = request.name;
        let calls = &seen[request.seen_as];
        assert_eq!(request.s3_reads, count(calls, &["HEAD", "GET"]), "{name}");
        assert_eq!(request.s3_writes, count(calls, &["PUT", "POST"]), "{name}");
        assert_eq!(request.queue, count(calls, &["SendMessage"]), "{name}");
        // A unit is the least that a call takes.
        let (reads, writes) = (count(calls, &READS), count(calls, &WRITES));
        assert!(request.reads >= reads, "{name}: {calls:?}");
        assert_eq!(request.reads == 0, reads == 0, "{name}: {calls:?}");
        if !name.contains("without keys") {
            assert!(request.writes >= writes, "{name}: {calls:?}");
            assert_eq!(request.writes == 0, writes == 0, "{name}: {calls:?}");
        }
    }
}

#[test]
fn the_contract_is_as_long_as_is_computed_with() {
    let contract = workspace::root().join("handlers/api/tests/data/openapi.json");
    let contract: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(contract).unwrap()).unwrap();
    let length = contract.to_string().len();
    let row = requests::all().find(|request| request.name.contains("openapi"));
    let computed = row.unwrap().answer as usize;
    assert!(computed.abs_diff(length) < 2_000, "it has {length} bytes");
}
