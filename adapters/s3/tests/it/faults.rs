//! What the file store makes of S3's bad days.

use std::time::Duration;

use notewarden_aws::Tuning;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    file::ContentType,
    ports::{FileMeta, FileStore},
};
use notewarden_s3::S3Files;
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, file, identity},
    http::{ScriptedServer, Step},
};

use crate::support::{self, BUCKET, LocalServer};

/// Three attempts without pauses; nothing in these tests takes as long as they may.
pub(crate) const QUICK: Tuning = Tuning {
    attempts: 3,
    first_pause: Duration::from_millis(1),
    longest_pause: Duration::from_millis(2),
    connect_timeout: Duration::from_secs(10),
    attempt_timeout: Duration::from_secs(20),
    request_timeout: Duration::from_secs(60),
};

/// As many attempts, soon over.
const IMPATIENT: Tuning = Tuning {
    attempt_timeout: Duration::from_millis(250),
    ..QUICK
};

fn key() -> ObjectKey {
    ObjectKey::private(&identity(&SeededIds::new(1)), &file("notes.txt"))
}

fn store(server: &ScriptedServer, tuning: &Tuning) -> S3Files {
    let config = support::config(&server.endpoint(), "id", "secret");
    S3Files::tuned(&config, BUCKET, tuning)
}

/// An object of seven bytes, stored at [`NOON`].
fn found() -> Step {
    Step::answer(200, "")
        .with("content-length", 7)
        .with("content-type", "text/plain")
        .with("etag", "\"0cc175b9\"")
        .with("x-amz-checksum-crc32", "AQIDBA==")
        .with("x-amz-checksum-type", "FULL_OBJECT")
        .with("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT")
}

fn meta() -> FileMeta {
    FileMeta {
        size: 7,
        content_type: "text/plain".parse().unwrap(),
        etag: "0cc175b9".to_owned(),
        modified_at: NOON,
        crc32: Some(Crc32::new(0x0102_0304)),
    }
}

/// An error as S3 words it, in answer to anything but `HEAD`.
pub(crate) fn error(status: u16, code: &str) -> Step {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>No.</Message></Error>"
    );
    Step::answer(status, body).with("content-type", "application/xml")
}

/// Not of what a checksum of parts' checksums says, and not of what is no media type.
#[tokio::test]
async fn what_is_not_known_of_the_whole_object_is_left_out() {
    let answer = Step::answer(200, "")
        .with("content-length", 7)
        .with("content-type", "?")
        .with("etag", "\"0cc175b9\"")
        .with("x-amz-checksum-crc32", "AQIDBA==-2")
        .with("x-amz-checksum-type", "COMPOSITE")
        .with("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT");
    let server = ScriptedServer::start(answer).await;
    let head = store(&server, &QUICK).head(&key()).await;
    let unknown = FileMeta {
        content_type: ContentType::default(),
        crc32: None,
        ..meta()
    };
    assert_eq!(head.unwrap(), Some(unknown));
}

#[tokio::test]
async fn an_object_is_described_by_the_headers() {
    let server = ScriptedServer::start(found()).await;
    let head = store(&server, &QUICK).head(&key()).await;
    assert_eq!(head.unwrap(), Some(meta()));
    let [request] = &server.requests()[..] else {
        panic!("one request is enough")
    };
    let owner = identity(&SeededIds::new(1)).to_string();
    let path = format!("/{BUCKET}/private/{}/notes.txt", owner.replace(':', "%3A"));
    assert_eq!(request.path(), path);
}

