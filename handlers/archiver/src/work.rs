//! The loop over a batch.

use std::{error::Error, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use notewarden_domain::{Timestamp, ports::Clock, work::Work};
use tokio::time::timeout;

use crate::{Batch, BatchReport, Jobs, Message};

/// Works on the messages one after another until `until`, and reports those whose jobs are not done.
///
/// Messages for one job are answered alike, and the job is done once. A message that is malformed, whose job fails,
/// panics or is cut off, or that nobody has begun on in time, is reported; the others do not wait for it.
pub async fn work(
    jobs: &dyn Jobs,
    clock: &dyn Clock,
    batch: &Batch,
    until: Timestamp,
) -> BatchReport {
    let mut report = BatchReport::default();
    let mut tried: Vec<(Work, bool)> = Vec::new();
    for message in &batch.messages {
        let Some(job) = read(message) else {
            report.keep(message);
            continue;
        };
        let known = tried.iter().find(|(known, _)| *known == job);
        let is_done = match known {
            Some((_, is_done)) => *is_done,
            None => {
                let is_done = attempt(jobs, clock, message, &job, until).await;
                tried.push((job, is_done));
                is_done
            }
        };
        if !is_done {
            report.keep(message);
        }
    }
    report
}

fn read(message: &Message) -> Option<Work> {
    match message.body.parse() {
        Ok(job) => Some(job),
        Err(error) => {
            tracing::error!(
                message_id = message.message_id,
                error = &error as &dyn Error,
                "a message is malformed"
            );
            None
        }
    }
}

/// Whether the job is done now.
async fn attempt(
    jobs: &dyn Jobs,
    clock: &dyn Clock,
    message: &Message,
    job: &Work,
    until: Timestamp,
) -> bool {
    let message_id = &message.message_id;
    let left = until.since(clock.now());
    if left.is_zero() {
        tracing::warn!(message_id, "a job was not begun in time");
        return false;
    }
    let running = AssertUnwindSafe(jobs.run(job, until)).catch_unwind();
    match timeout(left, running).await {
        Ok(Ok(Ok(()))) => return true,
        Ok(Ok(Err(error))) => {
            let error = error.as_ref() as &dyn Error;
            tracing::error!(message_id, error, "a job failed");
        }
        Ok(Err(_panic)) => tracing::error!(message_id, "a job panicked"),
        Err(_elapsed) => tracing::warn!(message_id, "a job was not done in time"),
    }
    false
}
