//! Python's packages, in one virtual environment for each folder of clients.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Outcome, is_installed, note_installed};
use crate::{
    command::{self, Failure},
    workspace,
};

/// Runs `suite` in the folder `name` of the clients with the interpreter that has its packages, if there is Python.
pub(super) fn run(
    name: &str,
    suite: impl FnOnce(&Path, &Path) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let folder = workspace::root().join("testkit/clients").join(name);
    match interpreter(name, &folder.join("requirements.txt"))? {
        Ok(python) => {
            suite(&folder, &python)?;
            Ok(Outcome::Passed)
        }
        Err(reason) => Ok(Outcome::Skipped(reason)),
    }
}

/// The test programs in `folder`, which pytest runs with the environment's interpreter.
pub(super) fn pytest(folder: &Path, python: &Path) -> Result<Command, Failure> {
    let mut cache = OsString::from("cache_dir=");
    cache.push(workspace::target()?.join("pytest"));
    let mut pytest = Command::new(python);
    pytest
        .args(["-m", "pytest", "-o"])
        .arg(cache)
        .arg(folder)
        .current_dir(workspace::root());
    Ok(pytest)
}

/// The interpreter of the environment `name`, once what `requirements` names is installed; or why there is none.
fn interpreter(name: &str, requirements: &Path) -> Result<Result<PathBuf, String>, Failure> {
    if !command::works(Command::new("python3").arg("--version")) {
        return Ok(Err(
            "install Python 3 (Debian: `apt-get install python3 python3-venv`)".to_owned(),
        ));
    }
    let environment = workspace::target()?.join("venv").join(name);
    let stamp = environment.join("requirements.txt");
    let python = environment.join("bin/python");
    if !is_installed(requirements, &stamp)? {
        if !create(&environment) {
            return Ok(Err(
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
                .arg(requirements),
        )?;
        note_installed(requirements, &stamp)?;
    }
    Ok(Ok(python))
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
