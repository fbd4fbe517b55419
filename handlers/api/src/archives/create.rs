//! `POST /archives`: a zip of many files, made later.

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, Method};
use notewarden_domain::{archive::ArchiveName, archives::Wanted};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{accepted, accepted_response};
use crate::{
    App,
    body::{JsonBody, MAX_BODY_BYTES},
    caller::SignedIn,
    idempotency,
    member::{given, names, optional},
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

const PATH: &str = "/archives";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::POST,
    path: PATH,
    operation_id: "createArchive",
    summary: "Ask for a zip of your files",
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

/// What a body says of a new archive.
#[derive(Deserialize)]
struct ArchiveMembers {
    #[serde(default, deserialize_with = "given")]
    files: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    prefix: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    name: Option<Value>,
}

impl ArchiveMembers {
    fn into_wanted(self) -> Result<(Wanted, ArchiveName), Problem> {
        let named = self.files.map(|value| names("files", value)).transpose()?;
        let wanted = Wanted {
            names: named.unwrap_or_default(),
            prefix: optional("prefix", self.prefix)?,
            with_notes: false,
        };
        Ok((wanted, optional("name", self.name)?.unwrap_or_default()))
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let once = idempotency::once(&headers, &Method::POST, PATH, &body.0)?;
    let (wanted, name) = body.members::<ArchiveMembers>()?.into_wanted()?;
    let job = app.archives.request(&caller, wanted, name, once).await?;
    accepted(&job)
}

fn operation() -> Value {
    json!({
        "parameters": [{ "$ref": "#/components/parameters/IdempotencyKey" }],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "type": "object",
                "properties": {
                    "files": {
                        "type": ["array", "null"],
                        "items": { "$ref": "#/components/schemas/FileName" },
                        "description": format!(
                            "These files, which must exist. A body has at most {MAX_BODY_BYTES} bytes, which the longest \
                             names fill with 1,400: what is more is selected by `prefix`"
                        )
                    },
                    "prefix": { "type": ["string", "null"],
                                "description": "And all files whose names start with this" },
                    "name": { "type": ["string", "null"], "maxLength": 200, "default": "archive.zip",
                              "description": "What the zip is called when it is downloaded" }
                }
            } } }
        },
        "responses": { "202": accepted_response() }
    })
}
