//! The line that is left of a request: a record in CloudWatch's embedded metric format (“Specification: Embedded metric
//! format”), so that the log is the metrics.

mod removal;

use std::{
    error::Error,
    io::{self, Write as _},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use lambda_runtime::Context;
use notewarden_domain::Timestamp;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

pub(crate) use self::removal::Removal;
use crate::InvalidEvent;

/// The namespace of the metrics.
const NAMESPACE: &str = "Notewarden";

/// How an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was answered, or its work was done.
    Answered,
    /// It panicked.
    Panicked,
    /// Its time was over.
    OutOfTime,
    /// Its event could not be read.
    InvalidEvent,
}

/// What is known of an invocation when it is over.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    /// When it came.
    pub(crate) at: Timestamp,
    /// How long it took.
    pub(crate) took: Duration,
    /// Lambda's id of the invocation.
    pub(crate) invocation_id: &'a str,
    /// The id of the request, which its answer repeats.
    pub(crate) request_id: Option<&'a str>,
    /// The id of the trace that it is part of.
    pub(crate) trace_id: Option<&'a str>,
    /// The route.
    pub(crate) route: Option<&'a str>,
    /// The identity id of the caller.
    pub(crate) caller: Option<&'a str>,
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// Whether something of ours failed.
    pub(crate) has_failed: bool,
}

impl<'a> Facts<'a> {
    /// What is known of an invocation when it comes, at `at`.
    pub(crate) fn of(context: &'a Context, at: Timestamp) -> Self {
        Self {
            at,
            took: Duration::ZERO,
            invocation_id: &context.request_id,
            request_id: None,
            trace_id: context.xray_trace_id.as_deref(),
            route: None,
            caller: None,
            status: None,
            has_failed: false,
        }
    }
}

/// What a record is given to, line by line.
type Write = dyn Fn(&[u8]) + Send + Sync;

/// Where records go.
pub struct Records {
    function: String,
    is_cold: AtomicBool,
    write: Box<Write>,
}

impl Records {
    /// Records of the function with this name, on standard output.
    pub fn to_stdout(function: String) -> Self {
        Self::new(function, |line| {
            if let Err(error) = io::stdout().lock().write_all(line) {
                tracing::error!(%error, "a record cannot be written");
            }
        })
    }

    /// Records of the function with this name; `write` gets each line with its end.
    pub fn new(function: String, write: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Self {
            function,
            is_cold: AtomicBool::new(true),
            write: Box::new(write),
        }
    }

    pub(crate) fn write(&self, outcome: Outcome, facts: &Facts<'_>) {
        let caller = facts.caller.map(hash);
        let record = Record {
            aws: Metadata::of(facts.at, &METRICS),
            function: &self.function,
            requests: 1,
            errors: u8::from(facts.has_failed),
            latency: facts.took.as_secs_f64() * 1e3,
            panics: u8::from(outcome == Outcome::Panicked),
            cold_starts: u8::from(self.is_cold.swap(false, Ordering::Relaxed)),
            invocation_id: facts.invocation_id,
            request_id: facts.request_id,
            trace_id: facts.trace_id,
            route: facts.route,
            caller: caller.as_deref(),
            status: facts.status,
            outcome,
        };
        self.put(&record);
    }

    /// The event of an invocation cannot be read; its error is handed on.
    pub(crate) fn invalid(
        &self,
        facts: &Facts<'_>,
        took: Duration,
        error: InvalidEvent,
    ) -> InvalidEvent {
        tracing::error!(error = &error as &dyn Error, "an event is invalid");
        self.write(
            Outcome::InvalidEvent,
            &Facts {
                took,
                has_failed: true,
                ..facts.clone()
            },
        );
        error
    }

    /// An object was removed because it was too much.
    pub(crate) fn removed(&self, removal: &Removal<'_>) {
        self.put(&removal.record(&self.function));
    }

    fn put(&self, record: &impl Serialize) {
        match serde_json::to_vec(record) {
            Ok(mut line) => {
                line.push(b'\n');
                (self.write)(&line);
            }
            Err(error) => tracing::error!(%error, "a record cannot be written"),
        }
    }
}

/// Tells callers apart in the log without naming them.
fn hash(identity: &str) -> String {
    let digest = Sha256::digest(identity);
    hex::encode(digest.first_chunk::<16>().unwrap_or(&[0; 16]))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(rename = "_aws")]
    aws: Metadata<5>,
    function: &'a str,
    requests: u8,
    errors: u8,
    latency: f64,
    panics: u8,
    cold_starts: u8,
    invocation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<const N: usize> {
    timestamp: Timestamp,
    cloud_watch_metrics: [&'static Metrics<N>; 1],
}

impl<const N: usize> Metadata<N> {
    const fn of(timestamp: Timestamp, metrics: &'static Metrics<N>) -> Self {
        Self {
            timestamp,
            cloud_watch_metrics: [metrics],
        }
    }
}

/// Which members of a record are metrics.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics<const N: usize> {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    #[serde(serialize_with = "as_list")]
    metrics: [Metric; N],
}

impl<const N: usize> Metrics<N> {
    /// By function only: each further dimension is a metric more to pay for, and the log has the rest.
    const fn by_function(metrics: [Metric; N]) -> Self {
        Self {
            namespace: NAMESPACE,
            dimensions: [["function"]],
            metrics,
        }
    }
}

fn as_list<S: Serializer, const N: usize>(
    metrics: &[Metric; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(metrics)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const fn metric(name: &'static str, unit: &'static str) -> Metric {
    Metric { name, unit }
}

static METRICS: Metrics<5> = Metrics::by_function([
    metric("requests", "Count"),
    metric("errors", "Count"),
    metric("latency", "Milliseconds"),
    metric("panics", "Count"),
    metric("coldStarts", "Count"),
]);
