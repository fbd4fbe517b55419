//! Which IAM actions an S3 operation needs, and on what. An operation that is not here is denied.
//!
//! After “Actions, resources, and condition keys for Amazon S3” of the Service Authorization Reference.

use http::{HeaderMap, Method};
use s3s::{S3Result, dto::CopySource, path::S3Path, s3_error};

use super::query::Query;

/// An action on a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// `s3:Action`.
    pub action: &'static str,
    /// The ARN.
    pub resource: String,
    /// Condition keys of this action alone.
    pub context: Vec<(&'static str, String)>,
}

/// What the decision log names when a signature is refused before the operation is known.
pub fn likely(method: &Method) -> &'static str {
    match *method {
        Method::GET | Method::HEAD => "s3:GetObject",
        Method::DELETE => "s3:DeleteObject",
        _ => "s3:PutObject",
    }
}

/// Everything that must be allowed for the operation; `None` for an operation without a mapping.
///
/// `DeleteObjects` needs nothing by itself: each of its keys is asked for when they are known.
///
/// # Errors
/// The source of a copy cannot be read.
pub fn needed(
    operation: &str,
    path: &S3Path,
    query: &Query,
    headers: &HeaderMap,
) -> S3Result<Option<Vec<Needed>>> {
    Ok(match path {
        S3Path::Root => {
            (operation == "ListBuckets").then(|| vec![of("s3:ListAllMyBuckets", "*".to_owned())])
        }
        S3Path::Bucket { bucket } => on_bucket(operation, bucket, query),
        S3Path::Object { bucket, key } => {
            on_object(operation, &object_arn(bucket, key), query, headers)?
        }
    })
}

/// The ARN of a bucket.
pub fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

/// The ARN of an object.
pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

fn of(action: &'static str, resource: String) -> Needed {
    Needed {
        action,
        resource,
        context: Vec::new(),
    }
}

fn on_bucket(operation: &str, bucket: &str, query: &Query) -> Option<Vec<Needed>> {
    let action = match operation {
        "DeleteObjects" => return Some(Vec::new()),
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => "s3:ListBucket",
        "ListObjectVersions" => "s3:ListBucketVersions",
        "ListMultipartUploads" => "s3:ListBucketMultipartUploads",
        "CreateBucket" => "s3:CreateBucket",
        "DeleteBucket" => "s3:DeleteBucket",
        "DeleteBucketPolicy" => "s3:DeleteBucketPolicy",
        "DeleteBucketWebsite" => "s3:DeleteBucketWebsite",
        "GetBucketAcl" => "s3:GetBucketAcl",
        "GetBucketCors" => "s3:GetBucketCORS",
        "GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "s3:GetLifecycleConfiguration",
        "GetBucketLocation" => "s3:GetBucketLocation",
        "GetBucketLogging" => "s3:GetBucketLogging",
        "GetBucketNotificationConfiguration" => "s3:GetBucketNotification",
        "GetBucketOwnershipControls" => "s3:GetBucketOwnershipControls",
        "GetBucketPolicy" => "s3:GetBucketPolicy",
        "GetBucketPolicyStatus" => "s3:GetBucketPolicyStatus",
        "GetBucketRequestPayment" => "s3:GetBucketRequestPayment",
        "GetBucketTagging" => "s3:GetBucketTagging",
        "GetBucketVersioning" => "s3:GetBucketVersioning",
        "GetBucketWebsite" => "s3:GetBucketWebsite",
        "GetObjectLockConfiguration" => "s3:GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
        "PutBucketAcl" => "s3:PutBucketAcl",
        "PutBucketCors" | "DeleteBucketCors" => "s3:PutBucketCORS",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "s3:PutEncryptionConfiguration",
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => {
            "s3:PutLifecycleConfiguration"
        }
        "PutBucketLogging" => "s3:PutBucketLogging",
        "PutBucketNotificationConfiguration" => "s3:PutBucketNotification",
        "PutBucketOwnershipControls" | "DeleteBucketOwnershipControls" => {
            "s3:PutBucketOwnershipControls"
        }
        "PutBucketPolicy" => "s3:PutBucketPolicy",
        "PutBucketRequestPayment" => "s3:PutBucketRequestPayment",
        "PutBucketTagging" | "DeleteBucketTagging" => "s3:PutBucketTagging",
        "PutBucketVersioning" => "s3:PutBucketVersioning",
        "PutBucketWebsite" => "s3:PutBucketWebsite",
        "PutObjectLockConfiguration" => "s3:PutBucketObjectLockConfiguration",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "s3:PutBucketPublicAccessBlock",
        _ => return None,
    };
    let mut needed = of(action, bucket_arn(bucket));
    if matches!(action, "s3:ListBucket" | "s3:ListBucketVersions") {
        for (parameter, key) in [
            ("prefix", "s3:prefix"),
            ("delimiter", "s3:delimiter"),
            ("max-keys", "s3:max-keys"),
        ] {
            needed
                .context
                .extend(query.get(parameter).map(|value| (key, value.to_owned())));
        }
    }
    Some(vec![needed])
}

