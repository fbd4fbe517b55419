//! The archive worker's function.

use serde_json::{Value, json};

use crate::function::{Function, STORES};

/// Nobody listens there.
const NOWHERE: (&str, &str) = ("AWS_ENDPOINT_URL", "http://127.0.0.1:9");

#[tokio::test]
async fn without_stores_every_message_comes_again_and_the_log_says_why() {
    let function = Function::start("archiver", &[&[NOWHERE], &STORES[..]].concat()).await;
    let job = json!({
        "version": 1,
        "do": "archive",
        "identityId": "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01",
        "archiveId": "0193bb5a-7c00-7000-8000-00000000000a"
    });
    let message = |id: &str, body: &Value| json!({ "messageId": id, "body": body.to_string() });
    let event = json!({ "Records": [message("a", &job), message("b", &json!({}))] });
    assert_eq!(
        function.invoke(&event).await.unwrap(),
        json!({ "batchItemFailures": [{ "itemIdentifier": "a" }, { "itemIdentifier": "b" }] })
    );
    let log = function
        .log_with(|line| line["outcome"] == "answered")
        .await;
    let said = |id: &str| {
        let line = log.iter().find(|line| line["message_id"] == id).unwrap();
        (line["message"].clone(), line["error"].clone())
    };
    assert_eq!(said("a"), (json!("a job failed"), json!("a store failed")));
    assert_eq!(said("b").0, "a message is malformed");
    assert_eq!(log.last().unwrap()["errors"], 1);
}

#[tokio::test]
async fn what_is_no_batch_fails_as_a_whole() {
    let function = Function::start("archiver", &STORES).await;
    let error = function
        .invoke(&json!({ "Records": [{}] }))
        .await
        .unwrap_err();
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.starts_with("the event is not an SQS event: "),
        "{message}"
    );
}
