//! `PUT /notes/{noteId}`: a change of a note; members that are absent stay.

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};

use super::{NoteAt, NoteBody, members::NoteMembers};
use crate::{
    App,
    body::JsonBody,
    caller::SignedIn,
    etag, json,
    openapi::{header, note_content},
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::PUT,
    path: "/notes/{noteId}",
    operation_id: "updateNote",
    summary: "Change a note",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::NotFound,
        Kind::PreconditionFailed,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
    ],
    operation,
    handler: || routing::put(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    NoteAt(id): NoteAt,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let precondition = etag::precondition(&headers)?;
    let change = body.members::<NoteMembers>()?.into_change()?;
    let updated = app.notes.update(&caller, id, &change, &precondition);
    let note = updated.await?;

    let mut response = json::private(StatusCode::OK, &NoteBody::from(&note))?;
    response.headers_mut().insert(header::ETAG, etag::of(&note));
    Ok(response)
}

fn operation() -> Value {
    json!({
        "parameters": [
            { "$ref": "#/components/parameters/NoteId" },
            { "$ref": "#/components/parameters/IfMatch" },
            { "$ref": "#/components/parameters/IfNoneMatch" }
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/NoteMembers" }
            } }
        },
        "responses": { "200": {
            "description": "The note as it is now",
            "headers": { "ETag": header("ETag") },
            "content": note_content()
        } }
    })
}
