//! `DELETE /files/{name…}`: a file goes, unless notes still name it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::FileAt;
use crate::{
    App,
    caller::SignedIn,
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::DELETE,
    path: "/files/{name+}",
    operation_id: "deleteFile",
    summary: "Delete a file",
    auth: Auth::Iam,
    problems: &[Kind::Malformed, Kind::NotFound, Kind::FileInUse],
    operation,
    handler: || routing::delete(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    FileAt(name): FileAt,
    parameters: Parameters,
) -> Result<Response, Problem> {
    let force = parameters.flag("force")?;
    app.files.delete(&caller, &name, force).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn operation() -> Value {
    json!({
        "parameters": [
            { "$ref": "#/components/parameters/Name" },
            {
                "name": "force",
                "in": "query",
                "description": "Also if notes still name it",
                "allowEmptyValue": true,
                "schema": { "type": "string", "enum": ["", "true", "false"] }
            }
        ],
        "responses": { "204": { "description": "The file is gone" } }
    })
}
