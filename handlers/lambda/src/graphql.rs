//! The function behind the GraphQL API: one field of one request, within the time that Lambda gives it.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use lambda_runtime::Context;
use notewarden_domain::{Timestamp, ports::Clock};
use notewarden_graphql::{Event, FieldError, Resolution, Resolver};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::{
    InvalidEvent,
    record::{Facts, Outcome, Records},
};

/// What is left of an invocation's time for its answer to be written and sent.
const RESERVE: Duration = Duration::from_millis(250);

/// The resolver as a function.
pub(crate) struct GraphQl {
    pub(crate) resolver: Resolver,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) records: Records,
}

impl GraphQl {
    /// Resolves one field. What goes wrong is an answer, too: of an exception a client would learn nothing that it could
    /// act on.
    pub(crate) async fn answer(
        &self,
        event: Box<RawValue>,
        context: Context,
    ) -> Result<Resolution, InvalidEvent> {
        let span = tracing::info_span!("invocation", invocation_id = context.request_id);
        self.answer_in_span(&event, &context).instrument(span).await
    }

    async fn answer_in_span(
        &self,
        event: &RawValue,
        context: &Context,
    ) -> Result<Resolution, InvalidEvent> {
        let started = Instant::now();
        let facts = Facts::of(context, self.clock.now());
        let event: Event = serde_json::from_str(event.get()).map_err(|error| {
            let error = InvalidEvent::at("AppSync", &error);
            self.records.invalid(&facts, started.elapsed(), error)
        })?;
        let field = format!("{}.{}", event.info.parent_type_name, event.info.field_name);
        let identity = event.identity.as_ref();
        let caller = identity.and_then(|identity| identity.cognito_identity_id.clone());
        let until = Timestamp::from_millis(context.deadline).minus(RESERVE);
        let (outcome, resolution) = self.resolve(event, context, until.since(facts.at)).await;
        let status = resolution.status();
        self.records.write(
            outcome,
            &Facts {
                took: started.elapsed(),
                request_id: Some(&context.request_id),
                // Only names that there are: the others are whatever somebody sent.
                route: notewarden_graphql::has(&field).then_some(&field),
                caller: caller.as_deref(),
                status: Some(status),
                has_failed: status >= 500,
                ..facts
            },
        );
        Ok(resolution)
    }

    /// The field's value, if there is one within the time that is left.
    async fn resolve(
        &self,
        event: Event,
        context: &Context,
        left: Duration,
    ) -> (Outcome, Resolution) {
        let id = &context.request_id;
        let resolving = self.resolver.resolve(event, id, self.clock.now());
        // Whatever the router left half done is dropped with it: requests share no state but the stores.
        let resolving = AssertUnwindSafe(resolving).catch_unwind();
        match timeout(left, resolving).await {
            Ok(Ok(resolution)) => (Outcome::Answered, resolution),
            // Its message may quote what people wrote; the log has its place.
            Ok(Err(_panic)) => (
                Outcome::Panicked,
                Resolution::Error(FieldError::internal(id)),
            ),
            Err(_elapsed) => {
                tracing::error!("there was no time left for a field");
                let error = FieldError::unavailable(id);
                (Outcome::OutOfTime, Resolution::Error(error))
            }
        }
    }
}
