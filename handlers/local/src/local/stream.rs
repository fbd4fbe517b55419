//! `/_local/stream`: decisions as they are made, as server-sent events.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};

use crate::{
    decisions::{DecisionView, Decisions},
    wire::Response,
};

/// Every decision from now on, each an event, until the client leaves or the server stops.
pub fn decisions(log: &Decisions) -> Response {
    let followed = stream::unfold(log.follow(), async |mut follower| {
        let decisions = follower.next().await?;
        Some((event(&decisions), follower))
    });
    // The head goes out with the first bytes: a client knows at once that it listens.
    let opening = stream::once(async { Bytes::from_static(b": listening\n\n") });
    let frames = opening
        .chain(followed)
        .map(|bytes| Ok::<_, Infallible>(Frame::data(bytes)));
    let body = StreamBody::new(frames).map_err(|never| match never {});
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    response
}

/// One event with decisions in the order in which they were made.
fn event(decisions: &[DecisionView]) -> Bytes {
    match serde_json::to_string(decisions) {
        Ok(json) => Bytes::from(format!("data: {json}\n\n")),
        Err(error) => {
            tracing::error!(%error, "decisions could not be written as json");
            Bytes::from_static(b": unreadable\n\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::tests::decision;

    #[tokio::test]
    async fn what_is_decided_arrives_and_the_end_of_the_log_ends_it() {
        let log = Decisions::default();
        log.record(decision(1));
        let mut body = decisions(&log).into_body();
        let mut next = async || {
            let frame = body.frame().await?.unwrap();
            Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
        };
        assert_eq!(next().await.unwrap(), ": listening\n\n");
        log.record(decision(2));
        log.record(decision(3));
        let text = next().await.unwrap();
        let json = text.strip_prefix("data: ").unwrap();
        let heard: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(heard[0]["requestId"], "2");
        assert_eq!(heard[1]["requestId"], "3");
        log.close();
        assert!(next().await.is_none());
    }
}
