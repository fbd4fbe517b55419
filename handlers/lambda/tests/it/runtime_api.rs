//! Lambda's side of a function: the Runtime API (“Using the Lambda runtime API for custom runtimes”).

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// One invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub event: String,
    /// When Lambda would end the process, in milliseconds since the Unix epoch.
    pub deadline: u64,
    pub trace_id: Option<String>,
}

/// What a function makes of an invocation: its answer, or its error.
pub type Outcome = Result<Value, Value>;

/// The Runtime API on a free port. It ends when it is dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    invocations: mpsc::UnboundedSender<(String, Invocation)>,
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<(String, Invocation)>>,
    open: Mutex<BTreeMap<String, oneshot::Sender<Outcome>>>,
    /// How often the function has asked for an event.
    asked: watch::Sender<usize>,
    init_error: watch::Sender<Option<Value>>,
}

impl RuntimeApi {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (invocations, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            invocations,
            waiting: tokio::sync::Mutex::new(waiting),
            open: Mutex::default(),
            asked: watch::Sender::default(),
            init_error: watch::Sender::default(),
        });
        let serving = tokio::spawn(serve(listener, shared.clone()));
        Self {
            address,
            shared,
            serving,
        }
    }

    /// Has the function that is connected do this.
    pub async fn invoke(&self, invocation: Invocation) -> Outcome {
        let (done, outcome) = oneshot::channel();
        let id = {
            let mut open = self.shared.open.lock().unwrap();
            let id = format!(
                "00000000-0000-4000-8000-{:012}",
                *self.shared.asked.borrow()
            );
            assert!(open.insert(id.clone(), done).is_none(), "one after another");
            id
        };
        self.shared.invocations.send((id, invocation)).unwrap();
        let outcome = tokio::time::timeout(Duration::from_secs(60), outcome).await;
        outcome
            .expect("the function answers within a minute")
            .unwrap()
    }

    /// Waits until the function has asked for its `count`th event.
    pub async fn asked(&self, count: usize) {
        let mut asked = self.shared.asked.subscribe();
        asked.wait_for(|asked| *asked >= count).await.unwrap();
    }

    /// Waits until the function says why it cannot begin.
    pub async fn init_error(&self) -> Value {
        let mut error = self.shared.init_error.subscribe();
        let error = error.wait_for(Option::is_some).await.unwrap();
        error.clone().unwrap()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let shared = shared.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&shared, request));
            // It ends with the function's process.
            drop(
                http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await,
            );
        });
    }
}

async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let path = path.strip_prefix("/2018-06-01/runtime/").unwrap();
    let parts: Vec<_> = path.split('/').collect();
    let response = match (request.method(), &parts[..]) {
        (&Method::GET, ["invocation", "next"]) => {
            shared.asked.send_modify(|asked| *asked += 1);
            let (id, invocation) = shared.waiting.lock().await.recv().await.unwrap();
            let mut response = Response::builder()
                .header("lambda-runtime-aws-request-id", id)
                .header("lambda-runtime-deadline-ms", invocation.deadline)
                .header(
                    "lambda-runtime-invoked-function-arn",
                    "arn:aws:lambda:us-east-1:000000000000:function:notewarden-api",
                );
            if let Some(trace_id) = invocation.trace_id {
                response = response.header("lambda-runtime-trace-id", trace_id);
            }
            response.body(Full::from(invocation.event)).unwrap()
        }
        (&Method::POST, ["init", "error"]) => {
            let error = json_of(request).await;
            shared.init_error.send_replace(Some(error));
            accepted()
        }
        (&Method::POST, ["invocation", id, end @ ("response" | "error")]) => {
            let said = json_of(request).await;
            let outcome = if *end == "response" {
                Ok(said)
            } else {
                Err(said)
            };
            let open = shared.open.lock().unwrap().remove(*id);
            open.expect("the invocation is open").send(outcome).unwrap();
            accepted()
        }
        other => panic!("the Runtime API has no {other:?}"),
    };
    Ok(response)
}

async fn json_of(request: Request<Incoming>) -> Value {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

fn accepted() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
