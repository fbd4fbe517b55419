//! SIG: signatures that are not right, at the HTTP API's door. Each is refused, and the decision log tells why.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use serde_json::json;

use crate::support::{Actor, Answer, Keys, Place, Signing};

const NOTE: &str = r#"{"content":"signed"}"#;

/// Signs a `POST /notes` as told, changes it, and sends it.
async fn send_with(
    actor: &Actor,
    prepare: impl FnOnce(&mut Signing),
    tamper: impl FnOnce(&mut Request<Bytes>),
) -> Answer {
    let mut request = actor.request(
        Method::POST,
        "/notes?x=1&y=2",
        &[("content-type", "application/json"), ("x-amz-meta", "1")],
        NOTE,
    );
    let mut signing = Signing::new(&actor.keys, "execute-api");
    prepare(&mut signing);
    signing.sign(&mut request);
    tamper(&mut request);
    actor.place.send(request).await
}

/// Fails unless the request was refused for `reason`.
#[track_caller]
fn assert_reason(decision: &serde_json::Value, reason: &str) {
    assert_eq!(decision["decision"], "Refused", "{decision}");
    let given = decision["reason"].as_str().unwrap();
    assert!(given.contains(reason), "`{given}` does not say `{reason}`");
}

async fn refused(
    actor: &Actor,
    reason: &str,
    prepare: impl FnOnce(&mut Signing),
    tamper: impl FnOnce(&mut Request<Bytes>),
) {
    let answer = send_with(actor, prepare, tamper).await.forbidden();
    assert_reason(&actor.place.decision_on(&answer).await, reason);
}

fn edit(request: &mut Request<Bytes>, name: &str, change: impl FnOnce(String) -> String) {
    let value = request.headers()[name].to_str().unwrap().to_owned();
    let name: HeaderName = name.parse().unwrap();
    request
        .headers_mut()
        .insert(name, HeaderValue::from_str(&change(value)).unwrap());
}

fn edit_signature(request: &mut Request<Bytes>, change: impl FnOnce(&str) -> String) {
    edit(request, "authorization", |value| {
        let (head, signature) = value.rsplit_once('=').unwrap();
        format!("{head}={}", change(signature))
    });
}

fn edit_target(request: &mut Request<Bytes>, change: impl FnOnce(String) -> String) {
    *request.uri_mut() = change(request.uri().to_string()).parse().unwrap();
}

#[tokio::test]
async fn sig_01_02_keys_and_signatures() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    send_with(&alice, |_| {}, |_| {}).await.status(201);

    refused(
        &alice,
        "is not signed",
        |_| {},
        |request| {
            request.headers_mut().remove(header::AUTHORIZATION);
        },
    )
    .await;
    refused(
        &alice,
        "access key",
        |signing| signing.keys.id = "ASIAUNKNOWNUNKNOWN00".to_owned(),
        |_| {},
    )
    .await;
    // An unknown key is not looked up as one with an empty secret.
    let unknown = Keys {
        id: "ASIAUNKNOWNUNKNOWN00".to_owned(),
        secret: String::new(),
        token: None,
    };
    refused(
        &alice,
        "access key",
        |signing| signing.keys = unknown,
        |_| {},
    )
    .await;
    refused(
        &alice,
        "signature does not match",
        |signing| signing.keys.secret.push('x'),
        |_| {},
    )
    .await;
    let flips: [fn(&str) -> String; 5] = [
        |signature| signature.chars().skip(1).collect(),
        |signature| format!("{signature}0"),
        |signature| {
            format!(
                "{}{}",
                if signature.starts_with('0') { '1' } else { '0' },
                &signature[1..]
            )
        },
        |signature| {
            signature
                .to_uppercase()
                .replace(|c: char| c.is_ascii_digit(), "A")
        },
        |_| String::new(),
    ];
    for flip in flips {
        let answer = send_with(&alice, |_| {}, |request| edit_signature(request, flip))
            .await
            .forbidden();
        assert_eq!(place.decision_on(&answer).await["decision"], "Refused");
    }
}

