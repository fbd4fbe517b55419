//! Node's packages, installed beside the scripts that import them, as Node resolves them from there.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use super::{Outcome, is_installed, note_installed};
use crate::{
    command::{self, Failure},
    workspace,
};

/// What is missing for Node's suites, if anything is.
pub(crate) fn missing() -> Option<String> {
    let is_missing = |program: &&str| !command::works(Command::new(program).arg("--version"));
    let program = ["node", "npm"].into_iter().find(is_missing)?;
    Some(format!(
        "`{program}` is missing: install Node.js 20 or newer (Debian: `apt-get install nodejs npm`)"
    ))
}

/// Runs `suite` in the folder `name` of the clients with its packages installed, if there is Node.
pub(super) fn run(
    name: &str,
    suite: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    suite(&installed(name)?)?;
    Ok(Outcome::Passed)
}

/// The folder `name` of the clients, once what its lock file names is installed.
pub(crate) fn installed(name: &str) -> Result<PathBuf, Failure> {
    let folder = workspace::root().join("testkit/clients").join(name);
    install(&folder)?;
    Ok(folder)
}

/// Installs what the lock file of `folder` names, unless it is there already.
pub(crate) fn install(folder: &Path) -> Result<(), Failure> {
    let lock = folder.join("package-lock.json");
    let stamp = folder.join("node_modules/.installed-package-lock.json");
    if !is_installed(&lock, &stamp)? {
        command::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(folder),
        )?;
        note_installed(&lock, &stamp)?;
    }
    Ok(())
}
