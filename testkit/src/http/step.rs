//! What the server does with one request.

use std::{
    collections::BTreeMap,
    fmt::Display,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::watch;

use super::Received;

/// What is done with one request, once it has arrived whole.
#[derive(Clone, Debug)]
pub enum Step {
    /// It is answered.
    Answer {
        /// The status.
        status: StatusCode,
        /// The header lines; `content-length` comes from the body unless it is here, as an answer to `HEAD` needs.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
    /// It is answered 200, but behind this body, `missing` bytes short of the promised length, the connection ends.
    Truncate {
        /// What is sent of the body.
        body: Bytes,
        /// How many bytes of it are not, at least one.
        missing: usize,
    },
    /// It waits until the gate opens, and then this is done.
    Slow(Gate, Box<Step>),
    /// What is published at its path is done.
    Published(Published),
    /// The connection is reset, and nothing was done.
    Reset,
    /// The server at this URL, given without a path, answers it.
    Forward(String),
    /// The server at this URL has answered it, but the connection is reset instead.
    ForwardAndLose(String),
}

impl Step {
    /// An answer with this body and no headers of its own.
    ///
    /// # Panics
    /// There is no such status.
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        Self::Answer {
            status: StatusCode::from_u16(status).expect("the status has three digits"),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// The answer with one more header line.
    ///
    /// # Panics
    /// It is not an answer, or the value is not one of a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        let Self::Answer { headers, .. } = &mut self else {
            panic!("only an answer has headers: {self:?}")
        };
        let value = HeaderValue::try_from(value.to_string()).expect("the header's value is valid");
        headers.append(HeaderName::from_static(name), value);
        self
    }

    /// Never answered; the connection stays open.
    pub fn never() -> Self {
        Self::Slow(Gate::default(), Box::new(Self::Reset))
    }
}

/// What a server does by paths, which can change while it runs. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Published(Arc<Mutex<BTreeMap<String, Step>>>);

impl Published {
    /// From now on this is done at `path`: one with a query is for requests with that very query.
    pub fn put(&self, path: impl Into<String>, step: Step) {
        self.steps().insert(path.into(), step);
    }

    /// What is done with the request: 404 where there is nothing.
    pub(super) fn step_for(&self, request: &Received) -> Step {
        let steps = self.steps();
        let exactly = request
            .uri
            .path_and_query()
            .and_then(|path| steps.get(path.as_str()));
        let found = exactly.or_else(|| steps.get(request.path()));
        found.cloned().unwrap_or_else(|| Step::answer(404, ""))
    }

    fn steps(&self) -> MutexGuard<'_, BTreeMap<String, Step>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What slow answers wait for: closed at first, and once open, open for ever. Clones are one gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    /// Lets through who waits and who comes.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(super) async fn passed(&self) {
        let open = self.0.subscribe().wait_for(|open| *open).await.map(|_| ());
        open.expect("the gate holds its own sender");
    }
}
