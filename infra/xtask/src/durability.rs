//! `cargo xtask durability`: kills the server under load, as often as one likes.

use clap::Args;

use crate::{
    command::{self, Failure},
    workspace,
};

/// Kill the server under concurrent writes again and again, and check that nothing acknowledged is lost
///
/// `cargo xtask test` does the same a hundred times.
#[derive(Args)]
pub(crate) struct Durability {
    /// How often
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    cycles: u64,
}

impl Durability {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let test = [
            "test",
            "--package",
            "notewarden",
            "--test",
            "it",
            "durability",
            "--",
            "--nocapture",
        ];
        command::run(
            workspace::cargo()
                .args(test)
                .env("NOTEWARDEN_CYCLES", self.cycles.to_string()),
        )
    }
}
