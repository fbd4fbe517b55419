//! Other programs, each measured by the shell.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run has taken.
pub struct Figures {
    /// Seconds.
    pub wall: f64,
    /// Seconds of all cores, in the program and in the system for it.
    pub cpu: f64,
    /// The length of the zip.
    pub bytes: u64,
    /// The most memory, in KiB, where it is measured.
    pub resident: Option<u64>,
}

/// The bytes copied one after another.
pub fn cat(folder: &Path, files: &[String]) -> Option<Figures> {
    let mut cat = Command::new("sh");
    cat.args(["-c", "cat \"$@\" > out.zip", "sh"]);
    timed(&cat, folder, files)
}

pub fn zip(folder: &Path, files: &[String], level: &str) -> Option<Figures> {
    let mut zip = Command::new("zip");
    zip.args(["-q", level, "out.zip"]);
    timed(&zip, folder, files)
}

/// Python's zipstream-ng, stored, written to a file as it comes.
pub fn zipstream(folder: &Path, files: &[String], root: &Path) -> Option<Figures> {
    let environment = fs::canonicalize(root).ok()?.join("python");
    let install = format!(
        "python3 -m venv {0} && {0}/bin/pip install -q zipstream-ng==1.9.0",
        environment.display()
    );
    run("sh", &["-c", &install])?;
    let mut python = Command::new(environment.join("bin/python"));
    python.args([
        "-c",
        "
import sys, zipstream
zip = zipstream.ZipStream(compress_type=zipstream.ZIP_STORED)
for name in sys.argv[1:]: zip.add_path(name)
with open('out.zip', 'wb') as out: out.writelines(zip)
",
    ]);
    timed(&python, folder, files)
}

/// Node's archiver, stored.
pub fn archiver(folder: &Path, files: &[String], root: &Path) -> Option<Figures> {
    let packages = fs::canonicalize(root).ok()?.join("node");
    fs::create_dir_all(&packages).ok()?;
    let packages = packages.to_str()?;
    run(
        "npm",
        &[
            "install",
            "--silent",
            "--prefix",
            packages,
            "archiver@7.0.1",
        ],
    )?;
    let mut node = Command::new("node");
    node.env("NODE_PATH", PathBuf::from(packages).join("node_modules"));
    node.args([
        "-e",
        "
const zip = require('archiver')('zip', { store: true });
zip.pipe(require('fs').createWriteStream('out.zip'));
for (const name of process.argv.slice(1)) zip.file(name, { name });
zip.finalize();
",
    ]);
    timed(&node, folder, files)
}

fn run(program: &str, arguments: &[&str]) -> Option<()> {
    let mut command = Command::new(program);
    let ended = command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    ended.ok()?.success().then_some(())
}

/// Runs the command on the files in the folder by the shell, which measures it.
fn timed(command: &Command, folder: &Path, files: &[String]) -> Option<Figures> {
    let mut shell = Command::new("bash");
    shell.args(["-c", "TIMEFORMAT='%R %U %S'; time \"$@\"", "bash"]);
    shell
        .arg(command.get_program())
        .args(command.get_args())
        .args(files);
    shell.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = shell.current_dir(folder).env("LC_ALL", "C").output().ok()?;
    if !output.status.success() {
        return None;
    }
    let said = String::from_utf8(output.stderr).ok()?;
    let mut numbers = said
        .lines()
        .last()?
        .split(' ')
        .map(|number| number.parse::<f64>());
    let mut next = || numbers.next()?.ok();
    let (wall, user, system) = (next()?, next()?, next()?);
    let zip = folder.join("out.zip");
    let bytes = fs::metadata(&zip).ok()?.len();
    fs::remove_file(&zip).ok()?;
    Some(Figures {
        wall,
        cpu: user + system,
        bytes,
        resident: None,
    })
}
