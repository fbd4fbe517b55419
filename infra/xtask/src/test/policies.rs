//! Policy decisions beside those of another implementation, a program of its own, on random policies and requests.

use std::process::Command;

use super::{Outcome, npm};
use crate::{
    command::{self, Failure},
    workspace,
};

/// How many decisions are compared.
const CASES: u32 = 20_000;

pub(super) fn run() -> Result<Outcome, Failure> {
    npm::run("policies", |folder| {
        let notewarden = workspace::build_server(false)?;
        command::run(
            Command::new("node")
                .args(["compare.js", "--count", &CASES.to_string()])
                .current_dir(folder)
                .env("NOTEWARDEN_BIN", notewarden),
        )
    })
}
