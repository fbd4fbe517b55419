//! Getting the documents that issuers publish: a port, and its implementation over HTTP.

mod http;

use std::{error::Error, fmt, time::Duration};

use ::http::Uri;
use async_trait::async_trait;
use bytes::Bytes;

pub use self::http::{HttpFetch, TlsError};

/// The largest document that is read, in bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// What it is.
    pub body: Bytes,
    /// How long it may be kept, if its server says so.
    pub max_age: Option<Duration>,
}

/// Gets documents.
///
/// Contract: only an answer of status 200 that is at most [`MAX_DOCUMENT`] long and comes in time is a document; no
/// redirection is followed. No error repeats the query of a URL, which may hold a secret.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// The document at `url`.
    ///
    /// # Errors
    /// See [`FetchError`].
    async fn get(&self, url: &DocumentUrl) -> Result<Fetched, FetchError>;
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// Nobody answers there.
    #[error("`{host}` cannot be reached")]
    Unreachable {
        /// The host.
        host: String,
        /// The cause.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer has not come in time.
    #[error("`{0}` has not answered in time")]
    TimedOut(String),
    /// The answer is something else than a document.
    #[error("`{host}` has answered with status {status}")]
    Status {
        /// The host.
        host: String,
        /// The status.
        status: u16,
    },
    /// The document is longer than [`MAX_DOCUMENT`].
    #[error("`{0}` has answered with too large a document")]
    TooLarge(String),
}

/// Where a document may be got: over `https`, or on this machine over `http`.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentUrl {
    uri: Uri,
    is_local: bool,
}

/// A URL at which no document is got.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no `https` URL; `http` is for loopback addresses only")]
pub struct InvalidUrl(String);

impl DocumentUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// It is neither `https` nor of a loopback address, or has a user name in it.
    pub fn parse(url: &str) -> Result<Self, InvalidUrl> {
        let invalid = || InvalidUrl(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| invalid())?;
        let authority = uri.authority().ok_or_else(invalid)?;
        let is_local = is_loopback(authority.host());
        let may_be_got = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_local,
            _ => false,
        };
        if !may_be_got || authority.as_str().contains('@') || url.contains('#') {
            return Err(invalid());
        }
        Ok(Self { uri, is_local })
    }

    /// The URL.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The host, which is what errors and logs may name.
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Whether it is on this machine.
    pub const fn is_local(&self) -> bool {
        self.is_local
    }
}

impl fmt::Debug for DocumentUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.host(), self.uri.path())
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_over_https_or_from_this_machine() {
        for good in [
            "https://issuer.example.com/keys",
            "https://127.0.0.1/keys",
            "http://127.0.0.1:1234/keys",
            "http://[::1]:1234/keys",
            "http://localhost:1234/keys?a=b",
        ] {
            assert!(DocumentUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/keys",
            "issuer.example.com",
            "http://issuer.example.com/keys",
            "http://127.0.0.1.example.com/keys",
            "http://127.0.0.1@issuer.example.com/keys",
            "https://user:password@issuer.example.com/keys",
            "http://localhost.example.com/keys",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "ftp://127.0.0.1/keys",
            "https://issuer.example.com/keys#x",
        ] {
            assert!(DocumentUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_query_is_not_shown() {
        let url =
            DocumentUrl::parse("https://graph.example.com/debug?access_token=secret").unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
