//! The server does what its script says, as a plain client sees it.

use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::*;

/// Long enough that only something that would last for ever takes it.
const PATIENCE: Duration = Duration::from_secs(20);

async fn send(server: &ScriptedServer, request: Request<&str>) -> (http::response::Parts, Bytes) {
    let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let (mut parts, body) = request.into_parts();
    parts.uri = format!("{}{}", server.endpoint(), parts.uri)
        .parse()
        .unwrap();
    let request = Request::from_parts(parts, Full::new(Bytes::from(body.to_owned())));
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    (parts, body.collect().await.unwrap().to_bytes())
}

fn get(path: &str) -> Request<&'static str> {
    Request::get(path).body("").unwrap()
}

/// What comes back over a connection of its own until it ends, and how it ends.
async fn raw(server: &ScriptedServer) -> (Vec<u8>, std::io::Result<usize>) {
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut read = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut read)).await;
    (read, ended.expect("the connection ends"))
}

#[tokio::test]
async fn steps_are_taken_in_order_and_then_the_usual_one() {
    let server = ScriptedServer::start(Step::answer(200, "usual")).await;
    server.play([
        Step::answer(503, "first").with("retry-after", 1),
        Step::answer(500, "second"),
    ]);
    let (head, body) = send(&server, get("/")).await;
    assert_eq!((head.status.as_u16(), &body[..]), (503, &b"first"[..]));
    assert_eq!(head.headers["retry-after"], "1");
    assert_eq!(server.waiting(), 1);
    for expected in [(500, "second"), (200, "usual"), (200, "usual")] {
        let (head, body) = send(&server, get("/")).await;
        let found = (head.status.as_u16(), std::str::from_utf8(&body).unwrap());
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn requests_are_kept_as_they_arrived() {
    let server = ScriptedServer::start(Step::answer(200, "")).await;
    let request = Request::put("/a%2Fb?c=d").header("x-some", "thing");
    send(&server, request.body("content").unwrap()).await;
    send(&server, get("/second")).await;
    let [first, second] = &server.requests()[..] else {
        panic!("two requests were sent")
    };
    assert_eq!(first.method, Method::PUT);
    assert_eq!((first.path(), first.uri.query()), ("/a%2Fb", Some("c=d")));
    assert_eq!(first.header("x-some"), Some("thing"));
    assert_eq!(first.header("x-other"), None);
    assert_eq!(&first.body[..], b"content");
    assert_eq!(second.path(), "/second");
}

#[tokio::test]
async fn an_answer_to_head_may_promise_a_length() {
    let server = ScriptedServer::start(Step::answer(200, "").with("content-length", 1_234)).await;
    let (head, body) = send(&server, Request::head("/").body("").unwrap()).await;
    assert_eq!(head.headers["content-length"], "1234");
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_in_order() {
    let server = ScriptedServer::start(Step::Truncate {
        body: "half".into(),
        missing: 4,
    })
    .await;
    let (read, ended) = raw(&server).await;
    let text = String::from_utf8(read).unwrap();
    assert!(text.contains("content-length: 8\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nhalf"), "{text}");
    ended.expect("the connection is closed, not reset");
}

#[tokio::test]
async fn a_reset_connection_is_reset() {
    let server = ScriptedServer::start(Step::Reset).await;
    let (read, ended) = raw(&server).await;
    assert!(read.is_empty());
    let kind = ended.expect_err("nothing ends in order").kind();
    assert_eq!(kind, std::io::ErrorKind::ConnectionReset);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_slow_answer_comes_when_its_gate_opens() {
    let server = ScriptedServer::start(Step::never()).await;
    let gate = Gate::default();
    let slow = Step::Slow(gate.clone(), Box::new(Step::answer(200, "at last")));
    server.play([slow]);
    let answered = send(&server, get("/"));
    let opened = async {
        assert_eq!(server.arrived(1).await.len(), 1);
        gate.open();
    };
    let ((_, body), ()) = tokio::join!(answered, opened);
    assert_eq!(&body[..], b"at last");

    tokio::select! {
        _ = raw(&server) => panic!("what is never answered is not answered"),
        requests = server.arrived(2) => assert_eq!(requests.len(), 2),
    }
}

#[tokio::test]
async fn a_forwarded_request_is_answered_by_the_server_behind() {
    let behind = ScriptedServer::start(Step::answer(201, "done").with("etag", "\"x\"")).await;
    let server = ScriptedServer::start(Step::Forward(behind.endpoint())).await;
    let request = Request::post("/a?b=%20c").header("host", "elsewhere.example");
    let (head, body) = send(&server, request.body("content").unwrap()).await;
    assert_eq!((head.status.as_u16(), &body[..]), (201, &b"done"[..]));
    assert_eq!(head.headers["etag"], "\"x\"");
    let [arrived] = &behind.requests()[..] else {
        panic!("one request was forwarded")
    };
    assert_eq!(arrived.uri, "/a?b=%20c");
    assert_eq!(arrived.header("host"), Some("elsewhere.example"));
    assert_eq!(&arrived.body[..], b"content");

    behind.play([Step::answer(200, "").with("content-length", 7)]);
    let (head, _) = send(&server, Request::head("/").body("").unwrap()).await;
    assert_eq!(head.headers["content-length"], "7");
}

#[tokio::test]
async fn a_lost_answer_is_lost_behind_its_effect() {
    let behind = ScriptedServer::start(Step::answer(200, "done")).await;
    let server = ScriptedServer::start(Step::ForwardAndLose(behind.endpoint())).await;
    let (read, ended) = raw(&server).await;
    assert!(read.is_empty());
    ended.expect_err("the connection is reset");
    assert_eq!(behind.requests().len(), 1);
}

#[tokio::test]
async fn a_dropped_server_is_gone() {
    let server = ScriptedServer::start(Step::never()).await;
    let address = server.address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    server.arrived(1).await;
    drop(server);
    let mut read = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut read)).await;
    // Closed or reset, as the system has it.
    let _ended = ended.expect("the connection ends");
    assert!(read.is_empty());
}
