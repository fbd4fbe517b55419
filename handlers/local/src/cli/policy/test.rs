//! `notewarden policy test`.

mod cases;
mod context;
mod request;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use crate::cli::CliError;

/// Decide a request as AWS would, and say why
///
/// Exit code: 0 allowed, 1 denied, 2 an error; of --cases, 1 if a verdict is not the expected one.
///
/// Without policies, those of the template's roles decide, as in the local server of --data-dir: --principal is a
/// session of one, arn:aws:sts::000000000000:assumed-role/ROLE/SESSION, and the request has the condition keys that
/// the server sets (aws:SourceIp is 127.0.0.1, aws:SecureTransport is true, and so on). It always has those that
/// follow from the principal: aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:username.
#[derive(Debug, Args)]
pub struct TestOptions {
    /// Who asks: the ARN of a user, role, session, federated user or account root, a service
    /// (lambda.amazonaws.com), an identity provider (cognito-identity.amazonaws.com), or `anonymous`
    #[arg(long, required_unless_present = "cases")]
    principal: Option<String>,
    /// What is to be done, as s3:GetObject
    #[arg(long, required_unless_present = "cases")]
    action: Option<String>,
    /// The ARN of what it is to be done on, or `*`
    #[arg(long, required_unless_present = "cases")]
    resource: Option<String>,
    /// A condition key, as s3:prefix=docs/ (repeat for more)
    ///
    /// A key given several times has several values: --context aws:TagKeys=a --context aws:TagKeys=b. In brackets
    /// stands a list, also of one value or none: 'aws:TagKeys=[a,b]', 'aws:TagKeys=[a]', 'aws:TagKeys=[]'. A list of
    /// values that hold commas is written in JSON: 'aws:TagKeys=["a,b"]'.
    #[arg(long, value_name = "KEY=VALUE", value_parser = context::parse)]
    context: Vec<(String, context::Given)>,
    /// The account that owns the resource [default: the one in its ARN, or else the principal's]
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    policies: PolicyFiles,
    /// The data directory of the local server whose roles decide when there is no policy
    #[arg(long, value_name = "DIR", default_value = ".notewarden")]
    data_dir: PathBuf,
    /// A table of cases, one JSON object a line: {"id", "policies", "request", "expect"}
    ///
    /// Prints each case whose verdict is not its `expect`, and why. `policies` has `identity`, `resource`, `trust`,
    /// `boundary`, `session`, `serviceControl` and `resourceControl`, each a document or a list; `request` has
    /// `principal`, `action`, `resource`, `account` and `context`, which is all that the request has.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["principal", "action", "resource", "context", "account", "PolicyFiles"]
    )]
    cases: Option<PathBuf>,
    /// Print the decision as JSON; of --cases a line {"id","decision","reason"} for every case
    #[arg(long)]
    json: bool,
}

/// The policies that have a say.
#[derive(Debug, Args)]
#[group(multiple = true)]
struct PolicyFiles {
    /// A policy of the principal or, if it names principals, of the resource or role (repeat for more)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    policy: Vec<PathBuf>,
    /// The principal's permissions boundary
    #[arg(long, value_name = "FILE")]
    boundary: Vec<PathBuf>,
    /// A session policy
    #[arg(long, value_name = "FILE")]
    session: Vec<PathBuf>,
    /// A service control policy; each is a level of the organization and must allow
    #[arg(long, value_name = "FILE")]
    scp: Vec<PathBuf>,
    /// A resource control policy; each is a level of the organization and must allow
    #[arg(long, value_name = "FILE")]
    rcp: Vec<PathBuf>,
}

pub fn run(options: &TestOptions) -> Result<ExitCode, CliError> {
    match &options.cases {
        Some(file) => cases::run(file, options.json),
        None => request::run(options),
    }
}
