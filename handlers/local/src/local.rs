//! What only the person at this machine sees: the inbox, the decisions, whether the server is well.

mod stream;

use std::net::SocketAddr;

use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use notewarden_userpool::RotateKeysError;
use serde_json::json;

use crate::{
    app::App,
    outputs::Outputs,
    web,
    wire::{self, Response},
};

/// Says that a request is a command. Pages of other origins cannot add it: their browser would have to ask first, and
/// is refused.
pub const COMMAND: &str = "x-notewarden-command";

/// How many decisions a list has unless it is asked for another number.
const DEFAULT_DECISIONS: usize = 100;

/// Answers a request for `/_local/*`.
pub async fn handle(app: &App, parts: &Parts, peer: SocketAddr) -> Response {
    if !is_local(parts, peer) {
        let message = "only this machine, by its own name, may see this";
        return wire::json(StatusCode::FORBIDDEN, &json!({ "message": message }));
    }
    let path = parts.uri.path().trim_start_matches("/_local/");
    let mut response = match (&parts.method, path) {
        (&Method::GET, "" | "/_local") => web::page(app, web::CONSOLE).await,
        (&Method::GET, _) => show(app, parts, path),
        (&Method::POST, "keys/rotate") if parts.headers.contains_key(COMMAND) => {
            rotate_keys(app).await
        }
        (&Method::POST, "keys/rotate") => {
            let message = format!("a command needs the header `{COMMAND}`");
            wire::json(StatusCode::FORBIDDEN, &json!({ "message": message }))
        }
        _ => wire::json(
            StatusCode::METHOD_NOT_ALLOWED,
            &json!({ "message": "only GET is served here" }),
        ),
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn show(app: &App, parts: &Parts, path: &str) -> Response {
    match path {
        "inbox" => match app.user_pool.inbox() {
            Ok(messages) => wire::json(StatusCode::OK, &messages),
            Err(error) => unwell(&error),
        },
        "outputs" => wire::json(StatusCode::OK, &outputs(app, parts)),
        "stream" => stream::decisions(app.access.decisions()),
        "decisions" => match limit(parts.uri.query().unwrap_or_default()) {
            Ok(limit) => wire::json(StatusCode::OK, &app.access.decisions().latest(limit)),
            Err(message) => wire::json(StatusCode::BAD_REQUEST, &json!({ "message": message })),
        },
        path => match path
            .strip_prefix("decisions/")
            .and_then(|id| app.access.decisions().on_request(id))
        {
            Some(decision) => wire::json(StatusCode::OK, &decision),
            None => wire::json(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" })),
        },
    }
}

/// The outputs, as this request reaches the server.
fn outputs(app: &App, parts: &Parts) -> Outputs {
    let host = parts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    app.outputs(&format!("http://{host}"))
}

async fn rotate_keys(app: &App) -> Response {
    match app.user_pool.rotate_keys().await {
        Ok(()) => wire::json(StatusCode::OK, &json!({})),
        Err(error @ RotateKeysError::TooOften) => wire::json(
            StatusCode::TOO_MANY_REQUESTS,
            &json!({ "message": error.to_string() }),
        ),
        Err(error) => unwell(&error),
    }
}

/// Answers `/healthz`: 200 when the stores answer.
pub fn health(app: &App) -> Response {
    match app.health() {
        Ok(()) => wire::json(StatusCode::OK, &json!({ "status": "ok" })),
        Err(error) => unwell(&error),
    }
}

/// Answers `/<user pool>/.well-known/<document>`.
pub async fn well_known(app: &App, document: &str) -> Response {
    let found = match document {
        "jwks.json" => app.user_pool.jwks().await,
        "openid-configuration" => Ok(app.user_pool.openid_configuration()),
        _ => return wire::json(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" })),
    };
    match found {
        Ok(value) => wire::json(StatusCode::OK, &value),
        Err(error) => unwell(&error),
    }
}

fn unwell(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a store does not answer");
    wire::json(
        StatusCode::SERVICE_UNAVAILABLE,
        &json!({ "message": "Service Unavailable" }),
    )
}

/// Whether the request comes from this machine and names it as itself: a page of another origin whose name
/// was rebound to this address has its own name in `Host`.
fn is_local(parts: &Parts, peer: SocketAddr) -> bool {
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    peer.ip().to_canonical().is_loopback() && matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn limit(query: &str) -> Result<usize, &'static str> {
    let mut limit = DEFAULT_DECISIONS;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let given = parameter
            .strip_prefix("limit=")
            .and_then(|number| number.parse().ok());
        limit = given
            .filter(|number| (1..=1_000).contains(number))
            .ok_or("`limit` must be a number from 1 to 1000")?;
    }
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(host: &str, peer: &str) -> bool {
        let (parts, ()) = http::Request::get("/_local/inbox")
            .header("host", host)
            .body(())
            .unwrap()
            .into_parts();
        is_local(&parts, peer.parse().unwrap())
    }

    #[test]
    fn only_this_machine_by_its_own_name() {
        for host in [
            "127.0.0.1:8787",
            "localhost",
            "localhost:1",
            "[::1]:8787",
            "[::1]",
        ] {
            assert!(local(host, "127.0.0.1:5000"), "{host}");
        }
        assert!(local("localhost", "[::ffff:127.0.0.1]:5000"));
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example:8787",
            "",
            "10.0.0.1",
        ] {
            assert!(!local(host, "127.0.0.1:5000"), "{host}");
        }
        assert!(!local("localhost", "10.0.0.1:5000"));
    }

    #[test]
    fn limits_are_bounded() {
        assert_eq!(limit(""), Ok(100));
        assert_eq!(limit("limit=1"), Ok(1));
        for bad in ["limit=0", "limit=1001", "limit=x", "limit=", "other=1"] {
            assert!(limit(bad).is_err(), "{bad}");
        }
    }
}
