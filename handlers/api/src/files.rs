//! Files on the wire: one file per endpoint, and what they share.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use notewarden_domain::{FileName, Timestamp, files::FilesError, ports::FileMeta};
use serde::Serialize;
use serde_json::{Value, json};

use crate::problem::Problem;

/// A file as clients see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileBody<'a> {
    name: &'a FileName,
    size: u64,
    content_type: &'a str,
    etag: &'a str,
    modified_at: Timestamp,
}

impl<'a> FileBody<'a> {
    fn new(name: &'a FileName, meta: &'a FileMeta) -> Self {
        Self {
            name,
            size: meta.size,
            content_type: meta.content_type.as_str(),
            etag: &meta.etag,
            modified_at: meta.modified_at,
        }
    }
}

/// The file that the rest of a path names. A name that no file can have is one that no file has.
struct FileAt(FileName);

impl<S: Send + Sync> FromRequestParts<S> for FileAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let name = named.ok().and_then(|Path(name)| name.parse().ok());
        name.map(Self).ok_or_else(|| FilesError::NotFound.into())
    }
}

/// What an answer that sends the client on to a link holds, as OpenAPI has it.
pub(crate) fn redirect_response() -> Value {
    json!({
        "description": "With `download`: where the bytes are, for a few minutes",
        "headers": { "Location": { "schema": { "type": "string", "format": "uri" } } }
    })
}

/// The flag that asks for the bytes.
pub(crate) fn download_parameter() -> Value {
    json!({
        "name": "download",
        "in": "query",
        "description": "Answer with a link to the bytes",
        "allowEmptyValue": true,
        "schema": { "type": "string", "enum": ["", "true", "false"] }
    })
}

/// The schemas of what goes over the wire.
pub(crate) fn schemas() -> [(&'static str, Value); 2] {
    let file = json!({
        "type": "object",
        "required": ["name", "size", "contentType", "etag", "modifiedAt"],
        "properties": {
            "name": { "$ref": "#/components/schemas/FileName" },
            "size": { "type": "integer", "format": "int64", "minimum": 0, "description": "Bytes" },
            "contentType": { "type": "string", "description": "The media type that it was stored with" },
            "etag": { "type": "string", "description": "Another one whenever the file is replaced" },
            "modifiedAt": { "type": "integer", "format": "int64", "minimum": 0,
                            "description": "When it was stored, in milliseconds since the Unix epoch" }
        }
    });
    let upload = json!({
        "type": "object",
        "required": ["name", "upload"],
        "properties": {
            "name": { "$ref": "#/components/schemas/FileName" },
            "upload": {
                "type": "object",
                "description": "The request that stores the file, and nothing but this file",
                "required": ["method", "url", "headers", "expiresAt"],
                "properties": {
                    "method": { "type": "string", "const": "PUT" },
                    "url": { "type": "string", "format": "uri" },
                    "headers": { "type": "object", "additionalProperties": { "type": "string" },
                                 "description": "Headers that the request must carry" },
                    "expiresAt": { "type": "integer", "format": "int64",
                                   "description": "When the link ceases to work, in milliseconds since the Unix epoch" }
                }
            }
        }
    });
    [("File", file), ("Upload", upload)]
}
