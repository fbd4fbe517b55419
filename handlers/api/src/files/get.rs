//! `GET /files/{name…}`: what is known of a file, or a link to its bytes.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{FileAt, FileBody, download_parameter, redirect_response};
use crate::{
    App,
    caller::SignedIn,
    json,
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: "/files/{name+}",
    operation_id: "getFile",
    summary: "Look at a file, or download it",
    auth: Auth::Iam,
    problems: &[Kind::Malformed, Kind::NotFound],
    operation,
    handler: || routing::get(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FileAt(name): FileAt,
    parameters: Parameters,
) -> Result<Response, Problem> {
    if parameters.flag("download")? {
        let link = app.files.download(&caller, &name).await?;
        return json::redirect(&link);
    }
    let meta = app.files.describe(&caller, &name).await?;
    json::private(StatusCode::OK, &FileBody::new(&name, &meta))
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/Name" }, download_parameter()],
        "responses": {
            "200": {
                "description": "What is known of the file",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/File" } } }
            },
            "307": redirect_response()
        }
    })
}
