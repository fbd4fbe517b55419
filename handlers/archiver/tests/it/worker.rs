//! A worker whose jobs end as a test says.

use std::{
    collections::BTreeMap,
    future,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use notewarden_archiver::{Batch, BatchReport, JobError, Jobs, Message};
use notewarden_domain::{Timestamp, archive::ArchiveId, work::Work};
use uuid::Uuid;

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    Failed,
    Panicked,
    Never,
}

/// Ends each job as its number says, and keeps the order in which it was asked for them.
#[derive(Default)]
pub struct Worker {
    ends: BTreeMap<u8, End>,
    asked: Mutex<Vec<u8>>,
}

impl Worker {
    /// Jobs that are not among `ends` are done.
    pub fn new(ends: impl IntoIterator<Item = (u8, End)>) -> Self {
        Self {
            ends: ends.into_iter().collect(),
            asked: Mutex::default(),
        }
    }

    pub fn asked(&self) -> Vec<u8> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Jobs for Worker {
    async fn run(&self, job: &Work, _: Timestamp) -> Result<(), JobError> {
        let Work::Archive { archive_id, .. } = job else {
            return Err("no archive".into());
        };
        let number = archive_id.as_uuid().as_bytes()[15];
        self.asked.lock().unwrap().push(number);
        match self.ends.get(&number).unwrap_or(&End::Done) {
            End::Done => Ok(()),
            End::Failed => Err("the disk is full".into()),
            End::Panicked => panic!("a bug"),
            End::Never => future::pending().await,
        }
    }
}

/// The job with this number.
pub fn job(number: u8) -> Work {
    let id = 0x0193_bb5a_7c00_7000_8000_0000_0000_0000 | u128::from(number);
    Work::Archive {
        identity_id: "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01"
            .parse()
            .unwrap(),
        archive_id: ArchiveId::new(Uuid::from_u128(id)),
    }
}

/// A batch of messages, each with its id and body.
pub fn batch<'a>(messages: impl IntoIterator<Item = (&'a str, String)>) -> Batch {
    let messages = messages.into_iter().map(|(id, body)| Message {
        message_id: id.to_owned(),
        body,
    });
    Batch {
        messages: messages.collect(),
    }
}

/// The ids of the messages that come again.
pub fn kept(report: &BatchReport) -> Vec<&str> {
    let failures = report.batch_item_failures.iter();
    failures
        .map(|failure| failure.item_identifier.as_str())
        .collect()
}
