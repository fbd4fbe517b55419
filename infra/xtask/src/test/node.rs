//! Node's clients against a real server.

use std::process::Command;

use super::{Outcome, npm};
use crate::{
    command::{self, Failure},
    workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    npm::run("node", |folder| {
        let server = workspace::build_server(false)?;
        command::run(
            Command::new("node")
                .arg("--test")
                .current_dir(folder)
                .env("NOTEWARDEN_BIN", server),
        )
    })
}
