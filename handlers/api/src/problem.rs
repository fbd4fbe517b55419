//! Errors on the wire: problem details (RFC 9457) and the one table of their statuses.
//!
//! A handler answers with a [`Problem`]; the [`render`] layer around all handlers gives it its body, which
//! needs the request's id, and logs what a client cannot be told.

mod kind;
mod use_cases;

use std::{error::Error, sync::Arc};

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, header};
use notewarden_domain::{Invalid, quota::OverQuota};
use serde::Serialize;

pub(crate) use kind::Kind;

use crate::GatewayContext;

/// Why a request was not done.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    /// The member, parameter or header at fault.
    field: Option<&'static str>,
    /// The cause, for the log alone.
    source: Option<Box<dyn Error + Send + Sync>>,
    /// What of the quota leaves no room, for whoever keeps a record of that.
    over_quota: Option<OverQuota>,
}

impl Problem {
    /// A problem of this kind, as the sentence `detail` says.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            field: None,
            source: None,
            over_quota: None,
        }
    }

    /// The value of `field` is of a wrong form: it `rule`.
    pub(crate) fn malformed(field: &'static str, rule: impl Into<String>) -> Self {
        Self::at(Kind::Malformed, &Invalid::new(field, rule))
    }

    /// The value of a field breaks a rule.
    pub(crate) fn at(kind: Kind, invalid: &Invalid) -> Self {
        Self {
            field: Some(invalid.field),
            ..Self::new(kind, invalid.to_string())
        }
    }

    /// Something of ours failed, of which the client learns nothing but `kind`.
    pub(crate) fn fault(kind: Kind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(kind, kind.title().to_lowercase())
        }
    }
}

impl Problem {
    /// The answer that the problem is to the request with this id, made outside the router.
    pub(crate) fn answer(self, request_id: &str, is_head: bool) -> Response {
        let mut response = self.kind.status().into_response();
        self.write(request_id, is_head, &mut response);
        response
    }

    /// Gives an answer that has the problem's status its header and body.
    fn write(&self, request_id: &str, is_head: bool, response: &mut Response) {
        if let Some(over) = self.over_quota {
            response.extensions_mut().insert(over);
        }
        let body = serde_json::to_vec(&ProblemBody {
            kind: self.kind.urn(),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: &self.detail,
            request_id,
            error: &self.detail,
            field: self.field,
        })
        .unwrap_or_default();
        let headers = response.headers_mut();
        if let Some(seconds) = self.kind.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        let media_type = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, media_type);
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = if is_head {
            Body::empty()
        } else {
            Body::from(body)
        };
    }
}

/// A problem on its way from the handler to [`render`].
#[derive(Clone)]
struct Unrendered(Arc<Problem>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(Unrendered(Arc::new(self)));
        response
    }
}

/// The members of a problem; `error` repeats `detail` for clients that print it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemBody<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

/// Gives the problems that handlers answer with their bodies, and logs those that are ours.
pub(crate) async fn render(request: Request, next: Next) -> Response {
    let context = request.extensions().get::<GatewayContext>();
    let request_id = context.map(|context| context.request_id.clone());
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let Some(Unrendered(problem)) = response.extensions_mut().remove() else {
        return response;
    };
    let request_id = request_id.unwrap_or_default();
    if let Some(source) = &problem.source {
        tracing::error!(
            request_id,
            error = source.as_ref() as &dyn Error,
            status = problem.kind.status().as_u16(),
            "request failed"
        );
    }
    problem.write(&request_id, is_head, &mut response);
    response
}
