//! Zips of the archive worker, opened by other programs.

use std::process::Command;

use super::{Outcome, venv};
use crate::{
    command::{self, Failure},
    workspace,
};

/// What 7-Zip is called, by who packs it.
const SEVEN_ZIPS: [&str; 2] = ["7z", "7zz"];

pub(super) fn run() -> Result<Outcome, Failure> {
    let has = |program: &str, argument: &str| command::works(Command::new(program).arg(argument));
    let seven_zip = SEVEN_ZIPS.iter().find(|name| has(name, "--help"));
    let (Some(seven_zip), true, true) = (seven_zip, has("unzip", "-v"), has("bsdtar", "--version"))
    else {
        let reason = "install Info-ZIP, bsdtar and 7-Zip (Debian: `apt-get install unzip libarchive-tools 7zip`)";
        return Ok(Outcome::Skipped(reason.to_owned()));
    };
    venv::run("zips", |folder, python| {
        let zips = workspace::target()?.join("zips");
        command::run(
            workspace::cargo()
                .args(["run", "--quiet", "--package", "notewarden-archiver"])
                .args(["--example", "sample_zips", "--"])
                .arg(&zips),
        )?;
        command::run(
            venv::pytest(folder, python)?
                .env("ZIPS", &zips)
                .env("SEVEN_ZIP", seven_zip),
        )
    })
}
