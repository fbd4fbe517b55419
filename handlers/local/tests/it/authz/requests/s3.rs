//! S3's operations.

use base64::Engine;
use http::Method;
use sha2::{Digest, Sha256};

use super::{Case, case};
use crate::support::Actor;

/// On objects in alice's folder unless the name says otherwise.
pub fn s3() -> Vec<Case> {
    let object = |name: &str,
                  method: Method,
                  query: &'static str,
                  headers: &'static [(&'static str, &'static str)]| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.put("file.txt", "alice's").await.ok();
                let body = if method == Method::PUT { "x" } else { "" };
                let path = alice.path("file.txt");
                alice.request(method, &format!("{path}{query}"), headers, body)
            }
        })
    };
    let bucket = |name: &str, method: Method, query: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                alice.request(
                    method,
                    &format!("/{}{query}", alice.place.output("Bucket")),
                    &[],
                    "",
                )
            }
        })
    };
    let key = |name: &str, method: Method, key: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move { alice.request(method, &alice.place.object(key), &[], "") }
        })
    };
    let folder = |name: &str, query: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| async move {
            let prefix = alice.key("").replace('/', "%2F").replace(':', "%3A");
            alice.request(
                Method::GET,
                &format!("/{}?{query}prefix={prefix}", alice.place.output("Bucket")),
                &[],
                "",
            )
        })
    };
    let upload = |name: &str, method: Method, query: &'static str, part: &'static str| {
        case(format!("s3 {name}"), "s3", move |alice: Actor| {
            let method = method.clone();
            async move {
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                alice.request(method, &format!("{path}?{query}uploadId={id}"), &[], part)
            }
        })
    };
    vec![
        object("GetObject", Method::GET, "", &[]),
        object(
            "GetObject of a version",
            Method::GET,
            "?versionId=null",
            &[],
        ),
        object("HeadObject", Method::HEAD, "", &[]),
        object("PutObject", Method::PUT, "", &[]),
        object("DeleteObject", Method::DELETE, "", &[]),
        object(
            "GetObjectAttributes",
            Method::GET,
            "?attributes",
            &[("x-amz-object-attributes", "ObjectSize")],
        ),
        object("GetObjectTagging", Method::GET, "?tagging", &[]),
        object(
            "PutObjectAcl",
            Method::PUT,
            "?acl",
            &[("x-amz-acl", "public-read")],
        ),
        key("GetObject of nobody's key", Method::GET, "shared.txt"),
        key("PutObject of nobody's key", Method::PUT, "shared.txt"),
        key("GetObject of an archive", Method::GET, "zip/any.zip"),
        case(
            "s3 GetObject of a missing key",
            "s3",
            |alice: Actor| async move {
                alice.request(Method::GET, &alice.path("missing.txt"), &[], "")
            },
        ),
        case(
            "s3 CopyObject from alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let source = alice.path("file.txt").replace(':', "%3A");
                let path = alice
                    .place
                    .object("private/us-east-1%3A00000000-0000-4000-8000-000000000000/copy.txt");
                alice.request(Method::PUT, &path, &[("x-amz-copy-source", &source)], "")
            },
        ),
        case(
            "s3 CopyObject within alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let source = alice.path("file.txt").replace(':', "%3A");
                let path = alice.path("copy.txt");
                alice.request(Method::PUT, &path, &[("x-amz-copy-source", &source)], "")
            },
        ),
        case("s3 DeleteObjects", "s3", |alice: Actor| async move {
            alice.put("file.txt", "alice's").await.ok();
            let body = format!(
                "<Delete><Object><Key>{}</Key></Object></Delete>",
                alice.key("file.txt")
            );
            let path = format!("/{}?delete", alice.place.output("Bucket"));
            let sum = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&body));
            alice.request(
                Method::POST,
                &path,
                &[("x-amz-checksum-sha256", &sum)],
                body,
            )
        }),
        folder("ListObjectsV2 of alice's folder", "list-type=2&"),
        folder("ListObjects of alice's folder", ""),
        bucket("ListObjectsV2 of the bucket", Method::GET, "?list-type=2"),
        bucket("HeadBucket", Method::HEAD, ""),
        bucket("GetBucketLocation", Method::GET, "?location"),
        bucket("GetBucketPolicy", Method::GET, "?policy"),
        bucket("DeleteBucket", Method::DELETE, ""),
        bucket("ListMultipartUploads", Method::GET, "?uploads"),
        case("s3 ListBuckets", "s3", |alice: Actor| async move {
            alice.request(Method::GET, "/", &[], "")
        }),
        case("s3 CreateBucket", "s3", |alice: Actor| async move {
            alice.request(Method::PUT, "/another-bucket", &[], "")
        }),
        object("CreateMultipartUpload", Method::POST, "?uploads", &[]),
        upload("UploadPart", Method::PUT, "partNumber=1&", "part"),
        case(
            "s3 UploadPartCopy within alice's folder",
            "s3",
            |alice: Actor| async move {
                alice.put("file.txt", "alice's").await.ok();
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                let source = alice.path("file.txt").replace(':', "%3A");
                alice.request(
                    Method::PUT,
                    &format!("{path}?partNumber=1&uploadId={id}"),
                    &[("x-amz-copy-source", &source)],
                    "",
                )
            },
        ),
        upload("ListParts", Method::GET, "", ""),
        upload("AbortMultipartUpload", Method::DELETE, "", ""),
        case(
            "s3 CompleteMultipartUpload",
            "s3",
            |alice: Actor| async move {
                let path = alice.path("upload.bin");
                let id = begin_upload(&alice, &path).await;
                let part = alice
                    .s3(
                        Method::PUT,
                        &format!("{path}?partNumber=1&uploadId={id}"),
                        &[],
                        "part",
                    )
                    .await
                    .ok();
                let etag = part.headers["etag"].to_str().unwrap();
                let body = format!(
                    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>"
                );
                alice.request(Method::POST, &format!("{path}?uploadId={id}"), &[], body)
            },
        ),
    ]
}

async fn begin_upload(alice: &Actor, path: &str) -> String {
    let begun = alice
        .s3(Method::POST, &format!("{path}?uploads"), &[], "")
        .await
        .ok();
    let text = begun.text();
    let (_, rest) = text.split_once("<UploadId>").unwrap();
    rest.split_once("</UploadId>").unwrap().0.to_owned()
}
