//! Archives on the wire: one file per endpoint, and what they share.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;

use axum::{
    extract::{FromRequestParts, Path},
    response::Response,
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use notewarden_domain::{
    FileName, Timestamp,
    archive::{ArchiveId, Job, MAX_MISSING_NAMES, Status, Toll},
    archives::ArchivesError,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    json as answer,
    problem::{Kind, Problem},
};

/// After how many seconds a job that was asked for is worth a look.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// An archive's job as clients see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JobBody<'a> {
    archive_id: ArchiveId,
    status: Status,
    name: &'a str,
    files_total: u64,
    files_done: u64,
    bytes_total: u64,
    bytes_done: u64,
    missing: &'a [FileName],
    missing_total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    created_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Cost::is_unknown")]
    cost: Cost,
}

/// What the zip costs, in US dollars.
#[derive(Serialize)]
struct Cost {
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<f64>,
}

impl Cost {
    const fn is_unknown(&self) -> bool {
        self.expected.is_none() && self.actual.is_none()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sum of money that has more digits than that is nobody's"
)]
fn dollars(toll: Toll) -> f64 {
    toll.nanodollars as f64 / 1e9
}

impl<'a> From<&'a Job> for JobBody<'a> {
    fn from(job: &'a Job) -> Self {
        Self {
            archive_id: job.id,
            status: job.status(),
            name: job.name.as_str(),
            files_total: job.files_total,
            files_done: job.progress.files,
            bytes_total: job.bytes_total,
            bytes_done: job.progress.bytes,
            missing: job.missing.names(),
            missing_total: job.missing.count(),
            size: job.size(),
            created_at: job.created_at,
            expires_at: job.expires_at,
            error: job.failure().map(|failure| failure.to_string()),
            cost: Cost {
                expected: job.expected.map(dollars),
                actual: job.actual.map(dollars),
            },
        }
    }
}

/// The answer to a request that a job was made for.
pub(crate) fn accepted(job: &Job) -> Result<Response, Problem> {
    let mut response = answer::private(StatusCode::ACCEPTED, &JobBody::from(job))?;
    let location = HeaderValue::try_from(format!("/archives/{}", job.id));
    let location = location.map_err(|error| Problem::fault(Kind::Internal, error))?;
    response.headers_mut().insert(header::LOCATION, location);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, RETRY_AFTER);
    Ok(response)
}

/// [`accepted`], as OpenAPI has it.
pub(crate) fn accepted_response() -> Value {
    json!({
        "description": "The job, which waits for a worker",
        "headers": {
            "Location": { "schema": { "type": "string", "format": "uri-reference" } },
            "Retry-After": { "schema": { "type": "integer" } }
        },
        "content": job_content()
    })
}

/// What an answer with one job holds.
fn job_content() -> Value {
    json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Archive" } } })
}

/// The archive that a path names. A name that no archive can have is one that no archive has.
struct ArchiveAt(ArchiveId);

impl<S: Send + Sync> FromRequestParts<S> for ArchiveAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let named = Path::<String>::from_request_parts(parts, state).await;
        let id = named.ok().and_then(|Path(id)| id.parse().ok());
        id.map(Self).ok_or_else(|| ArchivesError::NotFound.into())
    }
}

/// The schemas of what goes over the wire.
pub(crate) fn schemas() -> [(&'static str, Value); 1] {
    let count = |what: &str| json!({ "type": "integer", "format": "int64", "minimum": 0, "description": what });
    let dollars = |what: &str| json!({ "type": "number", "minimum": 0, "description": what });
    let archive = json!({
        "type": "object",
        "required": ["archiveId", "status", "name", "filesTotal", "filesDone", "bytesTotal", "bytesDone",
                     "missing", "missingTotal", "createdAt", "expiresAt"],
        "properties": {
            "archiveId": { "type": "string", "format": "uuid" },
            "status": { "type": "string",
                        "enum": ["queued", "running", "ready", "failed", "cancelled", "expired"] },
            "name": { "type": "string", "description": "What the zip is called when it is downloaded" },
            "filesTotal": count("How many files were selected"),
            "filesDone": count("How many are in the zip, or known to be missing"),
            "bytesTotal": count("How many bytes the files had when they were selected"),
            "bytesDone": count("How many of them are done"),
            "missing": { "type": "array", "maxItems": MAX_MISSING_NAMES,
                         "items": { "$ref": "#/components/schemas/FileName" },
                         "description": "The first of the files that were gone when the zip was made" },
            "missingTotal": count("How many files were gone"),
            "size": count("Bytes of the zip, while there is one"),
            "createdAt": count("When it was asked for, in milliseconds since the Unix epoch"),
            "expiresAt": count("When the zip is removed, in milliseconds since the Unix epoch"),
            "error": { "type": "string", "description": "Why there is no zip" },
            "cost": {
                "type": "object",
                "description": "What the zip costs its provider, in US dollars",
                "properties": {
                    "expected": dollars("What the plan says"),
                    "actual": dollars("What it was")
                }
            }
        }
    });
    [("Archive", archive)]
}
