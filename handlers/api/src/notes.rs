//! Notes on the wire: one file per endpoint, and what they share.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
mod members;
pub(crate) mod update;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, Timestamp, Version, note::MAX_ATTACHMENTS,
    note::MAX_CONTENT_CHARS, notes::NotesError,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::problem::Problem;

/// A note as clients see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoteBody<'a> {
    user_id: &'a IdentityId,
    note_id: NoteId,
    content: &'a str,
    attachments: &'a [FileName],
    /// The first of the attachments: for clients that know of one only.
    attachment: Option<&'a FileName>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: Version,
}

impl<'a> From<&'a Note> for NoteBody<'a> {
    fn from(note: &'a Note) -> Self {
        Self {
            user_id: &note.owner,
            note_id: note.id,
            content: note.content.as_str(),
            attachments: note.attachments.names(),
            attachment: note.attachments.names().first(),
            created_at: note.created_at,
            updated_at: note.updated_at,
            version: note.version,
        }
    }
}

/// The note that a path names. A name that no note can have is one that no note has.
struct NoteAt(NoteId);

impl<S: Send + Sync> FromRequestParts<S> for NoteAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(|| NotesError::NotFound.into())
    }
}

/// The schemas of what goes over the wire.
pub(crate) fn schemas() -> [(&'static str, Value); 3] {
    let time = |what: &str| {
        json!({ "type": "integer", "format": "int64", "minimum": 0,
                "description": format!("{what}, in milliseconds since the Unix epoch") })
    };
    let content = json!({ "type": "string", "maxLength": MAX_CONTENT_CHARS });
    let names = json!({
        "type": ["array", "null"],
        "items": { "$ref": "#/components/schemas/FileName" },
        "maxItems": MAX_ATTACHMENTS,
        "description": "Files in your folder that belong to the note; they must exist"
    });
    let name = json!({
        "anyOf": [{ "$ref": "#/components/schemas/FileName" }, { "type": "null" }],
        "description": "The same for one file: the first of `attachments`"
    });
    let file_name = json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 960,
        "description": "A relative path in your folder, at most 960 bytes of UTF-8"
    });
    let note = json!({
        "type": "object",
        "required": ["userId", "noteId", "content", "attachments", "attachment", "createdAt",
                     "updatedAt", "version"],
        "properties": {
            "userId": { "type": "string", "description": "The owner's identity id" },
            "noteId": { "type": "string", "format": "uuid" },
            "content": content,
            "attachments": { "type": "array", "maxItems": MAX_ATTACHMENTS,
                             "items": { "$ref": "#/components/schemas/FileName" } },
            "attachment": name,
            "createdAt": time("When the note was created"),
            "updatedAt": time("When it was last changed"),
            "version": { "type": "integer", "format": "int64", "minimum": 1,
                         "description": "How often it has been written; its entity tag" }
        }
    });
    let members = json!({
        "type": "object",
        "properties": { "content": content, "attachments": names, "attachment": name }
    });
    [
        ("FileName", file_name),
        ("Note", note),
        ("NoteMembers", members),
    ]
}
