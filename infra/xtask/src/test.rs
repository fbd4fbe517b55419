//! `cargo xtask test`: the Rust tests, those that need AWS's services, then real clients against a real server.

mod aws;
mod node;
pub(crate) mod npm;
mod policies;
mod python;
mod template;
mod venv;
mod web;
mod zips;

use std::{fs, path::Path, time::Instant};

use clap::{Args, ValueEnum};

use crate::{
    command::{self, Failure},
    workspace,
};

/// Run every test: the workspace's own, those that need AWS, unmodified AWS clients, and policies against a peer
///
/// The packages of Python and of Node are installed into `target` and `testkit/clients/*/node_modules` first.
/// A suite whose interpreter is missing is skipped, and the summary says what to install.
#[derive(Args)]
pub(crate) struct Test {
    /// Only these suites (repeat the option for several)
    #[arg(long, value_name = "SUITE")]
    only: Vec<Suite>,
    /// Fail if a suite is skipped
    #[arg(long)]
    deny_skipped: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// `cargo test` of the whole workspace
    Rust,
    /// The workspace's ignored tests, against a stand-in for AWS's services
    Aws,
    /// The template's checkers, its transform and its stack
    Template,
    /// The AWS command line, boto3, pycognito and PyJWT
    Python,
    /// AWS Amplify, amazon-cognito-identity-js, the AWS SDK for JavaScript, jose, aws-jwt-verify and openid-client
    Node,
    /// The web client: its linter, unit tests and build, then Chromium against a real server
    Web,
    /// Policy decisions beside those of iam-simulate, on random policies
    Policies,
    /// Zips of the archive worker, opened by Info-ZIP, bsdtar, 7-Zip and Python
    Zips,
}

/// How a suite that did not fail ended.
enum Outcome {
    Passed,
    /// It could not run on this machine, for this reason.
    Skipped(String),
}

impl Test {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut is_complete = true;
        let mut has_failed = false;
        let mut summary = Vec::new();
        for suite in Suite::value_variants() {
            if !self.only.is_empty() && !self.only.contains(suite) {
                continue;
            }
            println!("\n== {}", suite.name());
            let started = Instant::now();
            let outcome = match suite.run() {
                Ok(Outcome::Passed) => "passed".to_owned(),
                Ok(Outcome::Skipped(reason)) => {
                    is_complete = false;
                    format!("SKIPPED: {reason}")
                }
                Err(failure) => {
                    has_failed = true;
                    format!("FAILED: {failure}")
                }
            };
            let seconds = started.elapsed().as_secs_f32();
            summary.push(format!("{:<8} {seconds:>7.1} s  {outcome}", suite.name()));
        }
        println!("\n== summary\n{}", summary.join("\n"));
        if has_failed {
            Err(Failure::Other("not every suite passed".to_owned()))
        } else if self.deny_skipped && !is_complete {
            Err(Failure::Other("not every suite ran".to_owned()))
        } else {
            Ok(())
        }
    }
}

impl Suite {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Aws => "aws",
            Self::Template => "template",
            Self::Python => "python",
            Self::Node => "node",
            Self::Web => "web",
            Self::Policies => "policies",
            Self::Zips => "zips",
        }
    }

    fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Rust => {
                command::run(workspace::cargo().args(["test", "--workspace"]))?;
                Ok(Outcome::Passed)
            }
            Self::Aws => aws::run(),
            Self::Template => template::run(),
            Self::Python => python::run(),
            Self::Node => node::run(),
            Self::Web => web::run(),
            Self::Policies => policies::run(),
            Self::Zips => zips::run(),
        }
    }
}

/// Whether what `source` asks for was installed already: `stamp` is a copy of it, made after the installation.
fn is_installed(source: &Path, stamp: &Path) -> Result<bool, Failure> {
    let wanted = fs::read(source).map_err(|error| Failure::file(source, error))?;
    Ok(fs::read(stamp).is_ok_and(|installed| installed == wanted))
}

/// Notes that what `source` asks for is installed.
fn note_installed(source: &Path, stamp: &Path) -> Result<(), Failure> {
    fs::copy(source, stamp)
        .map(drop)
        .map_err(|error| Failure::file(stamp, error))
}
