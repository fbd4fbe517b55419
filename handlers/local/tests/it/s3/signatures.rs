//! SIG: what a signature covers, at S3's door. Nothing of a refused body is ever visible.

use std::time::Duration;

use http::{HeaderValue, Method};

use super::{
    alice, alice_and_bob,
    chunks::{SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER, crc32_trailer, unsigned},
    path,
};
use crate::support::{Actor, Signing};

/// Nothing is stored under `name`.
async fn is_absent(actor: &Actor, name: &str) {
    actor
        .read(&actor.key(name))
        .await
        .s3_error(404, "NoSuchKey");
}

#[tokio::test]
async fn sig_08_an_unsigned_copy_source_is_refused() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("source", "alice's").await.ok();
    let source = path(&alice.place, &alice.key("source"));
    let source: HeaderValue = source.trim_start_matches('/').parse().unwrap();
    for actor in [&alice, &bob] {
        let mut signed = actor.request(
            Method::PUT,
            &path(&actor.place, &actor.key("file")),
            &[],
            "",
        );
        Signing::new(&actor.keys, "s3").sign(&mut signed);
        for mut request in [signed, actor.link(Method::PUT, &actor.key("file"))] {
            request
                .headers_mut()
                .insert("x-amz-copy-source", source.clone());
            actor
                .place
                .send(request)
                .await
                .s3_error(403, "AccessDenied");
        }
        is_absent(actor, "file").await;
    }
}

#[tokio::test]
async fn sig_09_no_header_of_s3s_own_goes_unsigned() {
    let alice = alice().await;
    for name in [
        "x-amz-meta-owner",
        "x-amz-tagging",
        "x-amz-acl",
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "x-amz-security-token",
        "x-amz-checksum-crc32",
        "x-amz-whatever",
    ] {
        let mut signed = alice.request(
            Method::PUT,
            &path(&alice.place, &alice.key("file")),
            &[],
            "x",
        );
        Signing::new(&alice.keys, "s3").sign(&mut signed);
        for mut request in [signed, alice.link(Method::PUT, &alice.key("file"))] {
            request
                .headers_mut()
                .append(name, HeaderValue::from_static("x"));
            let answer = alice.place.send(request).await;
            assert!(
                matches!(answer.status.as_u16(), 400 | 403),
                "{name}: {answer:?}"
            );
            is_absent(&alice, "file").await;
        }
    }
    let mut link = alice.link(Method::PUT, &alice.key("file"));
    *link.body_mut() = "x".into();
    link.headers_mut().insert(
        "x-amz-content-sha256",
        HeaderValue::from_static("UNSIGNED-PAYLOAD"),
    );
    alice.place.send(link).await.ok();
}

#[tokio::test]
async fn sig_13_the_bytes_that_are_signed_are_authorized_and_served() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("secret", "alice's").await.ok();
    let (own, hers) = (bob.key(""), alice.key("secret"));
    let names = [
        "a/../b", "a//b", "a%2Fb", "a%252Fb", "a+b", "a b", "./a", "a/", "\u{e9}",
    ];
    for name in names {
        bob.write(&format!("{own}{name}"), name).await.ok();
    }
    for name in names {
        assert_eq!(bob.read(&format!("{own}{name}")).await.ok().text(), name);
    }
    let folder = path(&bob.place, &own);
    let escape = hers.replace("private/", "");
    for target in [
        format!("{folder}../{escape}"),
        format!("{folder}%2e%2e/{escape}"),
        format!("{folder}..%2f{escape}"),
        format!("{folder}%252e%252e/{escape}"),
        path(&bob.place, &hers).replace("private", "%70rivate"),
        path(&bob.place, &hers).replace("/private", "//private"),
    ] {
        let answer = bob.s3(Method::GET, &target, &[], "").await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403 | 404),
            "{target}: {answer:?}"
        );
        assert!(!answer.body.starts_with(b"alice's"));
    }
}

