//! What S3's clients need of objects.

use http::Method;

use super::{alice, elements, encode, path};

#[tokio::test]
async fn headers_and_metadata_come_back() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let kept = [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment; filename=\"a b\""),
        ("content-encoding", "gzip"),
        ("content-language", "de"),
        ("expires", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ("x-amz-meta-color", "blue"),
        ("x-amz-meta-empty-not", "0"),
    ];
    alice.s3(Method::PUT, &target, &kept, "text").await.ok();
    for method in [Method::HEAD, Method::GET] {
        let answer = alice.s3(method, &target, &[], "").await.ok();
        for (name, value) in kept {
            assert_eq!(answer.headers[name], value, "{name}");
        }
        assert_eq!(answer.headers["content-length"], "4");
        assert_eq!(answer.headers["accept-ranges"], "bytes");
    }
    alice
        .s3(
            Method::PUT,
            &path(&alice.place, &alice.key("plain")),
            &[],
            "",
        )
        .await
        .ok();
    let plain = alice
        .s3(
            Method::HEAD,
            &path(&alice.place, &alice.key("plain")),
            &[],
            "",
        )
        .await
        .ok();
    assert_eq!(plain.headers["content-type"], "binary/octet-stream");
    let large = "x".repeat(2_100);
    alice
        .s3(Method::PUT, &target, &[("x-amz-meta-a", &large)], "")
        .await
        .s3_error(400, "MetadataTooLarge");
}

