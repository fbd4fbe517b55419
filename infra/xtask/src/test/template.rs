//! The template: what the checkers say of it, what the SAM transform makes of it, and the stack that comes of that.

use super::{Outcome, venv};
use crate::command::{self, Failure};

pub(super) fn run() -> Result<Outcome, Failure> {
    venv::run("aws", |folder, python| {
        command::run(&mut venv::pytest(folder, python)?)
    })
}
