//! What EventBridge hands the function (“EventBridge event message structure”, in S3's guide).

use notewarden_domain::{
    ObjectKey,
    file::{ObjectChange, Sequencer},
};
use serde::Deserialize;

use crate::InvalidEvent;

/// How the errors call the events.
const EXPECTED: &str = "S3";

/// That an object was stored or removed. Which of both is not read: the object itself tells what it is now.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Event {
    source: Source,
    #[serde(rename = "detail-type")]
    _kind: Kind,
    detail: Detail,
}

#[derive(Debug, Deserialize)]
enum Source {
    #[serde(rename = "aws.s3")]
    S3,
}

/// Other events tell of nothing that an index knows.
#[derive(Debug, Deserialize)]
enum Kind {
    #[serde(rename = "Object Created")]
    Created,
    #[serde(rename = "Object Deleted")]
    Deleted,
}

#[derive(Debug, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Object,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Object {
    /// As it is, not percent-encoded as in the bucket's own notifications.
    key: String,
    sequencer: Option<String>,
}

/// The change of the object in `bucket` that the event tells of; none if the object is in nobody's folder.
///
/// # Errors
/// It is no such event, or of another bucket.
pub(super) fn read(event: &str, bucket: &str) -> Result<Option<ObjectChange>, InvalidEvent> {
    let Event {
        source: Source::S3,
        detail,
        ..
    } = serde_json::from_str(event).map_err(|error| InvalidEvent::at(EXPECTED, &error))?;
    if detail.bucket.name != bucket {
        return Err(InvalidEvent::unknown(EXPECTED));
    }
    let Some((owner, key)) = ObjectKey::in_folder(&detail.object.key) else {
        return Ok(None);
    };
    let sequencer = detail.object.sequencer.unwrap_or_default();
    let sequencer: Sequencer = sequencer
        .parse()
        .map_err(|_| InvalidEvent::unknown(EXPECTED))?;
    Ok(Some(ObjectChange {
        owner,
        key,
        sequencer,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const BUCKET: &str = "amzn-s3-demo-bucket1";
    const FOLDER: &str = "private/us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01/";

    /// The documented events, of a key in somebody's folder: an object that is stored, one that is deleted by a
    /// request, and one by a lifecycle rule.
    fn documented(key: &str) -> [Value; 3] {
        let event = |kind: &str, object: Value, more: Value| {
            let mut event = json!({
                "version": "0",
                "id": "17793124-05d4-b198-2fde-7ededc63b103",
                "detail-type": kind,
                "source": "aws.s3",
                "account": "111122223333",
                "time": "2021-11-12T00:00:00Z",
                "region": "ca-central-1",
                "resources": ["arn:aws:s3:::amzn-s3-demo-bucket1"],
                "detail": {
                    "version": "0",
                    "event-version": "1.1",
                    "bucket": { "name": BUCKET },
                    "object": object,
                    "request-id": "N4N7GDK58NMKJ12R",
                },
            });
            let members = event["detail"].as_object_mut().unwrap();
            members.extend(more.as_object().unwrap().clone());
            event
        };
        [
            event(
                "Object Created",
                json!({ "key": key, "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184",
                        "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", "sequencer": "617f08299329d189" }),
                json!({ "requester": "123456789012", "source-ip-address": "1.2.3.4", "reason": "PutObject" }),
            ),
            event(
                "Object Deleted",
                json!({ "key": key, "etag": "d41d8cd98f00b204e9800998ecf8427e",
                        "version-id": "1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF", "sequencer": "617f0837b476e463" }),
                json!({ "requester": "123456789012", "source-ip-address": "1.2.3.4", "reason": "DeleteObject",
                        "deletion-type": "Delete Marker Created" }),
            ),
            event(
                "Object Deleted",
                json!({ "key": key, "etag": "d41d8cd98f00b204e9800998ecf8427e",
                        "version-id": "mtB0cV.jejK63XkRNceanNMC.qXPWLeK", "sequencer": "617b398000000000" }),
                json!({ "requester": "s3.amazonaws.com", "reason": "Lifecycle Expiration",
                        "deletion-type": "Delete Marker Created" }),
            ),
        ]
    }

    #[test]
    fn the_documented_events_are_read() {
        let key = format!("{FOLDER}photos/a.jpg");
        let numbers = ["617F08299329D189", "617F0837B476E463", "617B398000000000"];
        for (event, number) in documented(&key).iter().zip(numbers) {
            let change = read(&event.to_string(), BUCKET).unwrap().unwrap();
            assert_eq!(ObjectKey::private_prefix(&change.owner), FOLDER);
            assert_eq!(change.key.as_str(), key);
            assert_eq!(change.sequencer.as_str(), number);
        }
    }

    #[test]
    fn keys_are_taken_as_they_are() {
        for name in [
            "a b",
            "a+b",
            "a%20b",
            "a%2Fb",
            "ä/😀",
            "a//b",
            "",
            "photos/",
            "\"\\\u{1}",
        ] {
            let key = format!("{FOLDER}{name}");
            for event in documented(&key) {
                let change = read(&event.to_string(), BUCKET).unwrap().unwrap();
                assert_eq!(change.key.as_str(), key);
            }
        }
    }

    #[test]
    fn what_is_in_nobodys_folder_is_nobodys_change() {
        for key in [
            "example-key",
            "private/readme.txt",
            "zip/x/y.zip",
            "private/nobody/a",
        ] {
            for event in documented(key) {
                assert!(
                    read(&event.to_string(), BUCKET).unwrap().is_none(),
                    "`{key}`"
                );
            }
        }
    }

    #[test]
    fn other_events_are_refused_without_a_word_of_what_they_hold() {
        let [created, ..] = documented(&format!("{FOLDER}secret.txt"));
        let with = |path: &str, value: Value| {
            let mut event = created.clone();
            *event.pointer_mut(path).unwrap() = value;
            event.to_string()
        };
        for event in [
            String::new(),
            "{}".to_owned(),
            with("/source", json!("aws.s3x")),
            with("/detail-type", json!("Object Tags Added")),
            with("/detail", json!({})),
            with("/detail/bucket/name", json!("another-bucket")),
            with("/detail/object/key", json!(1)),
            with("/detail/object/sequencer", json!("first")),
            with("/detail/object/sequencer", Value::Null),
        ] {
            let refusal = read(&event, BUCKET).unwrap_err().to_string();
            assert!(
                refusal.starts_with("the event is not an S3 event"),
                "{refusal}"
            );
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }
}
