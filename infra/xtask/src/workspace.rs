//! Where the repository is, and what cargo knows of it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::command::{self, Failure};

/// The repository's top folder.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The cargo that runs us, at work in the repository's top folder.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Cargo's description of the workspace.
pub(crate) fn metadata() -> Result<Value, Failure> {
    let mut cargo = cargo();
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = command::read(&mut cargo)?;
    serde_json::from_slice(&text).map_err(|source| Failure::Output {
        command: command::shown(&cargo),
        source,
    })
}

/// The folder for everything that is built.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    metadata()?
        .get("target_directory")
        .and_then(Value::as_str)
        .map(PathBuf::from)
        .ok_or_else(|| Failure::Other("cargo names no target folder".to_owned()))
}

/// Builds the server; its path.
pub(crate) fn build_server(release: bool) -> Result<PathBuf, Failure> {
    let mut cargo = cargo();
    cargo.args(["build", "--package", "notewarden"]);
    if release {
        cargo.arg("--release");
    }
    command::run(&mut cargo)?;
    let profile = if release { "release" } else { "debug" };
    let name = format!("notewarden{}", env::consts::EXE_SUFFIX);
    Ok(target()?.join(profile).join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_top_of_the_workspace() {
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.starts_with("[workspace]"));
    }
}
