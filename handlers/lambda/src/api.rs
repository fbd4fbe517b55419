//! The function behind API Gateway: from an event to its answer, within the time that Lambda gives it.

use std::{error::Error, fmt, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use lambda_runtime::{Context, Diagnostic};
use notewarden_api::{Cors, GatewayContext, Unserved};
use notewarden_domain::{Timestamp, ports::Clock};
use serde_json::value::RawValue;
use thiserror::Error;
use tokio::time::{Instant, timeout};
use tower::ServiceExt;
use tracing::Instrument;

use crate::{
    event::HttpEvent,
    record::{Facts, Outcome, Records},
    reply::{Reply, identify},
};

/// What is left of an invocation's time for its answer to be written and sent.
const RESERVE: Duration = Duration::from_millis(250);

/// The HTTP API as a function.
pub struct Api {
    router: Router,
    cors: Option<Cors>,
    clock: Arc<dyn Clock>,
    records: Records,
}

impl Api {
    /// The function that has `router` answer requests; by `cors`, if there are such rules, it tells browsers behind a
    /// REST API what their pages may do.
    pub const fn new(
        router: Router,
        cors: Option<Cors>,
        clock: Arc<dyn Clock>,
        records: Records,
    ) -> Self {
        Self {
            router,
            cors,
            clock,
            records,
        }
    }

    /// Answers one event.
    ///
    /// # Errors
    /// It is not an event of HTTP. Whatever else happens is an answer.
    pub async fn answer(
        &self,
        event: Box<RawValue>,
        context: Context,
    ) -> Result<Reply, InvalidEvent> {
        let span = tracing::info_span!("invocation", invocation_id = context.request_id);
        self.answer_in_span(&event, &context).instrument(span).await
    }

    async fn answer_in_span(
        &self,
        event: &RawValue,
        context: &Context,
    ) -> Result<Reply, InvalidEvent> {
        let started = Instant::now();
        let facts = Facts::of(context, self.clock.now());
        let event = HttpEvent::read(event.get())
            .map_err(|error| self.records.invalid(&facts, started.elapsed(), error))?;
        let until = Timestamp::from_millis(context.deadline).minus(RESERVE);
        let cors = self.cors.as_ref().filter(|_| event.is_of_rest_api);
        let origin = event.request.as_ref().ok();
        let origin = origin.and_then(|request| request.headers().get(header::ORIGIN).cloned());
        let (outcome, response) = match event.request {
            _ if cors.is_some() && event.method == Method::OPTIONS => {
                (Outcome::Answered, Ok(no_content()))
            }
            Ok(mut request) => {
                request.extensions_mut().insert(event.context.clone());
                self.serve(request, until.since(facts.at)).await
            }
            Err(unserved) => (Outcome::Answered, Err(unserved)),
        };
        let request_id = &event.context.request_id;
        let mut response = match response {
            Ok(response) => response,
            Err(unserved) => whole(unserved.answer(&event.method, request_id))
                .await
                .unwrap_or_default(),
        };
        identify(response.headers_mut(), request_id);
        if let Some(cors) = cors {
            tell(cors, &event.method, origin.as_ref(), &mut response);
        }
        let status = response.status();
        self.records.write(
            outcome,
            &Facts {
                took: started.elapsed(),
                request_id: Some(request_id),
                route: Some(&event.context.route_key),
                caller: caller(&event.context),
                status: Some(status.as_u16()),
                has_failed: status.is_server_error(),
                ..facts
            },
        );
        let (parts, body) = response.into_parts();
        Ok(Reply::new(event.format, &parts, body))
    }

    /// The router's answer, if it has one within the time that is left.
    async fn serve(
        &self,
        request: Request<Bytes>,
        left: Duration,
    ) -> (Outcome, Result<Response<Bytes>, Unserved>) {
        let answering = async {
            let Ok(response) = self.router.clone().oneshot(request.map(Body::from)).await;
            whole(response).await
        };
        // Whatever the router left half done is dropped with it: requests share no state but the stores.
        let answering = AssertUnwindSafe(answering).catch_unwind();
        match timeout(left, answering).await {
            Ok(Ok(Ok(response))) => (Outcome::Answered, Ok(response)),
            Ok(Ok(Err(error))) => {
                tracing::error!(error = &error as &dyn Error, "an answer broke off");
                (Outcome::Answered, Err(Unserved::Failed))
            }
            // Its message may quote what people wrote; the log has its place.
            Ok(Err(_panic)) => (Outcome::Panicked, Err(Unserved::Failed)),
            Err(_elapsed) => {
                tracing::error!("there was no time left for a request");
                (Outcome::OutOfTime, Err(Unserved::OutOfTime))
            }
        }
    }
}

/// The answer to a preflight, but for its headers.
fn no_content() -> Response<Bytes> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Adds to an answer what browsers are to know.
fn tell(
    cors: &Cors,
    method: &Method,
    origin: Option<&HeaderValue>,
    response: &mut Response<Bytes>,
) {
    let headers = response.headers_mut();
    if *method == Method::OPTIONS {
        cors.apply_preflight(origin, headers);
    } else {
        cors.apply(origin, headers);
    }
}

/// The answer with its body read.
async fn whole(response: Response<Body>) -> Result<Response<Bytes>, axum::Error> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Response::from_parts(parts, body))
}

fn caller(context: &GatewayContext) -> Option<&str> {
    let iam = context.authorizer.as_ref()?.iam.as_ref()?;
    let identity = iam.cognito_identity.as_ref()?;
    Some(&identity.identity_id)
}

/// Why an event cannot be read. It does not quote the event, which may hold what people wrote.
#[derive(Debug, Error)]
pub struct InvalidEvent {
    expected: &'static str,
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    line: usize,
    column: usize,
}

impl InvalidEvent {
    pub(crate) const fn unknown(expected: &'static str) -> Self {
        Self {
            expected,
            place: None,
        }
    }

    pub(crate) fn at(expected: &'static str, error: &serde_json::Error) -> Self {
        Self {
            expected,
            place: Some(Place {
                line: error.line(),
                column: error.column(),
            }),
        }
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, place } = self;
        match place {
            Some(Place { line, column }) => write!(
                f,
                "the event is not an {expected} event: a member is missing or of another type at line {line} column {column}"
            ),
            None => write!(f, "the event is not an {expected} event"),
        }
    }
}

impl From<InvalidEvent> for Diagnostic {
    fn from(error: InvalidEvent) -> Self {
        Self {
            error_type: "InvalidEvent".to_owned(),
            error_message: error.to_string(),
        }
    }
}