#[tokio::test]
async fn sig_03_to_06_scope_algorithm_and_clock() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    refused(
        &alice,
        "region",
        |signing| signing.region = "eu-west-1",
        |_| {},
    )
    .await;
    for service in ["s3", "sts", "cognito-idp", "lambda"] {
        refused(
            &alice,
            "service",
            |signing| signing.service = service,
            |_| {},
        )
        .await;
    }
    for minutes in [16, 60 * 24, 60 * 24 * 365] {
        let off = Duration::from_secs(minutes * 60);
        refused(&alice, " s off", |signing| signing.at -= off, |_| {}).await;
        refused(&alice, " s off", |signing| signing.at += off, |_| {}).await;
    }
    type Change = fn(String) -> String;
    let spoilt: [(&str, Change); 5] = [
        ("authorization", |value| {
            value.replace("aws4_request", "aws4")
        }),
        ("authorization", |value| {
            value.replace("Credential=", "Credential=x/")
        }),
        ("authorization", |value| {
            value.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")
        }),
        ("authorization", |value| {
            value.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
        }),
        ("x-amz-date", |_| "yesterday".to_owned()),
    ];
    for (name, change) in spoilt {
        let answer = send_with(&alice, |_| {}, |request| edit(request, name, change))
            .await
            .forbidden();
        assert_eq!(
            place.decision_on(&answer).await["decision"],
            "Refused",
            "{name}"
        );
    }
}

#[tokio::test]
async fn sig_07_a_repeated_post_makes_one_note() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let mut request = alice.request(
        Method::POST,
        "/notes",
        &[("idempotency-key", "replayed")],
        NOTE,
    );
    Signing::new(&alice.keys, "execute-api").sign(&mut request);
    let first = place.send(request.clone()).await.status(201).json();
    let second = place.send(request).await.status(201).json();
    assert_eq!(first, second);
    assert_eq!(
        alice.get("/notes").await.json().as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn sig_08_to_12_what_is_not_covered_does_not_count() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for name in ["x-amz-copy-source", "x-amz-extra", "x-amz-tagging"] {
        refused(
            &alice,
            name,
            |_| {},
            |request| {
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("1"));
            },
        )
        .await;
    }
    let mismatch = "signature does not match";
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| *request.body_mut() = Bytes::from_static(br#"{"content":"forged"}"#),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit(request, "x-amz-meta", |_| "2".to_owned()),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit_target(request, |target| target.replace("x=1", "x=2")),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit_target(request, |target| format!("{target}&z=3")),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit_target(request, |target| target.replace("&y=2", "")),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit_target(request, |target| target.replace("x=1", "x=1&x=1")),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| edit_target(request, |target| target.replace("x=", "X=")),
    )
    .await;
    refused(
        &alice,
        mismatch,
        |_| {},
        |request| *request.method_mut() = Method::GET,
    )
    .await;
    // Order alone is not signed.
    send_with(
        &alice,
        |_| {},
        |request| edit_target(request, |target| target.replace("x=1&y=2", "y=2&x=1")),
    )
    .await
    .status(201);
}

#[tokio::test]
async fn sig_14_15_the_api_signs_the_real_body() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for claim in [
        "UNSIGNED-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "0000",
        "garbage",
    ] {
        let mut request = alice.request(
            Method::POST,
            "/notes",
            &[("x-amz-content-sha256", claim)],
            NOTE,
        );
        Signing::new(&alice.keys, "execute-api").sign(&mut request);
        place.send(request).await.forbidden();
    }
}

#[tokio::test]
async fn sig_20_malformed_is_not_anonymous() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    for value in [
        "",
        "AWS4-HMAC-SHA256",
        "Bearer x",
        "Basic eDp4",
        "AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature=",
    ] {
        let answer = send_with(
            &alice,
            |_| {},
            |request| edit(request, "authorization", |_| value.to_owned()),
        )
        .await;
        let answer = answer.forbidden();
        assert_eq!(place.decision_on(&answer).await["principal"], "anonymous");
    }
}

#[tokio::test]
async fn sig_22_the_log_explains_without_secrets() {
    let place = Place::start().await;
    let alice = Actor::sign_up(&place, "alice").await;
    let answer = send_with(
        &alice,
        |_| {},
        |request| edit_signature(request, |_| "0".repeat(64)),
    )
    .await
    .forbidden();
    let decision = place.decision_on(&answer).await;
    let shown = decision.to_string();
    assert!(shown.contains("AWS4-HMAC-SHA256"), "{shown}");
    assert!(!shown.contains(&alice.keys.secret));
    assert!(!shown.contains(alice.keys.token.as_ref().unwrap()));
    assert!(!answer.text().contains("AWS4-HMAC-SHA256"));
    // The right signature would be a way in.
    let mut honest = alice.request(
        Method::POST,
        "/notes?x=1&y=2",
        &[("content-type", "application/json"), ("x-amz-meta", "1")],
        NOTE,
    );
    Signing::new(&alice.keys, "execute-api").sign(&mut honest);
    let right = honest.headers()["authorization"]
        .to_str()
        .unwrap()
        .rsplit_once('=')
        .unwrap()
        .1
        .to_owned();
    assert!(!shown.contains(&right));
    assert_eq!(
        alice.call(Method::GET, "/notes", None).await.json(),
        json!([])
    );
}
