//! What a message may say.

use std::error::Error;

use notewarden_archiver::{Batch, BatchReport, ItemFailure, JobReference};
use proptest::prelude::*;
use serde_json::json;

use crate::worker::job;

#[test]
fn a_reference_is_written_as_it_is_read() {
    let body = job(10).body();
    assert_eq!(
        body,
        r#"{"version":1,"identityId":"us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01","archiveId":"0193bb5a-7c00-7000-8000-00000000000a"}"#
    );
    assert_eq!(body.parse::<JobReference>().unwrap(), job(10));
}

#[test]
fn what_is_wrong_is_named() {
    let message = |version, identity: &str, archive: &str| {
        json!({ "version": version, "identityId": identity, "archiveId": archive, "further": 1 })
            .to_string()
    };
    let identity = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01";
    let archive = "0193bb5a-7c00-7000-8000-00000000000a";
    let sound = message(1, identity, archive);
    assert_eq!(sound.parse::<JobReference>().unwrap(), job(10));
    for (body, named) in [
        (String::new(), "EOF"),
        ("x".to_owned(), "expected value"),
        ("{}".to_owned(), "`version`"),
        (r#"{"version":1}"#.to_owned(), "`identityId`"),
        (format!("{sound}x"), "trailing characters"),
        (message(2, identity, archive), "version `2`"),
        (message(1, "alice", archive), "identityId"),
        (message(1, identity, "1"), "archiveId"),
        (message(1, identity, &archive.to_uppercase()), "archiveId"),
        (message(1, identity, &archive.replace('-', "")), "archiveId"),
    ] {
        let error = body.parse::<JobReference>().unwrap_err();
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        let told = format!("{error}: {cause}");
        assert!(told.contains(named), "`{body}` is refused with `{told}`");
    }
}

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

proptest! {
    #[test]
    fn no_text_is_more_than_refused(text in ".*") {
        prop_assert!(text.parse::<JobReference>().is_err());
    }
}
