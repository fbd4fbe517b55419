//! `DELETE /archives/{archiveId}`: an archive is cancelled, or goes with its zip.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::ArchiveAt;
use crate::{
    App,
    caller::SignedIn,
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::DELETE,
    path: "/archives/{archiveId}",
    operation_id: "deleteArchive",
    summary: "Cancel an archive, or remove it",
    auth: Auth::Iam,
    problems: &[Kind::NotFound],
    operation,
    handler: || routing::delete(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    ArchiveAt(id): ArchiveAt,
) -> Result<Response, Problem> {
    app.archives.delete(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/ArchiveId" }],
        "responses": { "204": {
            "description": "A job under way is cancelled; one that had ended is gone with its zip"
        } }
    })
}
