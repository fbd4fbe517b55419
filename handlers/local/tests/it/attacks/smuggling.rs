//! SIG-21: requests that two parsers would read differently, on a raw connection.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::Place;

/// Sends bytes and reads until the server closes the connection.
async fn exchange(place: &Place, bytes: &str) -> String {
    let mut stream = TcpStream::connect(place.host()).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn sig_21_ambiguous_framing_is_refused_and_the_connection_closed() {
    let place = Place::start().await;
    let host = place.host();
    let follow_up = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    // With a length beside it the chunks alone count, which RFC 9112 (6.1) leaves to the server, and the
    // connection ends either way.
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    ] {
        let answer = exchange(
            &place,
            &format!("POST /notes HTTP/1.1\r\nHost: {host}\r\n{head}{follow_up}"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{head}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{head}: what followed was answered too: {answer}"
        );
    }
    for (name, head) in [
        (
            "two lengths",
            format!("Host: {host}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n"),
        ),
        (
            "a length that is no number",
            format!("Host: {host}\r\nContent-Length: +0\r\n\r\n"),
        ),
        (
            "chunked twice",
            format!(
                "Host: {host}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
        ),
        (
            "an unknown encoding",
            format!("Host: {host}\r\nTransfer-Encoding: gzip\r\n\r\n"),
        ),
        ("two hosts", format!("Host: {host}\r\nHost: other\r\n\r\n")),
        ("no host", "\r\n".to_owned()),
        (
            "a folded header",
            format!("Host: {host}\r\nX-Folded: a\r\n b\r\n\r\n"),
        ),
        (
            "a space before the colon",
            format!("Host: {host}\r\nContent-Length : 5\r\n\r\n"),
        ),
    ] {
        let answer = exchange(
            &place,
            &format!("POST /notes HTTP/1.1\r\n{head}{follow_up}"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{name}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{name}: what followed was answered too: {answer}"
        );
    }
    let other = format!("GET http://other/notes HTTP/1.1\r\nHost: {host}\r\n\r\n{follow_up}");
    let answer = exchange(&place, &other).await;
    assert!(
        answer.starts_with("HTTP/1.1 400 "),
        "a target of another host: {answer}"
    );
}

#[tokio::test]
async fn a_body_that_was_not_asked_for_is_not_taken_from_the_next_request() {
    let place = Place::start().await;
    let host = place.host();
    for head in [
        format!("PUT {} HTTP/1.1\r\n", place.object("top.txt")),
        "GET /healthz HTTP/1.1\r\n".to_owned(),
    ] {
        let request =
            format!("{head}Host: {host}\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
        let next = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = exchange(&place, &format!("{request}{next}")).await;
        let (first, rest) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            first.to_lowercase().contains("connection: close"),
            "{head}: {first}"
        );
        assert!(
            !rest.contains("HTTP/1.1 "),
            "{head}: what followed was answered too: {rest}"
        );
    }
}
