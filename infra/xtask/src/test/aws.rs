//! The workspace's ignored tests: those that need AWS's services, against a stand-in on this machine.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{Outcome, venv};
use crate::{
    command::{self, Failure},
    workspace,
};

/// Names the services' URL to the tests.
const ENDPOINT: &str = "NOTEWARDEN_TEST_AWS";

pub(super) fn run() -> Result<Outcome, Failure> {
    venv::run("aws", |folder, python| {
        let services = Services::start(folder, python)?;
        // `--tests`: the same programs as those of the suite `rust`, and no examples of the documentation.
        command::run(
            workspace::cargo()
                .args(["test", "--workspace", "--tests", "--", "--ignored"])
                .env(ENDPOINT, &services.url),
        )
    })
}

/// Running services, which stop when this is dropped.
pub(super) struct Services {
    process: Child,
    /// Where they answer, as `http://127.0.0.1:5000`.
    pub(super) url: String,
}

impl Services {
    /// Starts them on a free port, and waits until they answer.
    pub(super) fn start(folder: &Path, python: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(python);
        command
            .arg(folder.join("server.py"))
            // It serves until this ends, which happens even if we are killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let shown = command::shown(&command);
        let failed = |source| Failure::Run {
            command: shown.clone(),
            source,
        };
        let mut process = command.spawn().map_err(failed)?;
        let output = process.stdout.take();
        let mut services = Self {
            process,
            url: String::new(),
        };
        if let Some(output) = output {
            let mut line = String::new();
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(failed)?;
            services.url = line.trim().to_owned();
        }
        if services.url.is_empty() {
            return Err(Failure::Other(format!(
                "`{shown}` ended before it answered"
            )));
        }
        Ok(services)
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if let Err(error) = self.process.wait() {
            eprintln!("xtask: the stand-in for AWS's services cannot be waited for: {error}");
        }
    }
}
