//! The web client's build.

use std::{path::PathBuf, process::Command};

use crate::{
    command::{self, Failure},
    test::npm,
    workspace,
};

/// The folder of the client, with its packages installed.
pub(crate) fn installed() -> Result<PathBuf, Failure> {
    let folder = workspace::root().join("handlers/web");
    npm::install(&folder)?;
    Ok(folder)
}

/// Builds the client where there is Node; otherwise what is missing.
pub(crate) fn build() -> Result<Option<String>, Failure> {
    let missing = npm::missing();
    if missing.is_none() {
        command::run(&mut script(installed()?, "build"))?;
    }
    Ok(missing)
}

/// Where the build is.
pub(crate) fn built() -> PathBuf {
    workspace::root().join("handlers/web/dist")
}

/// `npm run NAME` in the client's folder.
pub(crate) fn script(folder: PathBuf, name: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", name]).current_dir(folder);
    npm
}
