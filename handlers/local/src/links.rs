//! Links to objects, signed as AWS's SDKs sign them in the function that serves the API: by a session of that
//! function's role, so that the deployed policies decide whether a link works when it is used.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use notewarden_domain::{
    ObjectKey, StoreError,
    ports::{Clock, DownloadTerms, LinkSigner, SignedLink, UploadTerms},
};
use notewarden_sigv4::{Service, Signer};
use notewarden_userpool::{Credential, Credentials, Principal};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::Mutex;

use crate::{
    access::{keys_of, system_time},
    deployment::REGION,
    endpoint::Endpoint,
};

/// How long a session lives. One is good for links as long as it outlives them.
const SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// Everything but RFC 3986's unreserved characters, as clients and S3 encode keys.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const RESERVED_IN_KEY: &AsciiSet = &RESERVED.remove(b'/');

/// Signs links to the objects of one bucket at this server's own address.
pub struct SessionLinks {
    bucket: String,
    endpoint: Endpoint,
    principal: Principal,
    credentials: Credentials,
    /// The session that links are signed with. It is durable like every other, so that a restart, after which
    /// there is a new one, ends no link.
    session: Mutex<Option<Arc<Credential>>>,
    clock: Arc<dyn Clock>,
}

impl SessionLinks {
    /// Links to objects of `bucket`, which work as far as `principal` may do what they are for.
    pub fn new(
        bucket: &str,
        endpoint: Endpoint,
        principal: Principal,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            bucket: bucket.to_owned(),
            endpoint,
            principal,
            credentials,
            session: Mutex::default(),
            clock,
        }
    }

    /// A session that lives for longer than `lifetime`.
    async fn session(&self, lifetime: Duration) -> Result<Arc<Credential>, StoreError> {
        let end = self.clock.now().plus(lifetime);
        let mut session = self.session.lock().await;
        if let Some(known) = session.as_ref().filter(|known| !known.is_expired(end)) {
            return Ok(Arc::clone(known));
        }
        let issued = self
            .credentials
            .issue_session(self.principal.clone(), SESSION.max(lifetime * 2))
            .await?;
        Ok(Arc::clone(session.insert(issued)))
    }

    /// A link to send `headers` with.
    async fn sign(
        &self,
        method: &'static Method,
        key: &ObjectKey,
        query: &str,
        headers: HeaderMap,
        lifetime: Duration,
    ) -> Result<SignedLink, StoreError> {
        let endpoint = self.endpoint.url().ok_or_else(|| {
            StoreError::unavailable("the server has no address before it listens")
        })?;
        let session = self.session(lifetime).await?;
        let key = utf8_percent_encode(key.as_str(), RESERVED_IN_KEY);
        let request = Request::builder()
            .method(method)
            .uri(format!("{endpoint}/{}/{key}{query}", self.bucket))
            .body(())
            .map_err(unsigned)?;
        let (mut parts, ()) = request.into_parts();
        let shown = headers.iter().map(|(name, value)| {
            let value = value.to_str().map_err(unsigned)?;
            Ok((name.as_str().to_owned(), value.to_owned()))
        });
        let shown = shown.collect::<Result<_, StoreError>>()?;
        parts.headers = headers;
        let host = parts.uri.authority().map_or("", |host| host.as_str());
        let host = HeaderValue::from_str(host).map_err(unsigned)?;
        parts.headers.insert(header::HOST, host);

        let now = self.clock.now();
        let signer = Signer::new(REGION, Service::S3, Arc::new(keys_of(&session)));
        let signed = signer.presign(&mut parts, lifetime, system_time(now));
        signed.map_err(unsigned)?;
        Ok(SignedLink {
            method: method.as_str(),
            url: parts.uri.to_string(),
            headers: shown,
            expires_at: now.plus(lifetime),
        })
    }
}

#[async_trait]
impl LinkSigner for SessionLinks {
    async fn upload(&self, key: &ObjectKey, terms: &UploadTerms) -> Result<SignedLink, StoreError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, terms.size.into());
        let content_type = HeaderValue::from_str(terms.content_type.as_str());
        headers.insert(header::CONTENT_TYPE, content_type.map_err(unsigned)?);
        if let Some(crc32) = terms.crc32 {
            let value = STANDARD.encode(crc32.get().to_be_bytes());
            let value = HeaderValue::from_str(&value).map_err(unsigned)?;
            headers.insert(HeaderName::from_static("x-amz-checksum-crc32"), value);
        }
        let lifetime = terms.lifetime;
        self.sign(&Method::PUT, key, "", headers, lifetime).await
    }

    async fn download(
        &self,
        key: &ObjectKey,
        terms: &DownloadTerms,
    ) -> Result<SignedLink, StoreError> {
        let encoded = |value| utf8_percent_encode(value, RESERVED);
        let query = format!(
            "?response-content-disposition={}&response-content-type={}",
            encoded(&terms.content_disposition),
            encoded(terms.content_type.as_str()),
        );
        let lifetime = terms.lifetime;
        self.sign(&Method::GET, key, &query, HeaderMap::new(), lifetime)
            .await
    }
}

fn unsigned(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::unavailable(error)
}
