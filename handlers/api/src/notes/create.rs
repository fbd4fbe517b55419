//! `POST /notes`: a new note.

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::{NoteBody, members::NoteMembers};
use crate::{
    App,
    body::JsonBody,
    caller::SignedIn,
    etag, idempotency, json,
    openapi::{header, note_content},
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

const PATH: &str = "/notes";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::POST,
    path: PATH,
    operation_id: "createNote",
    summary: "Create a note",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
        Kind::KeyReused,
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
    let draft = body.members::<NoteMembers>()?.into_draft()?;
    let note = app.notes.create(&caller, draft, once).await?;

    let mut response = json::private(StatusCode::CREATED, &NoteBody::from(&note))?;
    let location = HeaderValue::try_from(format!("{PATH}/{}", note.id));
    let location = location.map_err(|error| Problem::fault(Kind::Internal, error))?;
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::ETAG, etag::of(&note));
    Ok(response)
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/IdempotencyKey" }],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "allOf": [{ "$ref": "#/components/schemas/NoteMembers" }],
                "required": ["content"]
            } } }
        },
        "responses": { "201": {
            "description": "The note",
            "headers": {
                "ETag": header("ETag"),
                "Location": { "schema": { "type": "string", "format": "uri-reference" } }
            },
            "content": note_content()
        } }
    })
}
