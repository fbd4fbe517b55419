//! JSON answers, and those that send the client elsewhere.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use notewarden_domain::ports::SignedLink;
use serde::Serialize;

use crate::problem::{Kind, Problem};

/// The `Cache-Control` of what is for the caller's eyes alone: no shared cache keeps it, and others ask
/// before they use it again.
pub(crate) const PRIVATE: &str = "private, no-cache";

/// `value` as JSON, for the caller's eyes alone.
pub(crate) fn private<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::fault(Kind::Internal, error))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, PRIVATE),
    ];
    Ok((status, headers, body).into_response())
}

/// Sends the client on to a link, with the method that the request has. No cache keeps what the link lets its bearer do.
pub(crate) fn redirect(link: &SignedLink) -> Result<Response, Problem> {
    let location = HeaderValue::try_from(link.url.as_str());
    let location = location.map_err(|error| Problem::fault(Kind::Internal, error))?;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::TEMPORARY_REDIRECT, headers).into_response())
}

/// API Gateway's own answer to a request that no route takes.
pub(crate) fn no_such_route() -> Response {
    let json = HeaderValue::from_static("application/json");
    let mut response = (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
