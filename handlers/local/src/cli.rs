//! The command line.

mod administration;
mod ask;
mod explanation;
mod inbox;
mod keys;
mod policy;
mod reset;
mod serve;
mod snapshot;
mod user;
mod why;

use std::{
    io::Write,
    path::PathBuf,
    process::{ExitCode, Termination},
};

use clap::{Args, Parser, Subcommand};

pub use serve::ServeOptions;

/// Notewarden on one machine: private notes and files behind AWS's own protocols.
#[derive(Debug, Parser)]
#[command(
    name = "notewarden",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (also what happens without a command)
    Serve(Box<ServeOptions>),
    /// Show the messages that the server "sent": confirmation codes and the like
    Inbox(inbox::InboxOptions),
    /// Manage the keys that sign the user pool's tokens
    Keys(keys::KeysOptions),
    /// List the operations of Cognito and STS: which are served, and why the others are not
    Operations,
    /// Explain an authorization decision by its request id
    Why(why::WhyOptions),
    /// See and change the users of the user pool, with or without a running server
    User(user::UserOptions),
    /// Keep a copy of everything that a stopped server knows, and bring it back
    Snapshot(snapshot::SnapshotOptions),
    /// Forget everything: empty the data directory of a stopped server
    Reset(reset::ResetOptions),
    /// Try and check access policies, without a server
    Policy(policy::PolicyOptions),
}

/// Which server to ask.
#[derive(Debug, Args)]
pub struct RunningServer {
    /// The data directory of the running server
    #[arg(long, value_name = "DIR", default_value = ".notewarden", global = true)]
    data_dir: PathBuf,
    /// The running server's outputs [default: outputs.json in the data directory]
    #[arg(long, value_name = "FILE", global = true)]
    outputs: Option<PathBuf>,
}

/// Runs the command line's command.
pub async fn run(cli: Cli) -> ExitCode {
    match cli
        .command
        .unwrap_or_else(|| Command::Serve(Box::new(cli.serve)))
    {
        Command::Serve(options) => end(serve::run(*options).await),
        Command::Inbox(options) => end(inbox::run(options).await),
        Command::Keys(options) => end(keys::run(options).await),
        Command::Operations => {
            say(crate::operations::table().trim_end());
            ExitCode::SUCCESS
        }
        Command::Why(options) => end(why::run(options).await),
        Command::User(options) => end(user::run(options).await),
        Command::Snapshot(options) => end(snapshot::run(&options)),
        Command::Reset(options) => end(reset::run(&options)),
        Command::Policy(options) => end(policy::run(&options)),
    }
}

fn end(done: Result<impl Termination, CliError>) -> ExitCode {
    match done {
        Ok(outcome) => outcome.report(),
        Err(error) => {
            complain(error.as_ref());
            ExitCode::from(2)
        }
    }
}

/// Why a command failed.
type CliError = Box<dyn std::error::Error + Send + Sync>;

#[expect(
    clippy::print_stderr,
    reason = "a command's complaint belongs on standard error"
)]
fn complain(error: &(dyn std::error::Error + 'static)) {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let text = source.to_string();
        if !sentence.contains(&text) {
            sentence.push_str(": ");
            sentence.push_str(&text);
        }
        cause = source.source();
    }
    eprintln!("notewarden: {sentence}");
}

/// Prints what a command answers. Whoever reads it may have read enough and be gone.
fn say(text: impl std::fmt::Display) {
    _ = writeln!(std::io::stdout().lock(), "{text}");
}
