//! The log: JSON lines on standard output, which Lambda hands to CloudWatch.

use std::{io, panic};

use tracing::Level;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::environment::Environment;

/// Begins to log what our crates say at the level of `AWS_LAMBDA_LOG_LEVEL` (the function's application log level;
/// `INFO` unless it is set) and what the libraries warn of: at lower levels these repeat requests and events.
pub(crate) fn start(environment: &Environment) {
    let level = environment.get("AWS_LAMBDA_LOG_LEVEL");
    let level = level.and_then(|level| match level.as_str() {
        // What Lambda calls fatal is what ends the process, and an error here.
        "FATAL" => Some(Level::ERROR),
        other => other.parse().ok(),
    });
    let targets = Targets::new()
        .with_target("notewarden", level.unwrap_or(Level::INFO))
        .with_default(Level::WARN);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(io::stdout);
    tracing_subscriber::registry()
        .with(targets)
        .with(lines)
        .init();
    // The message of a panic may quote what it could not bear.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
    }));
}
