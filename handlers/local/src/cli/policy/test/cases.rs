//! `--cases`: a table of requests and the verdicts they must get.

use std::{path::Path, process::ExitCode};

use notewarden_domain::policy::Case;
use serde_json::{Value, json};

use crate::cli::{CliError, say};

/// How a table came out.
#[derive(Default)]
struct Tally {
    cases: usize,
    different: usize,
    unreadable: usize,
}

pub fn run(file: &Path, as_json: bool) -> Result<ExitCode, CliError> {
    let table = super::super::read(file)?;
    let mut tally = Tally::default();
    for (index, line) in table.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        tally.cases += 1;
        match Case::parse(line) {
            Ok(case) => tally.decide(&case, as_json),
            Err(mut error) => {
                tally.unreadable += 1;
                error.position.line = index + 1;
                let reason = super::super::refusal(file, &error);
                say(if as_json {
                    line_of(&id(line), "Error", &reason)
                } else {
                    reason
                });
            }
        }
    }
    if !as_json {
        say(&tally);
    }
    Ok(ExitCode::from(match tally {
        Tally {
            unreadable: 1.., ..
        } => 2,
        Tally { different: 1.., .. } => 1,
        _ => 0,
    }))
}

impl Tally {
    fn decide(&mut self, case: &Case, as_json: bool) {
        let decision = case.policies.explain(&case.request());
        let differs = case.expect.is_some_and(|expect| expect != decision.verdict);
        self.different += usize::from(differs);
        let verdict = decision.verdict.as_str();
        if as_json {
            say(line_of(&case.id, verdict, &decision.reason));
        } else if let Some(expect) = case.expect.filter(|_| differs) {
            let (id, expect) = (&case.id, expect.as_str());
            say(format_args!("{id}: expected {expect}, got {decision}"));
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            cases,
            different,
            unreadable,
        } = self;
        write!(f, "{cases} cases: {different} differ")?;
        match unreadable {
            0 => Ok(()),
            some => write!(f, ", {some} cannot be read"),
        }
    }
}

fn line_of(id: &str, decision: &str, reason: &str) -> String {
    json!({"id": id, "decision": decision, "reason": reason}).to_string()
}

/// The id of a line that is no case, if it has one.
fn id(line: &str) -> String {
    let value = serde_json::from_str::<Value>(line).unwrap_or_default();
    value
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