#[tokio::test]
async fn ranges_are_answered_as_s3_does() {
    let alice = alice().await;
    alice.put("file", "0123456789").await.ok();
    let target = path(&alice.place, &alice.key("file"));
    for (range, status, body, told) in [
        ("bytes=0-3", 206, "0123", Some("bytes 0-3/10")),
        ("bytes=8-", 206, "89", Some("bytes 8-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=5-500", 206, "56789", Some("bytes 5-9/10")),
        ("bytes=-500", 206, "0123456789", Some("bytes 0-9/10")),
        ("bytes=3-1", 200, "0123456789", None),
        ("lines=1-2", 200, "0123456789", None),
        ("bytes=0-1,4-5", 200, "0123456789", None),
    ] {
        let answer = alice
            .s3(Method::GET, &target, &[("range", range)], "")
            .await
            .status(status);
        assert_eq!(answer.text(), body, "{range}");
        assert_eq!(
            answer
                .headers
                .get("content-range")
                .map(|value| value.to_str().unwrap()),
            told,
            "{range}"
        );
    }
    let none = alice
        .s3(Method::GET, &target, &[("range", "bytes=10-")], "")
        .await
        .s3_error(416, "InvalidRange");
    assert_eq!(none.headers["content-range"], "bytes */10");
}

#[tokio::test]
async fn conditional_reads_save_the_bytes() {
    let alice = alice().await;
    alice.put("file", "text").await.ok();
    let target = path(&alice.place, &alice.key("file"));
    let head = alice.s3(Method::HEAD, &target, &[], "").await.ok();
    let etag = head.headers["etag"].to_str().unwrap();
    let at = head.headers["last-modified"].to_str().unwrap();
    for (name, value, status) in [
        ("if-none-match", etag, 304),
        ("if-none-match", "\"other\"", 200),
        ("if-match", etag, 200),
        ("if-match", "\"other\"", 412),
        ("if-modified-since", at, 304),
        ("if-unmodified-since", at, 200),
        ("if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT", 412),
    ] {
        let answer = alice
            .s3(Method::GET, &target, &[(name, value)], "")
            .await
            .status(status);
        if status == 304 {
            assert!(
                answer.body.is_empty() && answer.headers["etag"] == etag,
                "{answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_checksum_stores_nothing() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    for (name, value) in [
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("x-amz-checksum-crc32c", "AAAAAA=="),
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
        ("x-amz-checksum-sha1", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (
            "x-amz-checksum-sha256",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        ("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ] {
        alice
            .s3(Method::PUT, &target, &[(name, value)], "text")
            .await
            .s3_error(400, "BadDigest");
        alice
            .read(&alice.key("file"))
            .await
            .s3_error(404, "NoSuchKey");
    }
    for (name, value) in [("x-amz-checksum-crc32", "short"), ("content-md5", "short")] {
        let answer = alice
            .s3(Method::PUT, &target, &[(name, value)], "text")
            .await;
        assert_eq!(answer.status.as_u16(), 400, "{answer:?}");
    }
    alice
        .read(&alice.key("file"))
        .await
        .s3_error(404, "NoSuchKey");
}

#[tokio::test]
async fn a_right_checksum_comes_back_when_asked_for() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let sum = ("x-amz-checksum-crc32", "y/Q5Jg==");
    let stored = alice
        .s3(Method::PUT, &target, &[sum], "123456789")
        .await
        .ok();
    assert_eq!(stored.headers[sum.0], sum.1);
    let plain = alice.s3(Method::HEAD, &target, &[], "").await.ok();
    assert!(!plain.headers.contains_key(sum.0));
    let asked = alice
        .s3(
            Method::GET,
            &target,
            &[("x-amz-checksum-mode", "ENABLED")],
            "",
        )
        .await
        .ok();
    assert_eq!(
        (&asked.headers[sum.0], &asked.headers["x-amz-checksum-type"]),
        (&sum.1.parse().unwrap(), &"FULL_OBJECT".parse().unwrap())
    );
    alice.put("default", "123456789").await.ok();
    let default = path(&alice.place, &alice.key("default"));
    let asked = alice
        .s3(
            Method::HEAD,
            &default,
            &[("x-amz-checksum-mode", "ENABLED")],
            "",
        )
        .await
        .ok();
    assert_eq!(asked.headers["x-amz-checksum-crc64nvme"], "rosUhgp5mIg=");
}

#[tokio::test]
async fn a_folder_is_listed_in_pages() {
    let alice = alice().await;
    for name in ["a", "b/1", "b/2", "c", "d"] {
        alice.put(name, name).await.ok();
    }
    let prefix = encode(&alice.key(""));
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = alice
            .list(&format!("prefix={prefix}&delimiter=/&max-keys=2{token}"))
            .await
            .ok();
        let document = page.text().to_owned();
        seen.extend(elements(&document, "Key").into_iter().map(str::to_owned));
        for group in elements(&document, "CommonPrefixes") {
            seen.extend(elements(group, "Prefix").into_iter().map(str::to_owned));
        }
        match elements(&document, "NextContinuationToken").first() {
            Some(next) => token = format!("&continuation-token={next}"),
            None => break,
        }
    }
    seen.sort();
    assert_eq!(seen, ["a", "b/", "c", "d"].map(|name| alice.key(name)));
    alice
        .list(&format!("prefix={prefix}&continuation-token=!"))
        .await
        .s3_error(400, "InvalidArgument");
    alice
        .list(&format!("prefix={prefix}&max-keys=-1"))
        .await
        .s3_error(400, "InvalidArgument");
}

#[tokio::test]
async fn attributes_are_told_as_asked() {
    let alice = alice().await;
    alice.put("file", "123456789").await.ok();
    let target = format!("{}?attributes", path(&alice.place, &alice.key("file")));
    let asked = ("x-amz-object-attributes", "ETag,ObjectSize, Checksum");
    let answer = alice.s3(Method::GET, &target, &[asked], "").await.ok();
    let document = answer.text();
    assert_eq!(elements(document, "ObjectSize"), ["9"]);
    assert_eq!(elements(document, "ChecksumCRC64NVME"), ["rosUhgp5mIg="]);
    assert_eq!(elements(document, "ETag").len(), 1);
    assert_eq!(elements(document, "StorageClass"), [""; 0]);
}

#[tokio::test]
async fn large_objects_come_in_parts() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("large"));
    let id = alice.begin(&alice.key("large")).await;
    let bytes: Vec<u8> = (0..(5 << 20) + 1_000_u32)
        .map(|at| (at % 251) as u8)
        .collect();
    let mut parts = String::new();
    for (number, part) in bytes.chunks(5 << 20).enumerate() {
        let number = number + 1;
        let put = format!("{target}?partNumber={number}&uploadId={id}");
        let stored = alice.s3(Method::PUT, &put, &[], part.to_vec()).await.ok();
        let etag = stored.headers["etag"].to_str().unwrap();
        parts += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    let one = format!("{target}?uploadId={id}");
    let listed = alice.s3(Method::GET, &one, &[], "").await.ok();
    assert_eq!(elements(listed.text(), "Size"), ["5242880", "1000"]);
    let document = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
    for _ in 0..2 {
        let done = alice
            .s3(Method::POST, &one, &[], document.clone())
            .await
            .ok();
        assert!(
            elements(done.text(), "ETag")[0].contains("-2"),
            "{}",
            done.text()
        );
    }
    assert!(alice.read(&alice.key("large")).await.ok().body == bytes);
    let second = alice
        .s3(Method::GET, &format!("{target}?partNumber=2"), &[], "")
        .await
        .status(206);
    assert_eq!(
        (second.body.len(), &second.headers["x-amz-mp-parts-count"]),
        (1_000, &"2".parse().unwrap())
    );
    alice
        .s3(Method::DELETE, &one, &[], "")
        .await
        .s3_error(404, "NoSuchUpload");
    for number in ["0", "10001", "x"] {
        let bad = format!("{target}?partNumber={number}&uploadId={id}");
        let answer = alice.s3(Method::PUT, &bad, &[], "x").await;
        assert_eq!(answer.status.as_u16(), 400, "{number}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_not_served_is_refused_in_words() {
    let alice = alice().await;
    let admin = alice.admin();
    let target = path(&alice.place, &alice.key("file"));
    for (name, value, status, code) in [
        (
            "x-amz-server-side-encryption",
            "aws:kms",
            501,
            "NotImplemented",
        ),
        (
            "x-amz-server-side-encryption-customer-algorithm",
            "AES256",
            501,
            "NotImplemented",
        ),
        ("x-amz-tagging", "a=b", 501, "NotImplemented"),
        ("x-amz-storage-class", "GLACIER", 400, "InvalidStorageClass"),
        (
            "x-amz-acl",
            "public-read",
            400,
            "AccessControlListNotSupported",
        ),
        (
            "x-amz-expected-bucket-owner",
            "111111111111",
            403,
            "AccessDenied",
        ),
    ] {
        alice
            .s3(Method::PUT, &target, &[(name, value)], "x")
            .await
            .s3_error(status, code);
    }
    let bucket = format!("/{}", alice.place.output("Bucket"));
    for query in ["policy", "acl", "versioning", "lifecycle"] {
        let target = format!("{bucket}?{query}");
        alice
            .s3(Method::GET, &target, &[], "")
            .await
            .s3_error(403, "AccessDenied");
        admin
            .s3(Method::GET, &target, &[], "")
            .await
            .s3_error(501, "NotImplemented");
    }
    // Without an action that stands for it, not even the administrator may.
    admin
        .s3(Method::GET, &format!("{bucket}?session"), &[], "")
        .await
        .s3_error(403, "AccessDenied");
    admin
        .s3(Method::GET, "/other-bucket", &[], "")
        .await
        .s3_error(404, "NoSuchBucket");
    alice
        .s3(Method::GET, "/other-bucket", &[], "")
        .await
        .s3_error(403, "AccessDenied");
}

#[tokio::test]
async fn errors_name_their_request_and_heads_have_no_body() {
    let alice = alice().await;
    let missing = alice
        .read(&alice.key("missing"))
        .await
        .s3_error(404, "NoSuchKey");
    let id = missing.headers["x-amz-request-id"].to_str().unwrap();
    assert_eq!(elements(missing.text(), "RequestId"), [id]);
    assert_eq!(missing.headers["x-amzn-requestid"], id);
    let head = alice
        .s3(
            Method::HEAD,
            &path(&alice.place, &alice.key("missing")),
            &[],
            "",
        )
        .await
        .status(404);
    assert!(head.body.is_empty());
}
