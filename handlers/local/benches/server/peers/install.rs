//! The peers' programs, installed into the target folder: never by the tests.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testkit/clients/peers");

/// The folder of the programs that npm installs.
pub fn node() -> Option<PathBuf> {
    let place = place("node");
    let bin = place.join("node_modules/.bin");
    let install = || {
        fs::copy(source("package.json"), place.join("package.json")).is_ok()
            && run(Command::new("npm").current_dir(&place).args([
                "install",
                "--no-audit",
                "--no-fund",
                "--silent",
            ]))
    };
    installed(bin, &["s3rver", "cognito-local"], install)
}

/// The folder of the programs that pip installs.
pub fn python() -> Option<PathBuf> {
    let place = place("python");
    let bin = place.join("bin");
    let python = bin.join("python");
    let install = || {
        // Debian's `venv` comes without pip: another pip installs itself there.
        let venv = |options: &[&str]| {
            run(Command::new("python3")
                .args(["-m", "venv"])
                .args(options)
                .arg(&place))
        };
        let pip = |arguments: &[&str]| {
            let mut pip = Command::new("python3");
            run(pip
                .args(["-m", "pip", "--python"])
                .arg(&python)
                .args(arguments))
        };
        let pip_itself = || venv(&["--without-pip"]) && pip(&["install", "--quiet", "pip"]);
        (venv(&[]) || pip_itself())
            && run(Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(source("requirements.txt")))
    };
    installed(bin.clone(), &["moto_server", "ministack"], install)
}

fn installed(bin: PathBuf, programs: &[&str], install: impl FnOnce() -> bool) -> Option<PathBuf> {
    let are_there = || programs.iter().all(|program| bin.join(program).exists());
    if are_there() || (install() && are_there()) {
        return Some(bin);
    }
    println!(
        "  left out: {} (cannot be installed here)",
        programs.join(", ")
    );
    None
}

fn place(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let place = target.join("peers").join(name);
    fs::create_dir_all(&place).unwrap();
    place
}

fn source(file: &str) -> PathBuf {
    Path::new(SOURCE).join(file)
}

fn run(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
