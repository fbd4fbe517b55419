//! What the queue makes of SQS's bad days.

use std::time::Duration;

use notewarden_domain::{StoreError, ports::WorkQueue};
use notewarden_sqs::SqsQueue;
use notewarden_testkit::http::{ScriptedServer, Step};
use serde_json::{Value, json};

use crate::support::{QUICK, config, works};

const URL: &str = "https://sqs.us-east-1.amazonaws.com/000000000000/work";

fn queue(server: &ScriptedServer, region: &'static str) -> SqsQueue {
    SqsQueue::tuned(&config(&server.endpoint(), region), URL, &QUICK)
}

fn sent() -> Step {
    let body = json!({ "MessageId": "1", "MD5OfMessageBody": "0" });
    Step::answer(200, body.to_string()).with("content-type", "application/x-amz-json-1.0")
}

fn error(status: u16, code: &str) -> Step {
    let body = json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": "No." });
    Step::answer(status, body.to_string()).with("content-type", "application/x-amz-json-1.0")
}

#[tokio::test]
async fn a_message_is_sent_again_after_passing_failures() {
    let server = ScriptedServer::start(sent()).await;
    server.play([error(500, "InternalError"), Step::Reset]);
    let [work, _] = works();
    let delay = Duration::from_millis(1_500);
    queue(&server, "test-1").send(&work, delay).await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(
            request.header("x-amz-target"),
            Some("AmazonSQS.SendMessage")
        );
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let expected = json!({
            "QueueUrl": URL,
            "MessageBody": work.message(),
            "DelaySeconds": 2,
        });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn a_lasting_failure_is_told_by_its_kind() {
    let [work, _] = works();
    let server = ScriptedServer::start(error(400, "QueueDoesNotExist")).await;
    let sent = queue(&server, "test-2").send(&work, Duration::ZERO).await;
    let refusal = sent.unwrap_err();
    assert!(
        matches!(refusal, StoreError::Unavailable { .. }),
        "{refusal:?}"
    );
    assert_eq!(server.requests().len(), 1);

    let server = ScriptedServer::start(error(400, "AccessDeniedException")).await;
    let sent = queue(&server, "test-3").send(&work, Duration::ZERO).await;
    let refusal = sent.unwrap_err();
    assert!(matches!(refusal, StoreError::Denied), "{refusal:?}");

    let server = ScriptedServer::start(error(400, "ThrottlingException")).await;
    let sent = queue(&server, "test-4").send(&work, Duration::ZERO).await;
    let refusal = sent.unwrap_err();
    assert!(matches!(refusal, StoreError::Throttled), "{refusal:?}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_delay_that_no_queue_takes_is_not_shortened() {
    let server = ScriptedServer::start(sent()).await;
    let [work, _] = works();
    let delay = Duration::from_secs(901);
    let sent = queue(&server, "test-5").send(&work, delay).await;
    assert!(sent.is_err());
    assert_eq!(server.requests().len(), 0);
}
