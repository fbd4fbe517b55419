//! Running other programs, and saying which one failed.

use std::{
    io,
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

use thiserror::Error;

/// Why a task did not succeed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The program is missing or cannot be run.
    #[error("`{command}` cannot be run")]
    Run { command: String, source: io::Error },
    /// The program failed.
    #[error("`{command}` failed: {status}")]
    Failed { command: String, status: ExitStatus },
    /// The program printed something else than it should.
    #[error("`{command}` printed what cannot be read")]
    Output {
        command: String,
        source: serde_json::Error,
    },
    /// A file cannot be read or written.
    #[error("`{path}` cannot be used")]
    File { path: String, source: io::Error },
    /// The task itself has something to say.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        Self::File {
            path: path.display().to_string(),
            source,
        }
    }
}

/// Runs the program in the foreground until it succeeds or fails.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|source| Failure::Run {
        command: shown(command),
        source,
    })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Failed {
            command: shown(command),
            status,
        })
    }
}

/// Runs the program for what it prints, its messages going to ours.
pub(crate) fn read(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| Failure::Run {
            command: shown(command),
            source,
        })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(Failure::Failed {
            command: shown(command),
            status: output.status,
        })
    }
}

/// Whether the program is there and runs with these arguments, which should do nothing.
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command line as one would type it, without the folders of the program.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed: exit status: 3");
    }

    #[test]
    fn a_missing_program_is_no_panic() {
        let mut missing = Command::new("/nowhere/notewarden-missing");
        assert!(!works(&mut missing));
        let error = run(&mut missing).unwrap_err();
        assert_eq!(error.to_string(), "`notewarden-missing` cannot be run");
    }

    #[test]
    fn what_a_program_prints_is_read() {
        let printed = read(Command::new("sh").args(["-c", "printf 42"])).unwrap();
        assert_eq!(printed, b"42");
    }
}
