//! S3's condition keys that any request may have, from what was signed.

use http::HeaderMap;
use notewarden_sigv4::Form;

use super::plain::Facts;
use crate::deployment::ACCOUNT_ID;

/// Headers that are condition keys of the same name.
const HEADERS: [(&str, &str); 13] = [
    ("if-match", "s3:if-match"),
    ("if-none-match", "s3:if-none-match"),
    ("x-amz-acl", "s3:x-amz-acl"),
    ("x-amz-copy-source", "s3:x-amz-copy-source"),
    ("x-amz-grant-full-control", "s3:x-amz-grant-full-control"),
    ("x-amz-grant-read", "s3:x-amz-grant-read"),
    ("x-amz-grant-read-acp", "s3:x-amz-grant-read-acp"),
    ("x-amz-grant-write-acp", "s3:x-amz-grant-write-acp"),
    ("x-amz-metadata-directive", "s3:x-amz-metadata-directive"),
    ("x-amz-object-lock-mode", "s3:object-lock-mode"),
    (
        "x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption",
    ),
    ("x-amz-storage-class", "s3:x-amz-storage-class"),
    (
        "x-amz-website-redirect-location",
        "s3:x-amz-website-redirect-location",
    ),
];

/// The keys of a request.
pub fn of(facts: &Facts, headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let form = match facts.form {
        Form::Header => "REST-HEADER",
        Form::Presigned => "REST-QUERY-STRING",
    };
    let mut keys = vec![
        ("s3:authType", form.to_owned()),
        ("s3:signatureversion", "AWS4-HMAC-SHA256".to_owned()),
        ("s3:ResourceAccount", ACCOUNT_ID.to_owned()),
    ];
    for (header, key) in HEADERS {
        let value = headers.get(header).and_then(|value| value.to_str().ok());
        keys.extend(value.map(|value| (key, value.to_owned())));
    }
    keys.extend(
        facts
            .query
            .get("versionId")
            .map(|id| ("s3:VersionId", id.to_owned())),
    );
    keys
}
