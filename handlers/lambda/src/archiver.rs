//! The function behind the queue of archive jobs.

use std::{sync::Arc, time::Duration};

use lambda_runtime::Context;
use notewarden_archiver::{Batch, BatchReport, Jobs, work};
use notewarden_domain::{Timestamp, ports::Clock};
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::Instrument;

use crate::{
    InvalidEvent,
    record::{Facts, Outcome, Records},
};

/// What is left of an invocation's time for its report.
const RESERVE: Duration = Duration::from_secs(1);

/// The archive worker as a function.
pub(crate) struct Archiver {
    jobs: Arc<dyn Jobs>,
    clock: Arc<dyn Clock>,
    records: Records,
}

impl Archiver {
    pub(crate) const fn new(jobs: Arc<dyn Jobs>, clock: Arc<dyn Clock>, records: Records) -> Self {
        Self {
            jobs,
            clock,
            records,
        }
    }

    /// Works on one batch. An event that is none fails as a whole, and all of it comes again.
    pub(crate) async fn work(
        &self,
        event: Box<RawValue>,
        context: Context,
    ) -> Result<BatchReport, InvalidEvent> {
        let span = tracing::info_span!("invocation", invocation_id = context.request_id);
        self.work_in_span(&event, &context).instrument(span).await
    }

    async fn work_in_span(
        &self,
        event: &RawValue,
        context: &Context,
    ) -> Result<BatchReport, InvalidEvent> {
        let started = Instant::now();
        let facts = Facts::of(context, self.clock.now());
        let batch: Batch = serde_json::from_str(event.get()).map_err(|error| {
            let error = InvalidEvent::at("SQS", &error);
            self.records.invalid(&facts, started.elapsed(), error)
        })?;
        let until = Timestamp::from_millis(context.deadline).minus(RESERVE);
        let report = work(&*self.jobs, &*self.clock, &batch, until).await;
        self.records.write(
            Outcome::Answered,
            &Facts {
                took: started.elapsed(),
                has_failed: !report.batch_item_failures.is_empty(),
                ..facts
            },
        );
        Ok(report)
    }
}