#[tokio::test]
async fn sig_14_the_body_is_the_one_that_was_signed() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let signed = |body: &'static str| {
        let mut request = alice.request(Method::PUT, &target, &[], body);
        Signing::new(&alice.keys, "s3").sign(&mut request);
        request
    };
    let mut changed = signed("text");
    *changed.body_mut() = "tex7".into();
    alice
        .place
        .send(changed)
        .await
        .s3_error(400, "XAmzContentSHA256Mismatch");
    is_absent(&alice, "file").await;
    for replaced in [
        "UNSIGNED-PAYLOAD",
        SIGNED,
        UNSIGNED_TRAILER,
        "garbage",
        "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        let mut request = signed("text");
        request
            .headers_mut()
            .insert("x-amz-content-sha256", HeaderValue::from_static(replaced));
        let answer = alice.place.send(request).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "`{replaced}`: {answer:?}"
        );
        is_absent(&alice, "file").await;
    }
    let mut missing = signed("text");
    missing.headers_mut().remove("x-amz-content-sha256");
    let answer = alice.place.send(missing).await;
    assert!(matches!(answer.status.as_u16(), 400 | 403), "{answer:?}");
    is_absent(&alice, "file").await;
}

#[tokio::test]
async fn sig_16_unsigned_chunks_need_a_signed_head() {
    let alice = alice().await;
    let body = unsigned(b"text", &crc32_trailer(b"text"));
    let head = || alice.upload("file", UNSIGNED_TRAILER, 4, Some("x-amz-checksum-crc32"));
    let mut forged = head();
    let authorization = forged.request.headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    let (start, _) = authorization.split_once("Signature=").unwrap();
    let wrong = format!("{start}Signature={}", "0".repeat(64))
        .parse()
        .unwrap();
    forged.request.headers_mut().insert("authorization", wrong);
    alice
        .finish(forged, body.clone())
        .await
        .s3_error(403, "SignatureDoesNotMatch");

    let mut none = head();
    none.request.headers_mut().remove("authorization");
    alice
        .finish(none, body.clone())
        .await
        .s3_error(403, "AccessDenied");

    let mut in_query = head();
    in_query.request.headers_mut().remove("authorization");
    let date = in_query.request.headers()["x-amz-date"]
        .to_str()
        .unwrap()
        .to_owned();
    let credential = format!(
        "{}%2F{}%2Fus-east-1%2Fs3%2Faws4_request",
        alice.keys.id,
        &date[..8]
    );
    let uri = format!(
        "{}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}",
        in_query.request.uri()
    );
    *in_query.request.uri_mut() = uri.parse().unwrap();
    let answer = alice.finish(in_query, body.clone()).await;
    assert!(matches!(answer.status.as_u16(), 400 | 403), "{answer:?}");
    is_absent(&alice, "file").await;
    alice.finish(head(), body).await.ok();
    assert_eq!(alice.read(&alice.key("file")).await.ok().text(), "text");
}

#[tokio::test]
async fn sig_17_every_way_to_send_chunks_works() {
    let alice = alice().await;
    let data: Vec<u8> = (0..200_000_u32).map(|at| (at % 253) as u8).collect();
    let (first, second) = data.split_at(131_072);
    let length = data.len();

    let mut upload = alice.upload("signed", SIGNED, length, None);
    let body = [upload.chunk(first), upload.chunk(second), upload.chunk(b"")].concat();
    alice.finish(upload, body).await.ok();

    let crc32 = Some("x-amz-checksum-crc32");
    let mut upload = alice.upload("trailer", SIGNED_TRAILER, length, crc32);
    let body = [
        upload.chunk(first),
        upload.chunk(second),
        upload.end_with(&crc32_trailer(&data)),
    ]
    .concat();
    alice.finish(upload, body).await.ok();

    let upload = alice.upload("unsigned", UNSIGNED_TRAILER, length, crc32);
    alice
        .finish(upload, unsigned(&data, &crc32_trailer(&data)))
        .await
        .ok();

    for name in ["signed", "trailer", "unsigned"] {
        let answer = alice.read(&alice.key(name)).await.ok();
        assert!(answer.body == data, "{name}");
        assert!(
            !answer.headers.contains_key("content-encoding"),
            "`aws-chunked` is not the object's"
        );
    }
}

