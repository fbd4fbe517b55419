//! iam-simulate: the same document, in a process of Node, whose script measures itself.

use std::{
    error::Error,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::scenario::{ACTION, IDENTITY, PRINCIPAL, SUB, Scenario};

/// Nanoseconds of one decision.
pub fn iam_simulate(scenario: &Scenario, script: &Path) -> Result<f64, Box<dyn Error>> {
    let question = json!({
        "policies": {"identity": [scenario.iam_policy()]},
        "request": {
            "principal": PRINCIPAL, "action": ACTION, "resource": scenario.resource, "account": "000000000000",
            "context": {SUB: IDENTITY},
        },
    });
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = node.stdin.take() {
        write!(input, "{question}")?;
    }
    let output = node.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("`{}` failed: {}", script.display(), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
