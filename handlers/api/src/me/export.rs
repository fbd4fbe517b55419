//! `POST /me/export`: a zip of all that the caller has.

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, Method};
use notewarden_domain::{archive::ArchiveName, archives::Wanted};
use serde_json::{Value, json};

use crate::{
    App,
    archives::{accepted, accepted_response},
    body::JsonBody,
    caller::SignedIn,
    idempotency,
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

const PATH: &str = "/me/export";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::POST,
    path: PATH,
    operation_id: "exportMe",
    summary: "Ask for a zip of all your notes and files",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::Gone,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
        Kind::KeyReused,
        Kind::TooManyArchives,
    ],
    operation,
    handler: || routing::post(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let once = idempotency::once(&headers, &Method::POST, PATH, &body.0)?;
    let name: ArchiveName = "export.zip"
        .parse()
        .map_err(|error| Problem::fault(Kind::Internal, error))?;
    let wanted = Wanted::everything();
    let job = app.archives.request(&caller, wanted, name, once).await?;
    accepted(&job)
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/IdempotencyKey" }],
        "responses": { "202": accepted_response() }
    })
}
