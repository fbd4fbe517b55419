//! `notewarden`: the local server and its command line.

use std::process::ExitCode;

use clap::Parser;
use notewarden::cli::{self, Cli};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            EnvFilter::try_from_env("NOTEWARDEN_LOG").unwrap_or_else(|_| EnvFilter::new("warn")),
        )
        .init();
    cli::run(Cli::parse()).await
}
