//! Work that is left for later, as messages of an SQS queue.
//!
//! A message is [`Work::message`](notewarden_domain::work::Work::message). What the adapter calls, and so what its role
//! must allow, is `sqs:SendMessage` on the queue.
#![warn(missing_docs)]

mod queue;

pub use queue::SqsQueue;
