//! `GET /archives/{archiveId}`: how far an archive is, or a link to its zip.

use axum::{extract::State, response::Response, routing};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ArchiveAt, JobBody, job_content};
use crate::{
    App,
    caller::SignedIn,
    files::{download_parameter, redirect_response},
    json,
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: "/archives/{archiveId}",
    operation_id: "getArchive",
    summary: "Look at an archive, or download its zip",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::NotFound,
        Kind::ArchiveNotReady,
        Kind::Gone,
    ],
    operation,
    handler: || routing::get(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    ArchiveAt(id): ArchiveAt,
    parameters: Parameters,
) -> Result<Response, Problem> {
    if parameters.flag("download")? {
        let link = app.archives.download(&caller, id).await?;
        return json::redirect(&link);
    }
    let job = app.archives.get(&caller, id).await?;
    json::private(StatusCode::OK, &JobBody::from(&job))
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/ArchiveId" }, download_parameter()],
        "responses": {
            "200": { "description": "The archive's job", "content": job_content() },
            "307": redirect_response()
        }
    })
}
