//! The web client: what its own tools say of it, then every flow in Chromium against a real server.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use zip::ZipArchive;

use super::{Outcome, npm};
use crate::{
    command::{self, Failure},
    release, web, workspace,
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
    let release = unpacked_release(&server)?;
    let xtask = env::current_exe().map_err(|source| Failure::file(Path::new("xtask"), source))?;
    command::run(
        web::script(folder, "browser")
            .env("NOTEWARDEN_BIN", server)
            .env("NOTEWARDEN_RELEASE", release)
            .env("NOTEWARDEN_XTASK", xtask)
            .env("CHROMIUM", chromium),
    )?;
    Ok(Outcome::Passed)
}

/// A folder with what a release archive of `server` has in it, as somebody who downloads it would see it.
fn unpacked_release(server: &Path) -> Result<PathBuf, Failure> {
    let folder = workspace::target()?.join("web-release");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| Failure::file(&folder, source))?;
    }
    let archive = release::pack(server, &folder)?;
    let opened = File::open(&archive).map_err(|source| Failure::file(&archive, source))?;
    ZipArchive::new(opened)
        .and_then(|mut zip| zip.extract(&folder))
        .map_err(|error| Failure::Other(format!("the archive cannot be unpacked: {error}")))?;
    Ok(archive.with_extension(""))
}

fn missing(chromium: &OsString) -> Option<String> {
    let works = command::works(Command::new(chromium).arg("--version"));
    (!works).then(|| {
        "`chromium` is missing: install it (Debian: `apt-get install chromium`), or name one in `CHROMIUM`"
            .to_owned()
    })
}
