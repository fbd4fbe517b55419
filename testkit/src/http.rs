//! An HTTP server that does what its script says, for tests of what a client makes of a bad day: errors, answers that
//! break off, come late or never, connections that are reset, and effects whose answers are lost.
//!
//! Each request takes the next step of the script, in order of arrival, and the usual step when there is none. In
//! front of a real server it is also a witness: it keeps every request that it gets.

mod connection;
mod forward;
mod step;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};

pub use step::{Gate, Published, Step};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its header lines.
    pub headers: HeaderMap,
    /// Its body, as it was transferred.
    pub body: Bytes,
}

impl Received {
    /// The path, as it was sent.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The value of the header `name` as text, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// An HTTP/1.1 server on a free port of the loopback interface. It ends, with all connections, when it is dropped.
#[derive(Debug)]
pub struct ScriptedServer {
    address: SocketAddr,
    script: Arc<Script>,
    acceptor: JoinHandle<()>,
}

impl ScriptedServer {
    /// Starts a server that takes the step `usually` whenever its script is at its end; it has none yet.
    pub async fn start(usually: Step) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port of the loopback interface is free");
        let address = listener.local_addr().expect("the listener has an address");
        let script = Arc::new(Script::new(usually));
        let acceptor = tokio::spawn(accept(listener, script.clone()));
        Self {
            address,
            script,
            acceptor,
        }
    }

    /// `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts steps behind those that are waiting.
    pub fn play(&self, steps: impl IntoIterator<Item = Step>) {
        self.script.steps().extend(steps);
    }

    /// How many steps of the script no request has taken yet.
    pub fn waiting(&self) -> usize {
        self.script.steps().len()
    }

    /// The requests so far, in the order in which they took their steps.
    pub fn requests(&self) -> Vec<Received> {
        self.script.received.borrow().clone()
    }

    /// The requests, once there are `count` of them.
    pub async fn arrived(&self, count: usize) -> Vec<Received> {
        let mut received = self.script.received.subscribe();
        let arrived = received.wait_for(|requests| requests.len() >= count).await;
        arrived
            .expect("the script lives as long as its server")
            .clone()
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

/// What is to be done, and what arrived.
#[derive(Debug)]
struct Script {
    usually: Step,
    steps: Mutex<VecDeque<Step>>,
    received: watch::Sender<Vec<Received>>,
}

impl Script {
    fn new(usually: Step) -> Self {
        Self {
            usually,
            steps: Mutex::default(),
            received: watch::Sender::default(),
        }
    }

    fn steps(&self) -> MutexGuard<'_, VecDeque<Step>> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the request, and says what is to be done with it.
    fn take(&self, request: Received) -> Step {
        let mut steps = self.steps();
        self.received.send_modify(|received| received.push(request));
        steps.pop_front().unwrap_or_else(|| self.usually.clone())
    }
}

async fn accept(listener: TcpListener, script: Arc<Script>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("the listener accepts connections");
                connections.spawn(connection::serve(stream, script.clone()));
            }
            Some(ended) = connections.join_next() => ended.expect("no connection panics"),
        }
    }
}

#[cfg(test)]
mod tests;
