//! The bootstrap of every function.

use std::process::ExitCode;

// One event is served at a time, and what it waits for is the network.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    notewarden_lambda::run().await
}
