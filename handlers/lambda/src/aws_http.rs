//! The one HTTP client of all AWS clients: HTTP/1.1, and rustls with ring and the roots that are compiled in.
//!
//! The SDK's own client takes roots from files or as PEM, which to parse is most of a function's start.

use std::{error::Error, io, sync::Arc, time::Duration};

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use futures_util::future::join_all;
use http::{Request, Uri};
use hyper_rustls::{HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{
    client::legacy::{self, Client, connect},
    rt::{TokioExecutor, TokioIo},
};
use rustls::crypto::ring;
use tokio::{net::TcpStream, time};
use tower::{ServiceExt, service_fn, util::BoxCloneSyncService};

type BoxError = Box<dyn Error + Send + Sync>;
type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

/// How long a connection may take to be there, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The client; clones share its connections.
#[derive(Clone, Debug)]
pub(crate) struct AwsHttp(Client<Connector, SdkBody>);

impl AwsHttp {
    /// A client without connections.
    ///
    /// # Errors
    /// TLS cannot be set up as the roots and ring have it.
    pub(crate) fn new() -> Result<Self, rustls::Error> {
        let mut tcp = connect::HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let https = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(Arc::new(ring::default_provider()))?
            // Where a stand-in for AWS is configured it may speak plainly; AWS's own endpoints are all TLS.
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let connect = service_fn(move |uri| {
            let connecting = https.clone().oneshot(uri);
            async move {
                let connected = time::timeout(CONNECT_TIMEOUT, connecting).await;
                connected
                    .unwrap_or_else(|_| Err(Box::new(io::Error::from(io::ErrorKind::TimedOut))))
            }
        });
        let client = Client::builder(TokioExecutor::new()).build(BoxCloneSyncService::new(connect));
        Ok(Self(client))
    }

    /// Opens a connection to each of these places, by a request that asks for nothing, and keeps it. What cannot be
    /// reached within `patience` is left to the first request that needs it.
    pub(crate) async fn open(&self, places: impl IntoIterator<Item = Uri>, patience: Duration) {
        let opening = places.into_iter().map(|place| async move {
            let request = Request::head(place.clone()).body(SdkBody::empty());
            let answer = match request {
                Ok(request) => self.0.request(request).await.map_err(BoxError::from),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = answer {
                let error = error.as_ref() as &dyn Error;
                tracing::warn!(%place, error, "a connection cannot be opened in advance");
            }
        });
        if time::timeout(patience, join_all(opening)).await.is_err() {
            tracing::warn!("connections were not opened in time in advance");
        }
    }
}

impl HttpClient for AwsHttp {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Timed {
            client: self.0.clone(),
            read_timeout: settings.read_timeout(),
        })
    }
}

/// The client, for one AWS client's patience.
#[derive(Debug)]
struct Timed {
    client: Client<Connector, SdkBody>,
    read_timeout: Option<Duration>,
}

impl HttpConnector for Timed {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.client.clone();
        let read_timeout = self.read_timeout;
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            let answering = client.request(request);
            let answer = match read_timeout {
                Some(patience) => match time::timeout(patience, answering).await {
                    Ok(answer) => answer,
                    Err(elapsed) => return Err(ConnectorError::timeout(elapsed.into())),
                },
                None => answering.await,
            };
            let answer = answer.map_err(failure)?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// What the SDK is to make of a failure: both kinds are worth another attempt.
fn failure(error: legacy::Error) -> ConnectorError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        let error_kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if error_kind == Some(io::ErrorKind::TimedOut) {
            break;
        }
        cause = error.source();
    }
    if cause.is_some() {
        ConnectorError::timeout(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
