//! Values that tests need and do not care about.

use std::time::Duration;

use notewarden_domain::{
    Content, FileName, IdentityId, Note, NoteId, Timestamp, Version,
    archive::{ArchiveId, Job, Progress},
    idempotency::{IDEMPOTENCY_WINDOW, IdempotencyClaim, RequestHash},
    note::Attachments,
    ports::IdSource,
};
use serde_json::{Value, json};
use uuid::Builder;

/// When tests begin: 2026-11-21T12:00:00Z.
pub const NOON: Timestamp = Timestamp::from_millis(1_795_262_400_000);

/// A moment `seconds` after [`NOON`].
pub fn noon_plus(seconds: u64) -> Timestamp {
    NOON.plus(Duration::from_secs(seconds))
}

/// Somebody new.
pub fn identity(ids: &dyn IdSource) -> IdentityId {
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    let uuid = Builder::from_random_bytes(bytes).into_uuid();
    IdentityId::new("us-east-1", uuid).expect("the region is valid")
}

/// The file name `name`.
pub fn file(name: &str) -> FileName {
    name.parse().expect("the name of a test's file is valid")
}

/// The text `text`.
pub fn content(text: impl Into<String>) -> Content {
    Content::try_from(text.into()).expect("the content of a test's note is valid")
}

/// The attachments `names`.
pub fn attachments(names: &[&str]) -> Attachments {
    let names: Vec<_> = names.iter().copied().map(file).collect();
    Attachments::try_from(names).expect("a test's note has few attachments")
}

/// A new note of `owner` with the text `text`, created at `now`.
pub fn note(owner: &IdentityId, ids: &dyn IdSource, now: Timestamp, text: &str) -> Note {
    Note {
        owner: owner.clone(),
        id: NoteId::new(ids.uuid_v7(now)),
        content: content(text),
        attachments: Attachments::default(),
        created_at: now,
        updated_at: now,
        version: Version::FIRST,
    }
}

/// `note` with the text `text`, as its next version, changed a second later.
#[must_use]
pub fn changed(note: &Note, text: &str) -> Note {
    Note {
        content: content(text),
        updated_at: note.updated_at.plus(Duration::from_secs(1)),
        version: note.version.next(),
        ..note.clone()
    }
}

/// A new job of `owner`, asked for at `now`, of two files with five bytes.
pub fn job(owner: &IdentityId, ids: &dyn IdSource, now: Timestamp) -> Job {
    let id = ArchiveId::new(ids.uuid_v7(now));
    let selected = Progress { files: 2, bytes: 5 };
    let name = "photos.zip".parse().expect("the name is valid");
    Job::queued(owner.clone(), id, name, selected, now)
}

/// The claim of `owner` on `key` for a request that `request` stands for, made at `now`.
pub fn claim(owner: &IdentityId, key: &str, request: u8, now: Timestamp) -> IdempotencyClaim {
    IdempotencyClaim {
        owner: owner.clone(),
        key: key.parse().expect("the key is valid"),
        request: RequestHash([request; 32]),
        expires_at: now.plus(IDEMPOTENCY_WINDOW),
    }
}

/// The `requestContext` that an HTTP API with IAM authorization builds for `identity`, signed in through a
/// user pool (payload format 2.0; “Working with AWS Lambda proxy integrations for HTTP APIs”).
pub fn request_context(identity: &IdentityId, method: &str, path: &str) -> Value {
    let mut context = unsigned_request_context(method, path);
    let role = "arn:aws:sts::000000000000:assumed-role/AuthRole/CognitoIdentityCredentials";
    let authorizer = json!({
        "iam": {
            "accessKey": "ASIAXXXXXXXXXXXXXXXX",
            "accountId": "000000000000",
            "callerId": "AROAXXXXXXXXXXXXXXXXX:CognitoIdentityCredentials",
            "cognitoIdentity": {
                "amr": [
                    "authenticated",
                    "cognito-idp.us-east-1.amazonaws.com/us-east-1_Example",
                    "cognito-idp.us-east-1.amazonaws.com/us-east-1_Example:CognitoSignIn:8a6e2f0e-5d3c-4b2a-9f10-2f1d3c4b5a69"
                ],
                "identityId": identity,
                "identityPoolId": "us-east-1:5d1f9d6a-7f4e-4c37-8f5b-0b8c7a9e2d10"
            },
            "principalOrgId": null,
            "userArn": role,
            "userId": "AROAXXXXXXXXXXXXXXXXX:CognitoIdentityCredentials"
        }
    });
    if let Some(members) = context.as_object_mut() {
        members.insert("authorizer".to_owned(), authorizer);
    }
    context
}

/// The `requestContext` of a route without authorization.
pub fn unsigned_request_context(method: &str, path: &str) -> Value {
    json!({
        "accountId": "000000000000",
        "apiId": "abcde12345",
        "domainName": "abcde12345.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": "abcde12345",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "testkit"
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": "$default",
        "stage": "$default",
        "time": "21/Nov/2026:12:00:00 +0000",
        "timeEpoch": NOON
    })
}
