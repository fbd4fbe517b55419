//! What every request passes first: an id, the refusal of ambiguous requests, and the choice of the door.

use std::{net::SocketAddr, sync::Arc};

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use notewarden_domain::{Timestamp, ports::IdSource};
use uuid::Builder;

use crate::{
    app::App,
    cognito_identity, cognito_idp,
    dispatch::{Door, Names, door},
    local, s3, sts, web,
    wire::{self, Response, WireRequest},
};

/// The largest body of Cognito and STS requests.
const SERVICE_BODY_LIMIT: usize = 1 << 20;

/// A request whose body has not been read.
#[derive(Debug)]
pub struct Unread {
    /// The request id.
    pub id: String,
    /// Method, target and headers as they came.
    pub parts: Parts,
    /// The body, on its way.
    pub body: Incoming,
    /// The peer of the connection.
    pub peer: SocketAddr,
    /// When the head had been read.
    pub received_at: Timestamp,
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is larger than the limit.
    TooLarge,
    /// The connection ended, or its framing broke.
    Cut,
}

impl Unread {
    /// Reads the body, which may have up to `limit` bytes.
    ///
    /// # Errors
    /// See [`BodyError`].
    pub async fn read(self, limit: usize) -> Result<WireRequest, BodyError> {
        let Self {
            id,
            parts,
            body,
            peer,
            received_at,
        } = self;
        let body = match Limited::new(body, limit).collect().await {
            Ok(collected) => collected.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                return Err(BodyError::TooLarge);
            }
            Err(_) => return Err(BodyError::Cut),
        };
        Ok(WireRequest {
            id,
            parts,
            body,
            peer,
            received_at,
        })
    }
}

/// Answers one request.
pub async fn answer(app: &Arc<App>, request: Request<Incoming>, peer: SocketAddr) -> Response {
    let (parts, body) = request.into_parts();
    let may_withhold_body = parts.headers.contains_key(header::EXPECT);
    let has_body = matches!(parts.method, Method::PUT | Method::POST);
    let id = request_id(app.ids.as_ref());
    let mut response = if let Some(reason) = ambiguity(&parts) {
        tracing::info!(request_id = id, reason, "an ambiguous request was refused");
        let mut refusal = wire::json(
            StatusCode::BAD_REQUEST,
            &serde_json::json!({ "message": reason }),
        );
        refusal
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
        refusal
    } else {
        let unread = Unread {
            id: id.clone(),
            parts,
            body,
            peer,
            received_at: app.clock.now(),
        };
        route(app, unread).await
    };
    // A client that waits to be asked for its body and is refused sends its next request in the body's place:
    // the connection must not go on.
    if may_withhold_body && !(has_body && response.status().is_success()) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .entry("x-amzn-requestid")
            .or_insert(value);
    }
    response
}

async fn route(app: &Arc<App>, request: Unread) -> Response {
    let names = Names {
        api: app.gateway.settings(),
        has_graphql: app.graphql.is_some(),
        bucket: &app.deployment.bucket,
        user_pool: &app.deployment.user_pool,
    };
    match door(&request.parts, names) {
        Door::Api => app.gateway.handle(app, request).await,
        Door::GraphQl => match &app.graphql {
            Some(graphql) if request.parts.method != Method::OPTIONS => {
                for_browsers(graphql.handle(app, request).await)
            }
            _ => service_preflight(),
        },
        Door::S3 => s3::handle(app, request.parts, request.body, &request.id, request.peer).await,
        Door::CognitoIdp(operation) => {
            serve(request, |request| {
                cognito_idp::handle(app, request, &operation)
            })
            .await
        }
        Door::CognitoIdentity(operation) => {
            serve(request, |request| {
                cognito_identity::handle(app, request, &operation)
            })
            .await
        }
        Door::Sts => serve(request, |request| sts::handle(app, request)).await,
        Door::ServicePreflight => service_preflight(),
        Door::WellKnown(document) => for_browsers(local::well_known(app, &document).await),
        Door::Local => local::handle(app, request).await,
        Door::Health => local::health(app),
        Door::Web => web::handle(app, &request.parts).await,
    }
}

/// Answers a request to Cognito or STS, which are small and read whole.
async fn serve<F>(request: Unread, answer: impl FnOnce(WireRequest) -> F) -> Response
where
    F: Future<Output = Response>,
{
    match request.read(SERVICE_BODY_LIMIT).await {
        Ok(request) => for_browsers(answer(request).await),
        Err(error) => unread_body(error),
    }
}

/// What can be read in more than one way is read in none: two lengths, a length and chunks, two hosts, a
/// target that names another host.
fn ambiguity(parts: &Parts) -> Option<&'static str> {
    let headers = &parts.headers;
    let count = |name: header::HeaderName| headers.get_all(name).iter().count();
    if count(header::CONTENT_LENGTH) > 1 || count(header::TRANSFER_ENCODING) > 1 {
        return Some("the body's length is given more than once");
    }
    if headers.contains_key(header::CONTENT_LENGTH)
        && headers.contains_key(header::TRANSFER_ENCODING)
    {
        return Some("`Content-Length` and `Transfer-Encoding` exclude each other");
    }
    if count(header::HOST) != 1 {
        return Some("exactly one `Host` is needed");
    }
    if count(header::AUTHORIZATION) > 1 {
        return Some("`Authorization` is given more than once");
    }
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    if parts
        .uri
        .authority()
        .is_some_and(|authority| Some(authority.as_str().as_bytes()) != host)
    {
        return Some("the target names another host than `Host`");
    }
    None
}

fn request_id(ids: &dyn IdSource) -> String {
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// What is answered to a request whose body was not read.
pub(crate) fn unread_body(error: BodyError) -> Response {
    let (status, message) = match error {
        BodyError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"),
        BodyError::Cut => (StatusCode::BAD_REQUEST, "Bad Request"),
    };
    let mut response = wire::json(status, &serde_json::json!({ "message": message }));
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Cognito, STS and AppSync let scripts of any origin call them: their requests carry no cookie.
fn for_browsers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-amzn-requestid,x-amzn-errortype,x-amzn-errormessage,date"),
    );
    response
}

fn service_preflight() -> Response {
    let mut response = for_browsers(Response::new(wire::empty()));
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "authorization,cache-control,content-type,x-amz-content-sha256,x-amz-date,x-amz-security-token,\
             x-amz-target,x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request",
        ),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("172800"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ambiguity_of(uri: &str, headers: &[(&str, &str)]) -> Option<&'static str> {
        let mut request = Request::builder().method("GET").uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ambiguity(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn sig_21_what_reads_two_ways_is_refused() {
        assert_eq!(ambiguity_of("/notes", &[("host", "a")]), None);
        assert_eq!(ambiguity_of("http://a/notes", &[("host", "a")]), None);
        for headers in [
            &[][..],
            &[("host", "a"), ("host", "a")],
            &[
                ("host", "a"),
                ("content-length", "1"),
                ("content-length", "1"),
            ],
            &[
                ("host", "a"),
                ("content-length", "1"),
                ("transfer-encoding", "chunked"),
            ],
            &[
                ("host", "a"),
                ("authorization", "x"),
                ("authorization", "y"),
            ],
        ] {
            assert!(ambiguity_of("/notes", headers).is_some(), "{headers:?}");
        }
        assert!(ambiguity_of("http://b/notes", &[("host", "a")]).is_some());
    }
}
