//! What only the person at this machine sees: the inbox, the decisions, whether the server is well.

mod guard;
mod parameters;
pub mod playground;
mod stream;
mod users;

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use notewarden_userpool::RotateKeysError;
use serde_json::json;

pub use self::guard::COMMAND;
use self::parameters::Parameters;
use crate::{
    app::App,
    front::{self, Unread},
    outputs::Outputs,
    web,
    wire::{self, Response},
};

/// The most decisions of a list.
const MOST_DECISIONS: usize = 1_000;
/// What every answer here carries: it is kept nowhere, and no page of another origin may load it as anything.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Answers a request for `/_local/*`.
pub async fn handle(app: &Arc<App>, request: Unread) -> Response {
    let mut response = match guard::refusal(&request.parts, request.peer) {
        Some(message) => wire::json(StatusCode::FORBIDDEN, &json!({ "message": message })),
        None => answer(app, request).await,
    };
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

async fn answer(app: &Arc<App>, request: Unread) -> Response {
    let path = request.parts.uri.path().to_owned();
    let path = path.trim_start_matches("/_local/");
    match (&request.parts.method, path) {
        (&Method::GET, "" | "/_local") => web::page(app, web::CONSOLE).await,
        (&Method::GET, _) => show(app, &request.parts, path),
        (&Method::POST, "keys/rotate") => rotate_keys(app).await,
        (&Method::POST, "playground") => match request.read(playground::BODY_LIMIT).await {
            Ok(request) => playground::replay(app, &request.body).await,
            Err(error) => front::unread_body(error),
        },
        _ => wire::json(
            StatusCode::METHOD_NOT_ALLOWED,
            &json!({ "message": "only GET is served here" }),
        ),
    }
}

fn show(app: &App, parts: &Parts, path: &str) -> Response {
    let query = parts.uri.query().unwrap_or_default();
    match path {
        "inbox" => match app.user_pool.inbox() {
            Ok(messages) => wire::json(StatusCode::OK, &messages),
            Err(error) => unwell(&error),
        },
        "outputs" => wire::json(StatusCode::OK, &outputs(app, parts)),
        "stream" => stream::decisions(app.access.decisions()),
        "decisions" => match Parameters::read(query, MOST_DECISIONS) {
            Ok(Parameters { limit, after: None }) => {
                wire::json(StatusCode::OK, &app.access.decisions().latest(limit))
            }
            Ok(_) => bad("`after` is no parameter here"),
            Err(message) => bad(&message),
        },
        "users" => users::list(app, query),
        "playground" => playground::show(app),
        path => match path.split_once('/') {
            Some(("users", id)) => users::get(app, id),
            Some(("decisions", id)) => match app.access.decisions().on_request(id) {
                Some(decision) => wire::json(StatusCode::OK, &decision),
                None => not_found(),
            },
            _ => not_found(),
        },
    }
}

fn bad(message: &str) -> Response {
    wire::json(StatusCode::BAD_REQUEST, &json!({ "message": message }))
}

fn not_found() -> Response {
    wire::json(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }))
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
