//! S3's wire protocol in front of the embedded objects.
//!
//! A request is verified here, with its body as it flows; then its authentication is taken off and the plain
//! rest goes through `s3s`, which reads the operation out of it. Before `s3s` looks at the operation's input,
//! `Session` asks the policies. What `s3s` gets wrong, or leaves open, is settled before it: see
//! `PlainRequest`.

mod actions;
mod body;
mod conditions;
mod cors;
mod document;
mod error;
mod operations;
mod plain;
mod query;
mod session;
mod shapes;
mod target;

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use notewarden_sigv4::Service;
use s3s::{HttpResponse, S3Result, service::S3ServiceBuilder};

pub use self::operations::SERVED;
use self::{
    cors::Cors,
    operations::ObjectBytes,
    plain::PlainRequest,
    session::{NoKeys, Session},
    target::Target,
};
use crate::{
    app::App,
    wire::{self, Body, Response},
};

/// The operations that are served, as AWS names them.
pub fn operations() -> impl Iterator<Item = &'static str> {
    operations::SERVED.iter().copied()
}

/// Answers one request to the bucket.
pub async fn handle(
    app: &Arc<App>,
    parts: Parts,
    body: Incoming,
    request_id: &str,
    peer: SocketAddr,
) -> Response {
    let cors = Cors::of(&app.bucket.cors, &parts);
    let is_head = parts.method == Method::HEAD;
    let outcome = if parts.method == Method::OPTIONS {
        cors.preflight()
    } else {
        answer(app, parts, body, request_id, peer).await
    };
    let response = match outcome.or_else(s3s::S3Error::to_http_response) {
        Ok(response) => finish(response, request_id, is_head).await,
        Err(error) => {
            tracing::error!(request_id, %error, "an error could not be written");
            let mut response = Response::new(wire::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    };
    with_headers(response, &cors, request_id)
}

async fn answer(
    app: &Arc<App>,
    parts: Parts,
    incoming: Incoming,
    request_id: &str,
    peer: SocketAddr,
) -> S3Result<HttpResponse> {
    let action = actions::likely(&parts.method);
    let body = notewarden_sigv4::Body::Streamed;
    let signer = app
        .access
        .authenticate_body(request_id, &parts, body, Service::S3, action)
        .map_err(|refusal| error::of_refusal(&refusal, &parts))?;
    let target = Target::of(&parts, &app.deployment.bucket)?;
    let plain = PlainRequest::new(&parts, &target, &signer.verified)?;
    let request = plain
        .with_body(body::verified(&parts, &signer.verified, incoming)?)
        .await?;
    let session = Session::new(app, signer, request_id, peer, plain.into_facts());
    let mut service = S3ServiceBuilder::new(session.clone());
    // `s3s` asks about access only if it is told of keys.
    service.set_auth(NoKeys);
    service.set_access(session);
    service.build().call(request).await.map_err(|error| {
        tracing::error!(request_id, ?error, "a request could not be processed");
        s3s::s3_error!(InternalError)
    })
}

/// Makes an answer of `s3s` what S3's is.
async fn finish(response: HttpResponse, request_id: &str, is_head: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let has_no_body =
        parts.status == StatusCode::NOT_MODIFIED || parts.status == StatusCode::NO_CONTENT;
    if has_no_body || (is_head && !parts.status.is_success()) {
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, wire::empty());
    }
    let is_document = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/xml");
    if !is_document || parts.extensions.get::<ObjectBytes>().is_some() {
        return Response::from_parts(parts, body.map_err(Into::into).boxed_unsync());
    }
    let document = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => {
            tracing::error!(request_id, %error, "an answer could not be written");
            parts.status = StatusCode::INTERNAL_SERVER_ERROR;
            return Response::from_parts(parts, wire::empty());
        }
    };
    let document = error::complete(&document, request_id, parts.status.is_success());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(wire::full(document)))
}

fn with_headers(mut response: Response, cors: &Cors<'_>, request_id: &str) -> Response {
    cors.apply(response.headers_mut());
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amz-request-id", id.clone());
        headers.insert("x-amz-id-2", id);
    }
    response
}