#[tokio::test]
async fn an_answer_that_lacks_something_is_none() {
    for lacking in ["content-length", "etag", "last-modified"] {
        let mut answer = Step::answer(200, "");
        for (name, value) in [
            ("content-length", "7"),
            ("etag", "\"0cc175b9\""),
            ("last-modified", "Sat, 21 Nov 2026 12:00:00 GMT"),
        ] {
            if name != lacking {
                answer = answer.with(name, value);
            }
        }
        let server = ScriptedServer::start(answer).await;
        let head = store(&server, &QUICK).head(&key()).await;
        let refusal = head.unwrap_err();
        assert!(
            matches!(refusal, StoreError::Unavailable { .. }),
            "without `{lacking}`: {refusal:?}"
        );
    }
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for failure in [
        Step::answer(500, ""),
        Step::answer(502, ""),
        Step::answer(503, ""),
        Step::answer(504, ""),
        Step::Reset,
    ] {
        let server = ScriptedServer::start(found()).await;
        server.play([failure.clone(), failure.clone()]);
        let head = store(&server, &QUICK).head(&key()).await;
        assert_eq!(head.unwrap(), Some(meta()), "after {failure:?}");
        assert_eq!(server.requests().len(), 3);
    }
    for failure in [
        error(500, "InternalError"),
        error(503, "SlowDown"),
        error(503, "ServiceUnavailable"),
        Step::Reset,
    ] {
        let server = ScriptedServer::start(Step::answer(204, "")).await;
        server.play([failure.clone(), failure.clone()]);
        let deleted = store(&server, &QUICK).delete(&key()).await;
        deleted.unwrap_or_else(|error| panic!("after {failure:?}: {error:?}"));
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn lasting_failures_are_given_up() {
    let server = ScriptedServer::start(Step::answer(500, "")).await;
    let head = store(&server, &QUICK).head(&key()).await;
    let refusal = head.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
    assert_eq!(server.requests().len(), 3);

    for failure in [error(500, "InternalError"), Step::Reset] {
        let server = ScriptedServer::start(failure).await;
        let deleted = store(&server, &QUICK).delete(&key()).await;
        let refusal = deleted.unwrap_err();
        assert!(
            matches!(refusal, StoreError::Unavailable { .. }),
            "{refusal:?}"
        );
        assert_eq!(server.requests().len(), 3);
    }
}

#[tokio::test]
async fn lasting_throttling_is_told_as_such() {
    let server = ScriptedServer::start(error(503, "SlowDown")).await;
    let store = store(&server, &QUICK);
    let head = store.head(&key()).await.unwrap_err();
    assert!(matches!(head, StoreError::Throttled), "{head:?}");
    let deleted = store.delete(&key()).await.unwrap_err();
    assert!(matches!(deleted, StoreError::Throttled), "{deleted:?}");
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn late_answers_are_tried_again_and_then_given_up() {
    let server = ScriptedServer::start(found()).await;
    server.play([Step::never()]);
    let store = store(&server, &IMPATIENT);
    let head = store.head(&key()).await;
    // A busy machine may need the third attempt as well.
    assert_eq!(head.unwrap(), Some(meta()));
    assert!(server.requests().len() > 1);

    server.play(std::iter::repeat_n(Step::never(), 3));
    let refusal = store.delete(&key()).await.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
    assert_eq!(server.waiting(), 0);
}

#[tokio::test]
async fn refusals_are_final() {
    let server = ScriptedServer::start(error(403, "AccessDenied")).await;
    let store = store(&server, &QUICK);
    let head = store.head(&key()).await.unwrap_err();
    assert!(matches!(head, StoreError::Denied), "{head:?}");
    let deleted = store.delete(&key()).await.unwrap_err();
    assert!(matches!(deleted, StoreError::Denied), "{deleted:?}");
    assert_eq!(server.requests().len(), 2, "each was tried once");
}

#[tokio::test]
async fn what_is_not_there_is_told_from_a_bucket_that_is_not() {
    let server = ScriptedServer::start(error(404, "NoSuchKey")).await;
    let store = store(&server, &QUICK);
    assert_eq!(store.head(&key()).await.unwrap(), None);
    store.delete(&key()).await.unwrap();

    server.play([error(404, "NoSuchBucket")]);
    let refusal = store.delete(&key()).await.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_deletion_whose_answer_is_lost_is_done() {
    let local = LocalServer::start().await;
    let server = ScriptedServer::start(Step::Forward(local.endpoint.clone())).await;
    let config = local.admin_at(&server.endpoint());
    let store = S3Files::tuned(&config, &local.bucket, &QUICK);
    let client = support::client(&local.admin_at(&local.endpoint));
    support::put(&client, &local.bucket, key(), 7).await;
    server.play([Step::ForwardAndLose(local.endpoint.clone())]);
    store.delete(&key()).await.unwrap();
    assert_eq!(server.requests().len(), 2);
    assert_eq!(store.head(&key()).await.unwrap(), None);
}
