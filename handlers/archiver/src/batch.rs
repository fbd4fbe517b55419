//! What SQS hands a function, and what it is told (“Using Lambda with Amazon SQS”: reporting batch item failures).

use serde::{Deserialize, Serialize};

/// An event of messages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Batch {
    /// The messages, in the order in which they are worked on.
    #[serde(rename = "Records")]
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// By which the queue knows it.
    pub message_id: String,
    /// What it says.
    pub body: String,
}

/// Which messages the queue is to keep; it removes the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchReport {
    /// Those that are to come again, or to end among the dead letters, each once, in the order of the batch.
    pub batch_item_failures: Vec<ItemFailure>,
}

/// A message that is to come again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// Its `messageId`.
    pub item_identifier: String,
}

impl BatchReport {
    pub(crate) fn keep(&mut self, message: &Message) {
        let id = &message.message_id;
        let mut kept = self.batch_item_failures.iter();
        if !kept.any(|failure| failure.item_identifier == *id) {
            self.batch_item_failures.push(ItemFailure {
                item_identifier: id.clone(),
            });
        }
    }
}
