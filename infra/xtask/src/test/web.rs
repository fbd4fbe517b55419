//! The web client: what its own tools say of it, then every flow in Chromium against a real server.

use std::{env, ffi::OsString, path::Path, process::Command};

use super::{Outcome, npm};
use crate::{
    command::{self, Failure},
    web, workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    let chromium = env::var_os("CHROMIUM").unwrap_or_else(|| OsString::from("chromium"));
    if let Some(reason) = npm::missing().or_else(|| missing(&chromium)) {
        return Ok(Outcome::Skipped(reason));
    }
    let folder = web::installed()?;
    for script in ["lint", "unit", "build"] {
        command::run(&mut web::script(folder.clone(), script))?;
    }
    let server = workspace::build_server(false)?;
    let xtask = env::current_exe().map_err(|source| Failure::file(Path::new("xtask"), source))?;
    command::run(
        web::script(folder, "browser")
            .env("NOTEWARDEN_BIN", server)
            .env("NOTEWARDEN_XTASK", xtask)
            .env("CHROMIUM", chromium),
    )?;
    Ok(Outcome::Passed)
}

fn missing(chromium: &OsString) -> Option<String> {
    let works = command::works(Command::new(chromium).arg("--version"));
    (!works).then(|| {
        "`chromium` is missing: install it (Debian: `apt-get install chromium`), or name one in `CHROMIUM`"
            .to_owned()
    })
}
