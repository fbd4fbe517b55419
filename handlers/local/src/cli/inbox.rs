//! `notewarden inbox`.

use clap::Args;
use serde_json::Value;

use super::{CliError, RunningServer, ask, say};

/// What to show.
#[derive(Debug, Args)]
pub struct InboxOptions {
    #[command(flatten)]
    server: RunningServer,
    /// Print the messages as JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(options: InboxOptions) -> Result<(), CliError> {
    let messages = ask::get(&options.server, "/_local/inbox")
        .await?
        .unwrap_or_default();
    if options.json {
        say(serde_json::to_string_pretty(&messages)?);
        return Ok(());
    }
    let messages = messages.as_array().map(Vec::as_slice).unwrap_or_default();
    if messages.is_empty() {
        say("the inbox is empty");
    }
    for message in messages {
        let text = |member: &str| {
            message
                .get(member)
                .and_then(Value::as_str)
                .unwrap_or("-")
                .to_owned()
        };
        say(format_args!(
            "{}  {}  {}",
            text("code"),
            text("to"),
            text("purpose")
        ));
    }
    Ok(())
}
