//! `notewarden policy check`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use notewarden_domain::policy::{Policy, PolicyError, PolicyKind, Position, Warning};
use serde::Serialize;

use super::Kind;
use crate::cli::{CliError, say};

/// Say what AWS would refuse in policies, and what is legal and almost surely wrong
///
/// Prints a line `FILE:LINE:COLUMN: …` for each. Exit code: 0 if nothing is refused, 1 if something is (with
/// --deny-warnings, also if there is a warning), 2 if a file cannot be read.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// Policy documents
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What they are attached to [default: what each looks like: one that names principals is a resource's, one
    /// that names them and no resource is a role's trust policy, any other is an identity's]
    #[arg(long)]
    kind: Option<Kind>,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Print each finding as a line of JSON: {"file","severity","line","column","path","message"}
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Refused,
    Warning,
}

#[derive(Debug, Serialize)]
struct Finding<'f> {
    file: &'f Path,
    severity: Severity,
    #[serde(flatten)]
    position: Position,
    path: String,
    message: String,
}

impl std::fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Refused => "refused",
            Severity::Warning => "warning",
        };
        let Position { line, column } = self.position;
        let (file, path, message) = (self.file.display(), &self.path, &self.message);
        write!(f, "{file}:{line}:{column}: {severity}: {path}: {message}")
    }
}

pub fn run(options: &CheckOptions) -> Result<ExitCode, CliError> {
    let (mut refused, mut warned) = (0, 0);
    for file in &options.files {
        for finding in findings(file, options.kind)? {
            match finding.severity {
                Severity::Refused => refused += 1,
                Severity::Warning => warned += 1,
            }
            if options.json {
                say(serde_json::to_string(&finding)?);
            } else {
                say(finding);
            }
        }
    }
    if !options.json {
        let read = options.files.len();
        say(format_args!(
            "{read} checked: {refused} refused, {warned} warnings"
        ));
    }
    let fails = refused > 0 || options.deny_warnings && warned > 0;
    Ok(if fails {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn findings(file: &Path, kind: Option<Kind>) -> Result<Vec<Finding<'_>>, CliError> {
    let json = super::read(file)?;
    let kind = kind.map_or_else(|| PolicyKind::of(&json), PolicyKind::from);
    let finding = |severity, position, path, message| Finding {
        file,
        severity,
        position,
        path,
        message,
    };
    Ok(match Policy::check(&json, kind) {
        Ok((_, warnings)) => warnings
            .into_iter()
            .map(
                |Warning {
                     position,
                     path,
                     message,
                 }| { finding(Severity::Warning, position, path, message) },
            )
            .collect(),
        Err(PolicyError {
            position,
            path,
            message,
        }) => vec![finding(Severity::Refused, position, path, message)],
    })
}