fn on_object(
    operation: &str,
    resource: &str,
    query: &Query,
    headers: &HeaderMap,
) -> S3Result<Option<Vec<Needed>>> {
    let versioned = |plain, of_version| {
        if query.get("versionId").is_some() {
            of_version
        } else {
            plain
        }
    };
    let mut actions = Vec::new();
    let mut source = None;
    match operation {
        "GetObject" | "HeadObject" | "SelectObjectContent" => {
            actions.push(versioned("s3:GetObject", "s3:GetObjectVersion"));
        }
        "GetObjectAttributes" => {
            actions.push(versioned("s3:GetObject", "s3:GetObjectVersion"));
            actions.push(versioned(
                "s3:GetObjectAttributes",
                "s3:GetObjectVersionAttributes",
            ));
        }
        "PutObject" | "CreateMultipartUpload" | "CopyObject" => {
            actions.push("s3:PutObject");
            let sets = |start: &str| headers.keys().any(|name| name.as_str().starts_with(start));
            if sets("x-amz-acl") || sets("x-amz-grant-") {
                actions.push("s3:PutObjectAcl");
            }
            if sets("x-amz-tagging") {
                actions.push("s3:PutObjectTagging");
            }
            if sets("x-amz-object-lock-legal-hold") {
                actions.push("s3:PutObjectLegalHold");
            }
            if sets("x-amz-object-lock-mode") || sets("x-amz-object-lock-retain") {
                actions.push("s3:PutObjectRetention");
            }
            if operation == "CopyObject" {
                source = Some(copied(headers)?);
            }
        }
        "UploadPart" | "CompleteMultipartUpload" => actions.push("s3:PutObject"),
        "UploadPartCopy" => {
            actions.push("s3:PutObject");
            source = Some(copied(headers)?);
        }
        "AbortMultipartUpload" => actions.push("s3:AbortMultipartUpload"),
        "ListParts" => actions.push("s3:ListMultipartUploadParts"),
        "DeleteObject" => actions.push(versioned("s3:DeleteObject", "s3:DeleteObjectVersion")),
        "GetObjectAcl" => actions.push(versioned("s3:GetObjectAcl", "s3:GetObjectVersionAcl")),
        "PutObjectAcl" => actions.push(versioned("s3:PutObjectAcl", "s3:PutObjectVersionAcl")),
        "GetObjectTagging" => actions.push(versioned(
            "s3:GetObjectTagging",
            "s3:GetObjectVersionTagging",
        )),
        "PutObjectTagging" => actions.push(versioned(
            "s3:PutObjectTagging",
            "s3:PutObjectVersionTagging",
        )),
        "DeleteObjectTagging" => {
            actions.push(versioned(
                "s3:DeleteObjectTagging",
                "s3:DeleteObjectVersionTagging",
            ));
        }
        "GetObjectLegalHold" => actions.push("s3:GetObjectLegalHold"),
        "PutObjectLegalHold" => actions.push("s3:PutObjectLegalHold"),
        "GetObjectRetention" => actions.push("s3:GetObjectRetention"),
        "PutObjectRetention" => actions.push("s3:PutObjectRetention"),
        "GetObjectTorrent" => actions.push("s3:GetObjectTorrent"),
        "RestoreObject" => actions.push("s3:RestoreObject"),
        _ => return Ok(None),
    }
    let target = actions
        .into_iter()
        .map(|action| of(action, resource.to_owned()));
    Ok(Some(target.chain(source).collect()))
}

