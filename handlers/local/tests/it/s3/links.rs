//! SIG: presigned links, at S3's door.

use std::time::Duration;

use http::{HeaderValue, Method, Request};

use super::{alice, alice_and_bob, path};
use crate::support::Signing;

/// A link with one parameter of its query changed or added.
fn changed(mut link: Request<bytes::Bytes>, from: &str, to: &str) -> Request<bytes::Bytes> {
    let uri = link.uri().to_string();
    let changed = if from.is_empty() {
        format!("{uri}&{to}")
    } else {
        uri.replacen(from, to, 1)
    };
    assert_ne!(changed, uri, "`{from}` is not in the link");
    *link.uri_mut() = changed.parse().unwrap();
    link
}

#[tokio::test]
async fn sig_18_links_are_held_to_their_word() {
    let alice = alice().await;
    alice.put("file", "text").await.ok();
    let link = || alice.link(Method::GET, &alice.key("file"));
    assert_eq!(alice.place.send(link()).await.ok().text(), "text");
    for (from, to) in [
        ("X-Amz-Expires=60", "X-Amz-Expires=0"),
        ("X-Amz-Expires=60", "X-Amz-Expires=-1"),
        ("X-Amz-Expires=60", "X-Amz-Expires=abc"),
        ("X-Amz-Expires=60", "X-Amz-Expires=604801"),
        ("X-Amz-Expires=60", "X-Amz-Expires=99999999999999999999"),
        ("X-Amz-Expires=60", "X-Amz-Expires=61"),
        ("/file", "/other"),
        ("", "response-content-type=text%2Fhtml"),
        ("", "versionId=null"),
        ("", "X-Amz-Expires=60"),
        ("", "x-amz-acl=public-read"),
        ("X-Amz-Signature=", "X-Amz-Nothing="),
    ] {
        let answer = alice.place.send(changed(link(), from, to)).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 403),
            "`{from}` → `{to}`: {answer:?}"
        );
        assert_ne!(answer.body, "text");
    }
    let mut other_method = link();
    *other_method.method_mut() = Method::DELETE;
    alice
        .place
        .send(other_method)
        .await
        .s3_error(403, "SignatureDoesNotMatch");
    let mut both = link();
    both.headers_mut().insert(
        "authorization",
        HeaderValue::from_static("AWS4-HMAC-SHA256 Credential=x"),
    );
    let answer = alice.place.send(both).await;
    assert!(matches!(answer.status.as_u16(), 400 | 403), "{answer:?}");

    let at = |offset: i64, lifetime: u64| {
        let mut request = alice.request(
            Method::GET,
            &path(&alice.place, &alice.key("file")),
            &[],
            "",
        );
        let now = Signing::new(&alice.keys, "s3");
        let distance = Duration::from_secs(offset.unsigned_abs());
        let at = if offset < 0 {
            now.at - distance
        } else {
            now.at + distance
        };
        Signing {
            at,
            presign: Some(Duration::from_secs(lifetime)),
            ..now
        }
        .sign(&mut request);
        request
    };
    let expired = alice
        .place
        .send(at(-120, 60))
        .await
        .s3_error(403, "AccessDenied");
    assert!(
        expired.text().contains("Request has expired"),
        "{expired:?}"
    );
    let ahead = alice
        .place
        .send(at(3_600, 60))
        .await
        .s3_error(403, "AccessDenied");
    assert!(
        ahead.text().contains("Request is not yet valid"),
        "{ahead:?}"
    );
    alice
        .place
        .send(at(0, 604_801))
        .await
        .s3_error(400, "AuthorizationQueryParametersError");
    alice.read(&alice.key("file")).await.ok();
}

#[tokio::test]
async fn headers_that_presigners_put_into_the_query_count() {
    let alice = alice().await;
    let target = path(&alice.place, &alice.key("file"));
    let put = async |query: &str, body: &'static str| {
        let mut request = alice.request(Method::PUT, &format!("{target}?{query}"), &[], body);
        let minute = Some(Duration::from_secs(60));
        Signing {
            presign: minute,
            ..Signing::new(&alice.keys, "s3")
        }
        .sign(&mut request);
        alice.place.send(request).await
    };
    put("x-amz-meta-color=blue&x-id=PutObject", "text")
        .await
        .ok();
    let head = alice.s3(Method::HEAD, &target, &[], "").await.ok();
    assert_eq!(head.headers["x-amz-meta-color"], "blue");
    put("x-amz-checksum-crc32=AAAAAA%3D%3D", "text")
        .await
        .s3_error(400, "BadDigest");
    put("x-amz-acl=public-read", "text")
        .await
        .s3_error(400, "AccessControlListNotSupported");
}

#[tokio::test]
async fn sig_19_a_link_is_authorized_when_it_is_used() {
    let (alice, bob) = alice_and_bob().await;
    alice.put("file", "text").await.ok();
    // Bob can sign a link to anything; it is the policy of the moment that decides.
    let link = bob.link(Method::GET, &alice.key("file"));
    let denied = bob.place.send(link).await.s3_error(403, "AccessDenied");
    assert_eq!(
        bob.place.decision_on(&denied).await["decision"],
        "ImplicitlyDenied"
    );
    let mut other_token = alice.clone();
    other_token.keys.token.clone_from(&bob.keys.token);
    let link = other_token.link(Method::GET, &alice.key("file"));
    alice.place.send(link).await.s3_error(400, "InvalidToken");
    let mut no_token = alice.clone();
    no_token.keys.token = None;
    let link = no_token.link(Method::GET, &alice.key("file"));
    alice
        .place
        .send(link)
        .await
        .s3_error(403, "InvalidAccessKeyId");
}
