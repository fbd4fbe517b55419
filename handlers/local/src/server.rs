//! The listener: one port, HTTP/1.1, and an orderly end.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::{app::App, front, lifecycle};

/// How long a client may take to send a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long requests under way may take once the server is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait before accepting again when the machine is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    later: JoinSet<()>,
}

impl Server {
    /// Serves `app` on `listener` until told to stop.
    ///
    /// # Errors
    /// The listener has no local address.
    pub fn start(listener: TcpListener, app: Arc<App>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        app.endpoint.listen(address);
        lifecycle::start(&app);
        let (stop, stopping) = watch::channel(false);
        let later = app.later.start(&stopping);
        let accepting = tokio::spawn(accept(listener, app, stopping));
        Ok(Self {
            address,
            stop,
            accepting,
            later,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more requests, lays down what is done later, waits for the requests under way, and returns.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.later.join_all().await;
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "the listener failed");
        }
    }
}

async fn accept(listener: TcpListener, app: Arc<App>, mut stopping: watch::Receiver<bool>) {
    let connections = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // The sender outlives this loop or has asked for its end: both mean stop.
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // Without this a small answer waits 40 ms for the client's acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection ended before it began");
            continue;
        }
        let app = Arc::clone(&app);
        let serve = service_fn(move |request: http::Request<Incoming>| {
            let app = Arc::clone(&app);
            async move { Ok::<_, Infallible>(front::answer(&app, request, peer).await) }
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), serve));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    // Whoever follows the decisions would otherwise stay until cut off.
    app.access.decisions().close();
    if tokio::time::timeout(DRAIN_TIMEOUT, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            "requests were still under way after {} s: they are cut off",
            DRAIN_TIMEOUT.as_secs()
        );
    }
}