/// What reading the source of a copy needs.
fn copied(headers: &HeaderMap) -> S3Result<Needed> {
    let invalid = || {
        s3_error!(
            InvalidArgument,
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        )
    };
    let header = headers.get("x-amz-copy-source").ok_or_else(invalid)?;
    let source = header.to_str().map_err(|_| invalid())?;
    // The operation reads the same header with the same parser.
    match CopySource::parse(source).map_err(|_| invalid())? {
        CopySource::Bucket {
            bucket,
            key,
            version_id,
        } => {
            let action = if version_id.is_some() {
                "s3:GetObjectVersion"
            } else {
                "s3:GetObject"
            };
            Ok(of(action, object_arn(&bucket, &key)))
        }
        _ => Err(s3_error!(NotImplemented, "Access points are not served")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(
        operation: &str,
        path: &S3Path,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Option<Vec<String>> {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let query = Query::parse(query).unwrap();
        let needed = needed(operation, path, &query, &headers).unwrap()?;
        Some(
            needed
                .into_iter()
                .map(
                    |Needed {
                         action,
                         resource,
                         context,
                     }| {
                        let context: Vec<_> = context
                            .iter()
                            .map(|(key, value)| format!(" {key}={value}"))
                            .collect();
                        format!("{action} {resource}{}", context.concat())
                    },
                )
                .collect(),
        )
    }

    #[test]
    fn operations_need_what_the_reference_says() {
        let bucket = S3Path::bucket("b");
        let object = S3Path::object("b", "k");
        let cases = [
            (
                "GetObject",
                &object,
                "",
                &[][..],
                vec!["s3:GetObject arn:aws:s3:::b/k"],
            ),
            (
                "HeadObject",
                &object,
                "versionId=1",
                &[],
                vec!["s3:GetObjectVersion arn:aws:s3:::b/k"],
            ),
            (
                "ListObjectsV2",
                &bucket,
                "list-type=2&prefix=p/&delimiter=/",
                &[],
                vec!["s3:ListBucket arn:aws:s3:::b s3:prefix=p/ s3:delimiter=/"],
            ),
            (
                "ListObjects",
                &bucket,
                "",
                &[],
                vec!["s3:ListBucket arn:aws:s3:::b"],
            ),
            (
                "CopyObject",
                &object,
                "",
                &[("x-amz-copy-source", "/other/a%2Fb")],
                vec![
                    "s3:PutObject arn:aws:s3:::b/k",
                    "s3:GetObject arn:aws:s3:::other/a/b",
                ],
            ),
            (
                "UploadPartCopy",
                &object,
                "uploadId=1&partNumber=1",
                &[("x-amz-copy-source", "other/k?versionId=v")],
                vec![
                    "s3:PutObject arn:aws:s3:::b/k",
                    "s3:GetObjectVersion arn:aws:s3:::other/k",
                ],
            ),
            (
                "PutObject",
                &object,
                "",
                &[("x-amz-acl", "private"), ("x-amz-tagging", "a=b")],
                vec![
                    "s3:PutObject arn:aws:s3:::b/k",
                    "s3:PutObjectAcl arn:aws:s3:::b/k",
                    "s3:PutObjectTagging arn:aws:s3:::b/k",
                ],
            ),
            ("DeleteObjects", &bucket, "delete", &[], vec![]),
            (
                "ListBuckets",
                &S3Path::Root,
                "",
                &[],
                vec!["s3:ListAllMyBuckets *"],
            ),
        ];
        for (operation, path, query, headers, expected) in cases {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(
                ask(operation, path, query, headers),
                Some(expected),
                "{operation}"
            );
        }
    }

    #[test]
    fn what_is_not_mapped_is_not_served() {
        assert_eq!(
            ask("WriteGetObjectResponse", &S3Path::bucket("b"), "", &[]),
            None
        );
        assert_eq!(ask("CreateSession", &S3Path::bucket("b"), "", &[]), None);
        assert_eq!(ask("GetObject", &S3Path::Root, "", &[]), None);
        assert_eq!(ask("PutObject", &S3Path::bucket("b"), "", &[]), None);
    }
}
