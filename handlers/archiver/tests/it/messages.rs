//! What a message may say.

use notewarden_archiver::{Batch, BatchReport, ItemFailure};
use serde_json::json;

/// The members that the guide to Lambda documents for an event of SQS.
#[test]
fn an_event_is_read_and_a_report_written_as_documented() {
    let event = json!({ "Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "body": "a message",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185"
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2"
    }] });
    let batch: Batch = serde_json::from_value(event).unwrap();
    assert_eq!(batch.messages.len(), 1);
    assert_eq!(batch.messages[0].body, "a message");

    let report = BatchReport {
        batch_item_failures: vec![ItemFailure {
            item_identifier: batch.messages[0].message_id.clone(),
        }],
    };
    assert_eq!(
        serde_json::to_value(report).unwrap(),
        json!({ "batchItemFailures": [
            { "itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d" }
        ] })
    );
}
