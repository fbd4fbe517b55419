//! The command line, as one runs it.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod check;
mod policies;
mod server;
mod snapshots;
mod test;
mod users;
mod why;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// `notewarden` with these arguments, in a folder of its own in which files lie.
struct Shell {
    folder: tempfile::TempDir,
}

/// What a command did.
struct Done {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shell {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn with(self, file: &str, text: &str) -> Self {
        std::fs::write(self.path(file), text).unwrap();
        self
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn notewarden(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_notewarden"));
        command.current_dir(self.folder.path());
        command
    }

    /// Runs the words of `line`, then `more`, which may hold spaces.
    fn run(&self, line: &str, more: &[&str]) -> Done {
        let mut command = self.notewarden();
        let Output {
            status,
            stdout,
            stderr,
        } = command
            .args(line.split_whitespace())
            .args(more)
            .output()
            .unwrap();
        Done {
            code: status.code(),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Done {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in:\n{}", self.out);
        self
    }

    #[track_caller]
    fn complains(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in:\n{}", self.err);
        self
    }
}
