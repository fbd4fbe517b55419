//! Parts that are copied.

use http::Method;

use super::{alice, elements};

/// The base64 of the CRC-32 of `123456789`, as published with the polynomial.
const CHECKSUM: &str = "y/Q5Jg==";

/// As AWS documents `UploadPartCopy`: the answer has the checksum that the upload asked for.
#[tokio::test]
async fn part_copies_are_answered_with_the_checksum_of_the_upload() {
    let alice = alice().await;
    alice.put("source", "xx123456789yy").await.ok();
    let source = alice.path("source").replace(':', "%3A");
    let path = alice.path("copy");
    let asked = [
        ("x-amz-checksum-algorithm", "CRC32"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
    ];
    let begin = format!("{path}?uploads");
    let begun = alice.s3(Method::POST, &begin, &asked, "").await.ok();
    let id = elements(begun.text(), "UploadId")[0];

    let part = format!("{path}?partNumber=1&uploadId={id}");
    let what = [
        ("x-amz-copy-source", source.as_str()),
        ("x-amz-copy-source-range", "bytes=2-10"),
    ];
    let copied = alice.s3(Method::PUT, &part, &what, "").await.ok();
    let copied = copied.text();
    assert_eq!(elements(copied, "ChecksumCRC32"), [CHECKSUM], "{copied}");

    let etag = elements(copied, "ETag")[0];
    let body = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag>\
         <ChecksumCRC32>{CHECKSUM}</ChecksumCRC32></Part></CompleteMultipartUpload>"
    );
    let finish = format!("{path}?uploadId={id}");
    let done = alice.s3(Method::POST, &finish, &[], body).await.ok();
    let done = done.text();
    assert_eq!(elements(done, "ChecksumCRC32"), [CHECKSUM], "{done}");
    let mode = [("x-amz-checksum-mode", "ENABLED")];
    let read = alice.s3(Method::GET, &path, &mode, "").await.ok();
    assert_eq!(read.headers["x-amz-checksum-crc32"], CHECKSUM);
    assert_eq!(read.headers["x-amz-checksum-type"], "FULL_OBJECT");
    assert_eq!(read.body, "123456789");
}
