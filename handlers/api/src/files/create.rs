//! `POST /files`: a link to store one file.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response, routing};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use notewarden_domain::{FileName, Invalid, Timestamp, files::NewFile, ports::SignedLink};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    App,
    body::JsonBody,
    caller::SignedIn,
    idempotency, json,
    member::{breaks, given, optional, parsed, required},
    path::encode_path,
    problem::{Kind, Problem},
    routes::{Auth, RouteInfo},
};

const PATH: &str = "/files";

pub(crate) const ROUTE: RouteInfo = RouteInfo {
    method: Method::POST,
    path: PATH,
    operation_id: "createFile",
    summary: "Get a link to store a file",
    auth: Auth::Iam,
    problems: &[
        Kind::Malformed,
        Kind::TooLarge,
        Kind::FileTooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
        Kind::KeyReused,
        Kind::OverQuota,
    ],
    operation,
    handler: || routing::post(handle),
};

/// What a body says of a new file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileMembers {
    #[serde(default, deserialize_with = "given")]
    name: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    size: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    content_type: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    crc32: Option<Value>,
}

impl FileMembers {
    fn into_file(self) -> Result<NewFile, Problem> {
        Ok(NewFile {
            name: parsed("name", &required("name", self.name)?)?,
            size: size(&required("size", self.size)?)?,
            content_type: parsed("contentType", &required("contentType", self.content_type)?)?,
            crc32: optional("crc32", self.crc32)?,
        })
    }
}

fn size(value: &Value) -> Result<u64, Problem> {
    match value {
        Value::Number(number) => number
            .as_u64()
            .ok_or_else(|| breaks(&Invalid::new("size", "must be a whole number of bytes"))),
        _ => Err(Problem::malformed("size", "must be a number")),
    }
}

/// The answer.
#[derive(Serialize)]
struct Created<'a> {
    name: &'a FileName,
    upload: UploadBody<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadBody<'a> {
    method: &'static str,
    url: &'a str,
    headers: BTreeMap<&'a str, &'a str>,
    expires_at: Timestamp,
}

impl<'a> From<&'a SignedLink> for UploadBody<'a> {
    fn from(link: &'a SignedLink) -> Self {
        let headers = link.headers.iter();
        Self {
            method: link.method,
            url: &link.url,
            headers: headers.map(|(name, value)| (&**name, &**value)).collect(),
            expires_at: link.expires_at,
        }
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let once = idempotency::once(&headers, &Method::POST, PATH, &body.0)?;
    let file = body.members::<FileMembers>()?.into_file()?;
    let name = file.name.clone();
    let link = app.files.upload(&caller, file, once).await?;

    let created = Created {
        name: &name,
        upload: UploadBody::from(&link),
    };
    let mut response = json::private(StatusCode::CREATED, &created)?;
    let location = HeaderValue::try_from(encode_path(&format!("{PATH}/{name}")));
    let location = location.map_err(|error| Problem::fault(Kind::Internal, error))?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(response)
}

fn operation() -> Value {
    let crc32 = json!({
        "type": ["string", "null"], "pattern": "^[0-9A-Fa-f]{8}$",
        "description": "The CRC-32 of its bytes, which the store then checks: archives need not read the file"
    });
    json!({
        "parameters": [{ "$ref": "#/components/parameters/IdempotencyKey" }],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["name", "size", "contentType"],
                "properties": {
                    "name": { "$ref": "#/components/schemas/FileName" },
                    "size": { "type": "integer", "format": "int64", "minimum": 0, "description": "Bytes" },
                    "contentType": { "type": "string", "maxLength": 255, "examples": ["image/png"] },
                    "crc32": crc32
                }
            } } }
        },
        "responses": { "201": {
            "description": "A link that stores this file, and replaces one of its name",
            "headers": { "Location": { "schema": { "type": "string", "format": "uri-reference" } } },
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Upload" } } }
        } }
    })
}
