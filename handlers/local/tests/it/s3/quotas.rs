//! Nobody keeps more than is allowed, whatever door the bytes come to.

use std::{sync::Arc, time::Duration};

use http::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{elements, path};
use crate::{
    files,
    support::{Actor, Answer, Place, Signing},
};

const QUOTA: [(&str, &str); 3] = [
    ("MaxFiles", "3"),
    ("MaxBytes", "100"),
    ("MaxFileBytes", "60"),
];

const TOGETHER: &str = "your files may have at most 100 bytes together, and would have";

async fn alice() -> Actor {
    let quota = QUOTA.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let place = Place::start_where(|settings| settings.parameters.extend(quota)).await;
    Actor::sign_up(&place, "alice").await
}

fn bytes(length: usize) -> Vec<u8> {
    vec![b'x'; length]
}

/// Fails unless there was no room, which the answer says in these words, and the decision log as well.
async fn refused(alice: &Actor, answer: Answer, status: u16, reason: &str) {
    let answer = answer.status(status);
    assert!(answer.text().contains(reason), "{answer:?}");
    let decision = alice.place.decision_on(&answer).await;
    assert_eq!(decision["decision"], "OverQuota", "{decision}");
    let told = decision["reason"].as_str().unwrap();
    assert!(told.contains(reason), "{decision}");
    let resource = decision["resource"].as_str().unwrap();
    assert!(resource.ends_with("/files") || resource.contains(&alice.identity_id));
}

/// What `GET /me` says is kept.
async fn usage(alice: &Actor) -> (Value, Value) {
    let me = alice.get("/me").await.ok().json();
    (me["usage"]["files"].clone(), me["usage"]["bytes"].clone())
}

impl Actor {
    async fn ask_for_upload(&self, name: &str, size: u64) -> Answer {
        let asked = json!({ "name": name, "size": size, "contentType": "text/plain" });
        self.call(Method::POST, "/files", Some(asked)).await
    }

    async fn part(&self, name: &str, id: &str, number: u16, length: usize) -> Answer {
        let target = format!("{}?partNumber={number}&uploadId={id}", self.path(name));
        self.s3(Method::PUT, &target, &[], bytes(length)).await
    }

    async fn copied_part(&self, name: &str, id: &str, source: &str) -> Answer {
        let target = format!("{}?partNumber=9&uploadId={id}", self.path(name));
        let source = path(&self.place, &self.key(source));
        let headers = [("x-amz-copy-source", source.as_str())];
        self.s3(Method::PUT, &target, &headers, "").await
    }

    async fn complete(&self, name: &str, id: &str, etag: &str) -> Answer {
        let target = format!("{}?uploadId={id}", self.path(name));
        let part = format!("<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>");
        let body = format!("<CompleteMultipartUpload>{part}</CompleteMultipartUpload>");
        self.s3(Method::POST, &target, &[], body).await
    }
}

#[tokio::test]
async fn the_bytes_of_all_files_are_bounded_at_every_door() {
    let alice = alice().await;
    alice.put("kept", bytes(60)).await.ok();
    let would_be = |bytes: u64| format!("{TOGETHER} {bytes}");

    let asked = alice.ask_for_upload("a", 41).await;
    refused(&alice, asked, 507, &would_be(101)).await;
    refused(&alice, alice.put("a", bytes(41)).await, 403, &would_be(101)).await;
    let source = path(&alice.place, &alice.key("kept"));
    let copy = [("x-amz-copy-source", source.as_str())];
    let copied = alice.s3(Method::PUT, &alice.path("a"), &copy, "").await;
    refused(&alice, copied, 403, &would_be(120)).await;
    // A link that was signed when there was room.
    let link = alice.ask_for_upload("a", 30).await.status(201).json();
    alice.put("b", bytes(11)).await.ok();
    let sent = files::upload(&alice, &link["upload"], "thirty bytes, each a character").await;
    refused(&alice, sent, 403, &would_be(101)).await;

    // Of an upload in parts each part counts, as long as it is not over.
    let id = alice.begin(&alice.key("a")).await;
    refused(
        &alice,
        alice.part("a", &id, 1, 30).await,
        403,
        &would_be(101),
    )
    .await;
    alice.part("a", &id, 1, 20).await.ok();
    assert_eq!(usage(&alice).await, (json!(2), json!(91)));
    refused(
        &alice,
        alice.part("a", &id, 2, 10).await,
        403,
        &would_be(101),
    )
    .await;
    let copied = alice.copied_part("a", &id, "b").await;
    refused(&alice, copied, 403, &would_be(102)).await;
    refused(&alice, alice.put("c", bytes(10)).await, 403, &would_be(101)).await;
    let asked = alice.ask_for_upload("c", 10).await;
    refused(&alice, asked, 507, &would_be(101)).await;
    let aborted = format!("{}?uploadId={id}", alice.path("a"));
    let aborted = alice.s3(Method::DELETE, &aborted, &[], "").await;
    aborted.status(204);
    assert_eq!(usage(&alice).await, (json!(2), json!(71)));
    alice.put("c", bytes(29)).await.ok();
    // What makes nothing worse is let through, however full it is.
    alice.put("c", bytes(29)).await.ok();
}

