//! A function that is a program: the event on its standard input, the answer on its standard output. What it writes
//! to its standard error is the server's. One that ends with a failure may say why by Lambda's `errorMessage`.

use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use notewarden_userpool::triggers::TriggerFailure;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::{MAX_ANSWER, error_in};

/// A program and its arguments.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    directory: PathBuf,
}

impl Program {
    /// The program that `command` begins with: found along `PATH`, or from `directory` if it names a place.
    pub(super) fn new(command: Vec<String>, directory: &Path) -> Result<Self, String> {
        let mut words = command.into_iter();
        let name = words.next().filter(|name| !name.is_empty());
        let name = name.ok_or("`command` names no program")?;
        let is_place = Path::new(&name).components().count() > 1 || name.starts_with('.');
        Ok(Self {
            path: if is_place {
                directory.join(name)
            } else {
                name.into()
            },
            arguments: words.collect(),
            directory: directory.to_owned(),
        })
    }

    /// What the program answers to `event`.
    pub(super) async fn call(&self, event: &Value) -> Result<Vec<u8>, TriggerFailure> {
        let no_answer = |error: io::Error| {
            TriggerFailure::NoAnswer(format!("`{}`: {error}", self.path.display()))
        };
        let mut child = Command::new(&self.path)
            .args(&self.arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            // It ends with the call, whichever way that ends.
            .kill_on_drop(true)
            .spawn()
            .map_err(no_answer)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let event = event.to_string();
        let write = async {
            if let Some(mut input) = input {
                match input.write_all(event.as_bytes()).await {
                    // It need not read what it does not care for.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                    done => done?,
                }
            }
            Ok(())
        };
        let read = async {
            let mut answer = Vec::new();
            if let Some(output) = output {
                let limit = u64::try_from(MAX_ANSWER + 1).unwrap_or(u64::MAX);
                output.take(limit).read_to_end(&mut answer).await?;
            }
            Ok(answer)
        };
        let ((), answer) = tokio::try_join!(write, read).map_err(no_answer)?;
        if answer.len() > MAX_ANSWER {
            let reason = format!("it has more than {MAX_ANSWER} bytes");
            return Err(TriggerFailure::InvalidAnswer(reason));
        }
        let status = child.wait().await.map_err(no_answer)?;
        if status.success() {
            return Ok(answer);
        }
        let message = serde_json::from_slice(&answer).ok();
        match message.as_ref().and_then(error_in) {
            Some(message) => Err(TriggerFailure::Refused(message)),
            None => Err(TriggerFailure::NoAnswer(format!(
                "`{}` ended with {status}",
                self.path.display()
            ))),
        }
    }
}
