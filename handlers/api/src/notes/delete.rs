//! `DELETE /notes/{noteId}`: a note goes, and with it the files that only it names.

use std::error::Error;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing,
};
use http::{HeaderMap, Method, StatusCode};
use notewarden_domain::notes::Fate;
use serde_json::{Value, json};

use super::NoteAt;
use crate::{
    App,
    caller::{RequestId, SignedIn},
    etag,
    problem::{Kind, Problem},
    query::Parameters,
    routes::{Auth, RouteInfo},
};

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::DELETE,
    path: "/notes/{noteId}",
    operation_id: "deleteNote",
    summary: "Delete a note",
    auth: Auth::Iam,
    problems: &[Kind::Malformed, Kind::NotFound, Kind::PreconditionFailed],
    operation,
    handler: || routing::delete(handle),
};

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    NoteAt(id): NoteAt,
    RequestId(request_id): RequestId,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let precondition = etag::precondition(&headers)?;
    let fate = parameters.choice(
        "attachments",
        [("keep", Fate::Keep), ("delete", Fate::Delete)],
    )?;
    let deleted = app.notes.delete(&caller, id, &precondition, fate).await?;

    // The note is gone, which is what was asked for; its owner still has the file and can remove it.
    for (_, error) in &deleted.left_behind {
        tracing::warn!(
            request_id,
            note_id = %id,
            error = error as &dyn Error,
            "a deleted note's file could not be removed"
        );
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn operation() -> Value {
    json!({
        "parameters": [
            { "$ref": "#/components/parameters/NoteId" },
            { "$ref": "#/components/parameters/IfMatch" },
            { "$ref": "#/components/parameters/IfNoneMatch" },
            {
                "name": "attachments",
                "in": "query",
                "description": "What becomes of the files that no other note names",
                "schema": { "type": "string", "enum": ["keep", "delete"], "default": "delete" }
            }
        ],
        "responses": { "204": { "description": "The note is gone" } }
    })
}
