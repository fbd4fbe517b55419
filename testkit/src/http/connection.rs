//! One connection, and how it ends.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Request, Response, header};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::Notify};

use super::{Received, Script, Step, forward::forward};

/// What answers are sent as.
type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// Serves a connection until the client or a step ends it.
pub(super) async fn serve(stream: TcpStream, script: Arc<Script>) {
    // Without it a small answer waits for the client's delayed acknowledgement.
    stream
        .set_nodelay(true)
        .expect("the connection takes options");
    let reset = Notify::new();
    let service = service_fn(|request| answer(request, &script, &reset));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error is the client's going away, or a step that breaks off.
        _ended = &mut connection => {}
        () = reset.notified() => {
            let stream = connection.into_parts().io.into_inner();
            stream.set_zero_linger().expect("the connection takes options");
        }
    }
}

/// Reads the request whole and does with it what the script says.
async fn answer(
    request: Request<Incoming>,
    script: &Script,
    reset: &Notify,
) -> Result<Response<Sent>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let request = Received {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: body.collect().await?.to_bytes(),
    };
    let mut step = script.take(request.clone());
    loop {
        match step {
            Step::Answer {
                status,
                headers,
                body,
            } => {
                let mut response = Response::new(whole(body));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                return Ok(response);
            }
            Step::Truncate { body, missing } => {
                let promised = body.len() + missing;
                let mut response = Response::new(Truncated::new(body).boxed_unsync());
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_LENGTH, promised.into());
                return Ok(response);
            }
            Step::Slow(gate, then) => {
                gate.passed().await;
                step = *then;
            }
            Step::Published(published) => step = published.step_for(&request),
            Step::Forward(upstream) => {
                return Ok(forward(&upstream, request).await.map(whole));
            }
            Step::ForwardAndLose(upstream) => {
                // Its effect is all that is wanted.
                drop(forward(&upstream, request.clone()).await);
                step = Step::Reset;
            }
            Step::Reset => {
                reset.notify_one();
                return std::future::pending().await;
            }
        }
    }
}

fn whole(body: Bytes) -> Sent {
    Full::new(body)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A body that fails behind its data, once what is there has been sent.
struct Truncated {
    data: Option<Bytes>,
    sent: bool,
}

impl Truncated {
    fn new(data: Bytes) -> Self {
        Self {
            data: Some(data),
            sent: false,
        }
    }
}

impl Body for Truncated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if !self.sent {
            // The connection is flushed when its body has nothing ready.
            self.sent = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
    }
}
