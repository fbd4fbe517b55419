//! `notewarden why REQUEST_ID`.

use clap::Args;
use serde_json::Value;

use super::{CliError, RunningServer, ask, say};

/// What to explain.
#[derive(Debug, Args)]
pub struct WhyOptions {
    /// The request id: `x-amzn-requestid` of the answer
    request_id: String,
    #[command(flatten)]
    server: RunningServer,
    /// Print the decision as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: WhyOptions) -> Result<(), CliError> {
    let is_id = options
        .request_id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let decision = if is_id {
        ask::get(
            &options.server,
            &format!("/_local/decisions/{}", options.request_id),
        )
        .await?
    } else {
        None
    };
    let decision = decision.ok_or_else(|| {
        format!(
            "no decision on request `{}` is remembered",
            options.request_id
        )
    })?;
    if options.json {
        say(serde_json::to_string_pretty(&decision)?);
        return Ok(());
    }
    for member in ["decision", "principal", "action", "resource", "reason"] {
        if let Some(text) = decision.get(member).and_then(Value::as_str) {
            say(format_args!("{member:>9}  {text}"));
        }
    }
    if let Some(explanation) = decision.get("explanation").filter(|value| !value.is_null()) {
        say(serde_json::to_string_pretty(explanation)?);
    }
    Ok(())
}