#[tokio::test]
async fn the_bytes_of_a_file_are_bounded_at_every_door() {
    let alice = alice().await;
    let too_long = "a file may have at most 60 bytes, and this one has 61";
    let asked = alice.ask_for_upload("a", 61).await;
    refused(&alice, asked, 413, too_long).await;
    let put = alice.put("a", bytes(61)).await;
    assert!(put.text().contains("<Code>EntityTooLarge</Code>"));
    refused(&alice, put, 400, too_long).await;
    let id = alice.begin(&alice.key("a")).await;
    refused(&alice, alice.part("a", &id, 1, 61).await, 400, too_long).await;
    alice.put("a", bytes(60)).await.ok();
}

#[tokio::test]
async fn how_many_files_there_are_is_bounded_at_every_door() {
    let alice = alice().await;
    let too_many = "you may keep at most 3 files";
    let id = alice.begin(&alice.key("d")).await;
    let part = alice.part("d", &id, 1, 1).await.ok();
    let etag = part.headers["etag"].to_str().unwrap().to_owned();
    for name in ["a", "b", "c"] {
        alice.put(name, bytes(1)).await.ok();
    }
    alice.put("c", bytes(2)).await.ok();
    refused(&alice, alice.put("d", bytes(1)).await, 403, too_many).await;
    let asked = alice.ask_for_upload("d", 1).await;
    refused(&alice, asked, 507, too_many).await;
    let source = path(&alice.place, &alice.key("a"));
    let copy = [("x-amz-copy-source", source.as_str())];
    let copied = alice.s3(Method::PUT, &alice.path("d"), &copy, "").await;
    refused(&alice, copied, 403, too_many).await;
    let completed = alice.complete("d", &id, &etag).await;
    refused(&alice, completed, 403, too_many).await;
    alice.get("/files/d").await.status(404);
    let deleted = alice.call(Method::DELETE, "/files/a", None).await;
    deleted.status(204);
    alice.complete("d", &id, &etag).await.ok();
    alice.get("/files/d").await.ok();
}

#[tokio::test]
async fn how_many_uploads_are_under_way_is_bounded() {
    let alice = alice().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(alice.begin(&alice.key("a")).await);
    }
    let target = format!("{}?uploads", alice.path("a"));
    let begun = alice.s3(Method::POST, &target, &[], "").await;
    let reason = "at most 3 of your uploads may be under way at once";
    refused(&alice, begun, 403, reason).await;
    let aborted = format!("{}?uploadId={}", alice.path("a"), ids[0]);
    let aborted = alice.s3(Method::DELETE, &aborted, &[], "").await;
    aborted.status(204);
    alice.begin(&alice.key("a")).await;
}

/// Whoever says that there is no room need not be sent the bytes: not one of them is here.
#[tokio::test]
async fn what_there_is_no_room_for_is_refused_before_it_comes() {
    let alice = alice().await;
    alice.put("kept", bytes(60)).await.ok();
    let id = alice.begin(&alice.key("a")).await;
    let part = format!("a?partNumber=1&uploadId={id}");
    let (too_large, over) = ("EntityTooLarge", "QuotaExceeded");
    for (target, length, expected) in [
        ("a", 61, too_large),
        ("a", 41, over),
        (part.as_str(), 61, too_large),
        (part.as_str(), 41, over),
    ] {
        let (name, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request = alice.request(
            Method::PUT,
            &format!("{}?{query}", path(&alice.place, &alice.key(name))),
            &[],
            "",
        );
        let signing = Signing {
            presign: Some(Duration::from_secs(60)),
            ..Signing::new(&alice.keys, "s3")
        };
        signing.sign(&mut request);
        let target = request.uri().path_and_query().unwrap();
        let host = alice.place.host();
        let head =
            format!("PUT {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 40"), "{answer}");
        assert_eq!(elements(&answer, "Code"), [expected], "{answer}");
    }
}

#[tokio::test]
async fn of_uploads_at_once_no_more_come_through_than_there_is_room_for() {
    let alice = Arc::new(alice().await);
    let puts: Vec<_> = (0..20)
        .map(|_| {
            let alice = Arc::clone(&alice);
            // The same few files: who comes first has their names as well.
            tokio::spawn(async move { alice.put("a", bytes(60)).await.status })
        })
        .chain((0..20).map(|number| {
            let alice = Arc::clone(&alice);
            let name = format!("b{}", number % 2);
            tokio::spawn(async move { alice.put(&name, bytes(45)).await.status })
        }))
        .collect();
    for put in puts {
        let status = put.await.unwrap().as_u16();
        assert!(matches!(status, 200 | 403), "{status}");
    }
    let (files, bytes) = usage(&alice).await;
    let (files, bytes) = (files.as_u64().unwrap(), bytes.as_u64().unwrap());
    assert!(bytes <= 100 && bytes > 55, "{files}, {bytes}");
}
