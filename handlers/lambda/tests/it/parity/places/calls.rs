//! What functions ask AWS for, request by request: a witness between them and moto. The costs of requests are computed
//! with it.

use std::{fmt::Write, path::Path};

use notewarden_testkit::http::{Received, ScriptedServer, Step};
use serde_json::Value;

use crate::parity::steps::Ask;

const GOLDEN: &str = "tests/calls.golden";

/// Hands requests on to moto, and writes down what they were.
pub struct Calls {
    server: ScriptedServer,
    /// How many requests have been looked at.
    seen: usize,
    /// What belongs to what, in the order in which it came.
    table: Vec<(String, Vec<String>)>,
}

impl Calls {
    pub async fn to(aws: String) -> Self {
        Self {
            server: ScriptedServer::start(Step::Forward(aws)).await,
            seen: 0,
            table: Vec::new(),
        }
    }

    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// What came since the last time is nobody's.
    pub fn forget(&mut self) {
        self.seen = self.server.requests().len();
    }

    /// What came since the last time was for this request. Of several of a kind the first counts.
    pub fn were_for(&mut self, what: String) {
        let calls = self.take();
        self.write_down(what, calls);
    }

    /// What came since the last time was for this work. How often a worker looks at its job, and says how far it is,
    /// depends on how long it takes: what it does with tables is written down once.
    pub fn were_for_work(&mut self, what: &str) {
        let mut calls: Vec<String> = Vec::new();
        for call in self.take() {
            if call.starts_with("S3 ") || !calls.contains(&call) {
                calls.push(call);
            }
        }
        self.write_down(format!("work: {what}"), calls);
    }

    /// What came since the last time, without further attempts at the same.
    fn take(&mut self) -> Vec<String> {
        let requests = self.server.requests();
        let new = requests.iter().skip(self.seen);
        let is_first = |request: &&Received| {
            let attempt = request.header("amz-sdk-request");
            attempt.is_none_or(|attempt| attempt.contains("attempt=1"))
        };
        let calls = new.filter(is_first).map(call).collect();
        self.seen = requests.len();
        calls
    }

    fn write_down(&mut self, what: String, calls: Vec<String>) {
        if self.table.iter().all(|(known, _)| *known != what) {
            self.table.push((what, calls));
        }
    }

    /// Holds what was written down against what is committed; `UPDATE_GOLDEN=1` commits it.
    pub fn are_as_committed(&self) {
        let mut text = String::from(
            "# What a function asks AWS for, by request, as a run against a stand-in for it has seen.\n",
        );
        for (what, calls) in &self.table {
            writeln!(text, "\n{what}").unwrap();
            for alike in calls.chunk_by(|one, next| one == next) {
                match alike {
                    [call] => writeln!(text, "  {call}").unwrap(),
                    _ => writeln!(text, "  {} × {}", alike[0], alike.len()).unwrap(),
                }
            }
        }
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(GOLDEN);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&golden).unwrap();
        assert!(text == committed, "{GOLDEN} should be\n{text}");
    }
}

/// A kind of request: its route, and what makes it dearer than others of it.
pub fn kind(ask: &Ask) -> String {
    let mut kind = ask.route();
    for flag in ["download", "force"] {
        if ask.path.ends_with(&format!("?{flag}")) {
            kind += &format!("?{flag}");
        }
    }
    let names = |name| ask.headers.iter().any(|(header, _)| *header == name);
    if names("idempotency-key") {
        kind += " with `Idempotency-Key`";
    }
    kind + ask.of
}

/// A request to AWS in a few words.
fn call(request: &Received) -> String {
    match request.header("x-amz-target") {
        Some(target) => {
            let operation = target.rsplit('.').next().unwrap();
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let tables = tables(&body);
            let tables = tables
                .iter()
                .map(|name| name.split("_table").next().unwrap());
            format!("{operation} {}", tables.collect::<Vec<_>>().join(" "))
                .trim_end()
                .to_owned()
        }
        None => object(request),
    }
}

/// The tables that an operation of `DynamoDB` names, one of a transaction as often as it does.
fn tables(body: &Value) -> Vec<String> {
    if let Some(items) = body["TransactItems"].as_array() {
        let parts = items
            .iter()
            .flat_map(|item| item.as_object().unwrap().values());
        return parts.flat_map(tables).collect();
    }
    if let Some(items) = body["RequestItems"].as_object() {
        return items.keys().cloned().collect();
    }
    body["TableName"]
        .as_str()
        .map(str::to_owned)
        .into_iter()
        .collect()
}

/// A request to S3: its method, and the folder.
fn object(request: &Received) -> String {
    let query = request.uri.query().unwrap_or_default();
    let folder = request.path().split('/').nth(2).unwrap_or_default();
    let copies = request.header("x-amz-copy-source").map_or("", |_| " copy");
    let part = ["uploads", "partNumber", "uploadId", "list-type"];
    let part = part.into_iter().find(|part| query.contains(part));
    let part = part.map(|part| format!("?{part}")).unwrap_or_default();
    format!("S3 {}{copies} {folder}{part}", request.method)
}
