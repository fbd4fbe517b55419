//! A client that follows a link, and adds nothing to it but what HTTP asks for.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use notewarden_domain::ports::SignedLink;

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Sends the link's request with this body, which says itself how long it is.
pub(super) async fn follow(link: &SignedLink, body: Bytes) -> Answer {
    let mut request = Request::builder().method(link.method).uri(&link.url);
    for (name, value) in &link.headers {
        if name != "content-length" {
            request = request.header(name, value);
        }
    }
    // Without it the client says nothing of the length of no bytes.
    request = request.header("content-length", body.len());
    let request = request
        .body(Full::new(body))
        .unwrap_or_else(|error| panic!("{link:?} must be a request: {error}"));
    let client = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(HttpConnector::new());
    let answer = client.request(request).await;
    let (parts, body) = answer.expect("the store answers").into_parts();
    let body = body.collect().await.expect("its answer arrives whole");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_bytes(),
    }
}
