//! Python's clients, in a virtual environment of their own.

use std::{path::Path, process::Command};

use super::{Outcome, is_installed, note_installed};
use crate::{
    command::{self, Failure},
    workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    if !command::works(Command::new("python3").arg("--version")) {
        return Ok(Outcome::Skipped(
            "install Python 3 (Debian: `apt-get install python3 python3-venv`)".to_owned(),
        ));
    }
    let suite = workspace::root().join("testkit/clients/python");
    let requirements = suite.join("requirements.txt");
    let target = workspace::target()?;
    let environment = target.join("venv");
    let stamp = environment.join("requirements.txt");
    let python = environment.join("bin/python");

    if !is_installed(&requirements, &stamp)? {
        if !create(&environment) {
            return Ok(Outcome::Skipped(
                "Python 3 is without `venv` and `pip` (Debian: `apt-get install python3-venv`)"
                    .to_owned(),
            ));
        }
        command::run(
            Command::new(&python)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .arg("--requirement")
                .arg(&requirements),
        )?;
        note_installed(&requirements, &stamp)?;
    }

    let server = workspace::build_server(false)?;
    let mut cache = std::ffi::OsString::from("cache_dir=");
    cache.push(target.join("pytest"));
    command::run(
        Command::new(&python)
            .args(["-m", "pytest", "-o"])
            .arg(cache)
            .arg(&suite)
            .current_dir(workspace::root())
            .env("NOTEWARDEN_BIN", server),
    )?;
    Ok(Outcome::Passed)
}

/// Makes an empty virtual environment with pip; `false` if this Python cannot.
fn create(environment: &Path) -> bool {
    let venv = |options: &[&str]| {
        let mut command = Command::new("python3");
        command
            .args(["-m", "venv", "--clear"])
            .args(options)
            .arg(environment);
        command::works(&mut command)
    };
    // Debian ships `venv` without the bundled pip: another pip, if there is one, installs itself there.
    venv(&[])
        || venv(&["--without-pip"])
            && command::works(
                Command::new("python3")
                    .args(["-m", "pip", "--python"])
                    .arg(environment.join("bin/python"))
                    .args(["install", "pip"]),
            )
}