#[tokio::test]
async fn sig_17_no_lie_about_chunks_stores_anything() {
    let alice = alice().await;
    let signed = |length: usize, make: &dyn Fn(&mut super::chunks::Upload) -> Vec<u8>| {
        let mut upload = alice.upload("file", SIGNED, length, None);
        let body = make(&mut upload);
        (upload, body)
    };
    let trailing = |length: usize, body: Vec<u8>| {
        (
            alice.upload(
                "file",
                UNSIGNED_TRAILER,
                length,
                Some("x-amz-checksum-crc32"),
            ),
            body,
        )
    };
    let lies = [
        (
            "changed data",
            signed(4, &|upload| {
                let mut body = [upload.chunk(b"text"), upload.chunk(b"")].concat();
                let at = body
                    .windows(4)
                    .position(|window| window == b"text")
                    .unwrap();
                body[at] = b'T';
                body
            }),
        ),
        (
            "a chunk's signature wrong",
            signed(4, &|upload| {
                let text =
                    String::from_utf8([upload.chunk(b"text"), upload.chunk(b"")].concat()).unwrap();
                text.replacen("chunk-signature=", "chunk-signature=0", 1)
                    .into()
            }),
        ),
        (
            "a chunk's signature missing",
            signed(4, &|upload| {
                [b"4\r\ntext\r\n".to_vec(), upload.chunk(b"")].concat()
            }),
        ),
        (
            "chunks swapped",
            signed(8, &|upload| {
                let [a, b] = [upload.chunk(b"text"), upload.chunk(b"more")];
                [b, a, upload.chunk(b"")].concat()
            }),
        ),
        ("no final chunk", signed(4, &|upload| upload.chunk(b"text"))),
        (
            "a size that overflows",
            signed(4, &|_| {
                b"ffffffffffffffffff;chunk-signature=0\r\ntext\r\n".to_vec()
            }),
        ),
        (
            "more than declared",
            signed(2, &|upload| {
                [upload.chunk(b"text"), upload.chunk(b"")].concat()
            }),
        ),
        (
            "less than declared",
            signed(9, &|upload| {
                [upload.chunk(b"text"), upload.chunk(b"")].concat()
            }),
        ),
        (
            "cut in a chunk",
            signed(4, &|upload| {
                let mut body = upload.chunk(b"text");
                body.truncate(body.len() - 4);
                body
            }),
        ),
        ("not chunked at all", signed(4, &|_| b"text".to_vec())),
        (
            "a wrong checksum in the trailer",
            trailing(4, unsigned(b"text", &crc32_trailer(b"other"))),
        ),
        (
            "no trailer",
            trailing(4, b"4\r\ntext\r\n0\r\n\r\n".to_vec()),
        ),
        (
            "another trailer than declared",
            trailing(
                4,
                unsigned(b"text", "x-amz-checksum-sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ),
        ),
        (
            "a trailer cut short",
            trailing(4, b"4\r\ntext\r\n0\r\nx-amz-checksum-crc32:".to_vec()),
        ),
    ];
    for (lie, (upload, body)) in lies {
        let answer = alice.finish(upload, body).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "{lie}: {answer:?}"
        );
        is_absent(&alice, "file").await;
    }
    // An unsigned trailer after signed chunks.
    let mut upload = alice.upload("file", SIGNED_TRAILER, 4, Some("x-amz-checksum-crc32"));
    let mut body = [upload.chunk(b"text"), upload.chunk(b"")].concat();
    body.truncate(body.len() - 2);
    body.extend_from_slice(format!("{}\r\n\r\n", crc32_trailer(b"text")).as_bytes());
    let answer = alice.finish(upload, body).await;
    assert!(matches!(answer.status.as_u16(), 400 | 403), "{answer:?}");
    is_absent(&alice, "file").await;
}

#[tokio::test]
async fn refusals_have_s3s_own_names() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    alice
        .place
        .send(alice.request(Method::GET, &target, &[], ""))
        .await
        .s3_error(403, "AccessDenied");
    let signed = async |change: &dyn Fn(&mut Signing)| {
        let mut request = alice.request(Method::GET, &target, &[], "");
        let mut signing = Signing::new(&alice.keys, "s3");
        change(&mut signing);
        signing.sign(&mut request);
        alice.place.send(request).await
    };
    signed(&|signing| signing.keys.secret = "wrong".to_owned())
        .await
        .s3_error(403, "SignatureDoesNotMatch");
    signed(&|signing| signing.keys.id = "AKIAUNKNOWNUNKNOWN00".to_owned())
        .await
        .s3_error(403, "InvalidAccessKeyId");
    signed(&|signing| signing.keys.token = Some("x".to_owned()))
        .await
        .s3_error(400, "InvalidToken");
    signed(&|signing| signing.at -= Duration::from_secs(960))
        .await
        .s3_error(403, "RequestTimeTooSkewed");
    signed(&|signing| signing.region = "eu-central-1")
        .await
        .s3_error(400, "AuthorizationHeaderMalformed");
}
