//! `notewarden policy`.

mod check;
mod test;

use std::{fs, path::Path, process::ExitCode};

use clap::{Args, Subcommand, ValueEnum};
use notewarden_domain::policy::{Policy, PolicyError, PolicyKind};

use super::CliError;

/// What to do with policies.
#[derive(Debug, Args)]
pub struct PolicyOptions {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    Test(Box<test::TestOptions>),
    Check(check::CheckOptions),
}

pub fn run(options: &PolicyOptions) -> Result<ExitCode, CliError> {
    match &options.command {
        PolicyCommand::Test(options) => test::run(options),
        PolicyCommand::Check(options) => check::run(options),
    }
}

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A user, group or role; also permissions boundaries and session policies
    Identity,
    /// A resource, as a bucket
    Resource,
    /// A role: who may assume it
    Trust,
    /// An organization, for its accounts' principals
    Scp,
    /// An organization, for its accounts' resources
    Rcp,
}

impl From<Kind> for PolicyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Identity => Self::Identity,
            Kind::Resource => Self::Resource,
            Kind::Trust => Self::Trust,
            Kind::Scp => Self::ServiceControl,
            Kind::Rcp => Self::ResourceControl,
        }
    }
}

fn read(file: &Path) -> Result<String, CliError> {
    fs::read_to_string(file)
        .map_err(|error| format!("`{}` cannot be read: {error}", file.display()).into())
}

/// The policy in `file`, by whose name explanations call it; of the kind it looks like unless one is given.
fn load(file: &Path, kind: Option<PolicyKind>) -> Result<Policy, CliError> {
    let json = read(file)?;
    let kind = kind.unwrap_or_else(|| PolicyKind::of(&json));
    let policy = Policy::parse(&json, kind).map_err(|error| refusal(file, &error))?;
    Ok(policy.named(file.display().to_string()))
}

/// `file:line:column: element: message`, where editors and terminals jump to.
fn refusal(file: &Path, error: &PolicyError) -> String {
    let PolicyError {
        position,
        path,
        message,
    } = error;
    let (line, column) = (position.line, position.column);
    format!("{}:{line}:{column}: {path}: {message}", file.display())
}
