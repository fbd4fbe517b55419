//! Requests handed on to the server behind.

use bytes::Bytes;
use http::{Request, Response, Uri, header, uri::PathAndQuery};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::Received;

/// What the server at `upstream` answers to the request, whose `host` it sees as the client sent it: a signature may
/// cover it.
pub(super) async fn forward(upstream: &str, request: Received) -> Response<Bytes> {
    let mut forwarded = Request::new(Full::new(request.body));
    *forwarded.method_mut() = request.method;
    *forwarded.uri_mut() = target(upstream, &request.uri);
    *forwarded.headers_mut() = request.headers;
    // The body is here whole, and has one connection to itself.
    forwarded.headers_mut().remove(header::TRANSFER_ENCODING);
    forwarded.headers_mut().remove(header::EXPECT);
    let client = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(HttpConnector::new());
    let answer = client.request(forwarded).await;
    let (mut parts, body) = answer
        .unwrap_or_else(|error| panic!("`{upstream}` must answer: {error:?}"))
        .into_parts();
    let body = body.collect().await.expect("its answer arrives whole");
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.remove(header::CONNECTION);
    Response::from_parts(parts, body.to_bytes())
}

fn target(upstream: &str, uri: &Uri) -> Uri {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    format!("{}{path}", upstream.trim_end_matches('/'))
        .parse()
        .unwrap_or_else(|error| panic!("`{upstream}` must be the URL of a server: {error}"))
}
