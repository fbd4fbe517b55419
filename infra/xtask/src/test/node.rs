//! Node's clients, installed beside their tests as Node resolves them from there.

use std::process::Command;

use super::{Outcome, is_installed, note_installed};
use crate::{
    command::{self, Failure},
    workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    for program in ["node", "npm"] {
        if !command::works(Command::new(program).arg("--version")) {
            return Ok(Outcome::Skipped(format!(
                "`{program}` is missing: install Node.js 20 or newer (Debian: `apt-get install nodejs npm`)"
            )));
        }
    }
    let suite = workspace::root().join("testkit/clients/node");
    let lock = suite.join("package-lock.json");
    let stamp = suite.join("node_modules/.installed-package-lock.json");

    if !is_installed(&lock, &stamp)? {
        command::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&suite),
        )?;
        note_installed(&lock, &stamp)?;
    }

    let server = workspace::build_server(false)?;
    command::run(
        Command::new("node")
            .arg("--test")
            .current_dir(&suite)
            .env("NOTEWARDEN_BIN", server),
    )?;
    Ok(Outcome::Passed)
}
