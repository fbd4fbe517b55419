//! Python's clients against a real server.

use super::{Outcome, venv};
use crate::{
    command::{self, Failure},
    workspace,
};

pub(super) fn run() -> Result<Outcome, Failure> {
    venv::run("python", |folder, python| {
        let server = workspace::build_server(false)?;
        command::run(venv::pytest(folder, python)?.env("NOTEWARDEN_BIN", server))
    })
}
