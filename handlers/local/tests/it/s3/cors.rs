//! Browsers.

use bytes::Bytes;
use http::{Method, Request};

use super::{alice, path};

#[tokio::test]
async fn browsers_may_ask_and_read_answers_errors_too() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let origin = ("origin", "https://app.example.com");
    alice.s3(Method::PUT, &target, &[origin], "x").await.ok();
    for key in ["file", "missing"] {
        let answer = alice
            .s3(
                Method::GET,
                &path(&alice.place, &alice.key(key)),
                &[origin],
                "",
            )
            .await;
        assert!(
            answer.headers.contains_key("access-control-allow-origin"),
            "{answer:?}"
        );
        let exposed = answer.headers["access-control-expose-headers"]
            .to_str()
            .unwrap()
            .to_ascii_lowercase();
        assert!(exposed.contains("etag"), "{exposed}");
        assert!(answer.headers["vary"].to_str().unwrap().contains("Origin"));
    }
    let unsigned = alice
        .place
        .send(alice.request(Method::GET, &target, &[origin], ""))
        .await;
    let unsigned = unsigned.s3_error(403, "AccessDenied");
    assert!(
        unsigned.headers.contains_key("access-control-allow-origin"),
        "{unsigned:?}"
    );
}

#[tokio::test]
async fn preflights_need_no_credentials() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let ask = async |headers: &[(&str, &str)]| {
        let mut request = Request::builder()
            .method(Method::OPTIONS)
            .uri(format!("{}{target}", alice.place.endpoint));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        alice.place.send(request.body(Bytes::new()).unwrap()).await
    };
    let origin = ("origin", "https://app.example.com");
    let allowed = ask(&[
        origin,
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type,x-amz-content-sha256,x-amz-date,x-amz-security-token,x-amz-checksum-crc32"),
    ])
    .await
    .ok();
    assert!(
        allowed.headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .contains("x-amz-date")
    );
    assert!(
        allowed.headers["access-control-allow-methods"]
            .to_str()
            .unwrap()
            .contains("PUT")
    );
    assert!(allowed.headers.contains_key("access-control-max-age"));
    ask(&[origin, ("access-control-request-method", "TRACE")])
        .await
        .s3_error(403, "AccessForbidden");
    ask(&[("access-control-request-method", "PUT")])
        .await
        .s3_error(400, "BadRequest");
    ask(&[origin]).await.s3_error(400, "BadRequest");
}
