//! `notewarden`: the local server and its command line.

use std::process::ExitCode;

use clap::Parser;
use notewarden::cli::{self, Cli};
use tracing_subscriber::EnvFilter;

/// What is logged unless `NOTEWARDEN_LOG` says otherwise. `s3s` calls every denied request an error, and the
/// decision log has those.
const LOG: &str = "warn,s3s=off";

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("NOTEWARDEN_LOG").unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .init();
    cli::run(Cli::parse()).await
}
