//! Documents over HTTP/1.1 and TLS, with the certificates of Mozilla's root programme.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::crypto::ring;
use tokio::time::timeout;

use super::{DocumentUrl, Fetch, FetchError, Fetched, MAX_DOCUMENT};

/// How long an answer may take, from the first byte sent to the last one read.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept: documents are got rarely.
const IDLE: Duration = Duration::from_secs(10);

/// Gets documents over HTTP. Clones share connections.
#[derive(Clone, Debug)]
pub struct HttpFetch {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    time_limit: Duration,
}

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("tls cannot be set up")]
pub struct TlsError(#[from] rustls::Error);

impl HttpFetch {
    /// A client of its own.
    ///
    /// # Errors
    /// The library of cryptography does not work.
    pub fn new() -> Result<Self, TlsError> {
        let connector = HttpsConnectorBuilder::new()
            // Named, because a program may link several.
            .with_provider_and_webpki_roots(ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self {
            client,
            time_limit: TIME_LIMIT,
        })
    }

    /// The same, with another limit than five seconds for a whole answer.
    #[must_use]
    pub const fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    async fn document(&self, url: &DocumentUrl) -> Result<Fetched, FetchError> {
        let host = || url.host().to_owned();
        let unreachable = |source| FetchError::Unreachable {
            host: host(),
            source,
        };
        let request = Request::get(url.uri())
            .header(header::ACCEPT, "application/json")
            .body(Empty::new())
            .map_err(|error| unreachable(error.into()))?;
        let answer = self.client.request(request).await;
        let (head, body) = answer
            .map_err(|error| unreachable(error.into()))?
            .into_parts();
        // Also what would lead elsewhere: a redirection is no document.
        if head.status != StatusCode::OK {
            let status = head.status.as_u16();
            return Err(FetchError::Status {
                host: host(),
                status,
            });
        }
        match Limited::new(body, MAX_DOCUMENT).collect().await {
            Ok(collected) => Ok(Fetched {
                body: collected.to_bytes(),
                max_age: max_age(&head.headers),
            }),
            Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge(host())),
            Err(error) => Err(unreachable(error)),
        }
    }
}

#[async_trait]
impl Fetch for HttpFetch {
    async fn get(&self, url: &DocumentUrl) -> Result<Fetched, FetchError> {
        let document = timeout(self.time_limit, self.document(url)).await;
        document.unwrap_or_else(|_| Err(FetchError::TimedOut(url.host().to_owned())))
    }
}

/// `max-age` of `Cache-Control` (RFC 9111).
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|directive| {
            let (name, seconds) = directive.trim().split_once('=')?;
            let is_age = name.eq_ignore_ascii_case("max-age");
            is_age.then(|| seconds.trim_matches('"').parse().ok())?
        })
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_age_is_read_from_any_place_in_the_directives() {
        for (value, seconds) in [
            ("public, max-age=21600, must-revalidate", Some(21_600)),
            ("Max-Age=5", Some(5)),
            ("no-store", None),
            ("max-age=x", None),
            ("s-maxage=5", None),
        ] {
            let headers =
                HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static(value))]);
            assert_eq!(
                max_age(&headers),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
    }
}
