//! Files, end to end: the API, the links that it signs, and S3's door.

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::support::{Actor, Answer, Place};

/// Sends the request of an upload link.
pub async fn upload(alice: &Actor, link: &Value, body: &'static str) -> Answer {
    upload_bytes(alice, link, body).await
}

/// The same with any bytes.
pub async fn upload_bytes(alice: &Actor, link: &Value, body: impl Into<Bytes>) -> Answer {
    let request = Request::builder()
        .method(link["method"].as_str().unwrap())
        .uri(link["url"].as_str().unwrap());
    let headers = link["headers"].as_object().unwrap().iter();
    let request = headers.fold(request, |request, (name, value)| {
        request.header(name, value.as_str().unwrap())
    });
    alice.place.send(request.body(body.into()).unwrap()).await
}

/// Follows the redirection of a download.
pub async fn download(alice: &Actor, path: &str) -> Answer {
    let sent = alice.get(&format!("{path}?download")).await.status(307);
    let link = sent.headers[header::LOCATION].to_str().unwrap();
    let request = Request::get(link).body(Bytes::new()).unwrap();
    alice.place.send(request).await
}

pub async fn alice() -> Actor {
    Actor::sign_up(&Place::start().await, "alice").await
}

#[tokio::test]
async fn a_file_goes_through_its_links() {
    let alice = alice().await;
    let asked = json!({ "name": "a b/ö.txt", "size": 4, "contentType": "text/plain" });
    let link = alice.call(Method::POST, "/files", Some(asked)).await;
    let link = link.status(201).json();
    upload(&alice, &link["upload"], "text").await.ok();

    let path = "/files/a%20b/%C3%B6.txt";
    let meta = alice.get(path).await.ok().json();
    assert_eq!(meta["name"], "a b/ö.txt");
    assert_eq!(meta["size"], 4);
    assert_eq!(alice.get("/files").await.ok().json(), json!([meta]));
    let read = download(&alice, path).await.ok();
    assert_eq!(read.text(), "text");
    let disposition = read.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment"), "{disposition}");
    let usage = &alice.get("/me").await.ok().json()["usage"];
    assert_eq!(usage["files"], 1);

    let note = json!({ "content": "x", "attachments": ["a b/ö.txt"] });
    let noted = alice.call(Method::POST, "/notes", Some(note)).await;
    noted.status(201);
    let in_use = alice.call(Method::DELETE, path, None).await;
    in_use.status(409);
    let forced = format!("{path}?force");
    let forced = alice.call(Method::DELETE, &forced, None).await;
    forced.status(204);
    alice.get(path).await.status(404);
}
