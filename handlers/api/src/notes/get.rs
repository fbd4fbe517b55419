//! `GET /notes/{noteId}`: one note.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{HeaderMap, Method, StatusCode, header};
use notewarden_domain::notes::NotesError;
use serde_json::{Value, json};

use super::{NoteAt, NoteBody};
use crate::{
    App,
    caller::SignedIn,
    etag, json,
    openapi::{header, note_content},
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::GET,
    path: "/notes/{noteId}",
    operation_id: "getNote",
    summary: "Read a note",
    auth: Auth::Iam,
    problems: &[Kind::Malformed, Kind::NotFound, Kind::PreconditionFailed],
    operation,
    handler: || routing::get(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    NoteAt(id): NoteAt,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let precondition = etag::precondition(&headers)?;
    let note = app.notes.get(&caller, id).await?;

    // For a read, `If-None-Match` asks whether there is news; `If-Match` comes first (RFC 9110, 13.2.2).
    let matches = precondition.matches;
    if matches.is_some_and(|versions| !versions.contains(note.version)) {
        return Err(NotesError::PreconditionFailed.into());
    }
    let known = precondition.excludes;
    let mut response = if known.is_some_and(|versions| versions.contains(note.version)) {
        let headers = [(header::CACHE_CONTROL, json::PRIVATE)];
        (StatusCode::NOT_MODIFIED, headers).into_response()
    } else {
        json::private(StatusCode::OK, &NoteBody::from(&note))?
    };
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
        "responses": {
            "200": {
                "description": "The note",
                "headers": { "ETag": header("ETag") },
                "content": note_content()
            },
            "304": {
                "description": "The note is as `If-None-Match` says",
                "headers": { "ETag": header("ETag") }
            }
        }
    })
}
