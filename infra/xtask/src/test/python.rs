//! Python's clients against a real server.

use std::{ffi::OsString, process::Command};

use super::{Outcome, venv};
use crate::{
    command::{self, Failure},
    workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    venv::run("python", |folder, python| {
        let server = workspace::build_server(false)?;
        let mut cache = OsString::from("cache_dir=");
        cache.push(workspace::target()?.join("pytest"));
        command::run(
            Command::new(python)
                .args(["-m", "pytest", "-o"])
                .arg(cache)
                .arg(folder)
                .current_dir(workspace::root())
                .env("NOTEWARDEN_BIN", server),
        )
    })
}
