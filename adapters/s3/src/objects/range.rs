//! A range of an object, read to its end and not beyond it.

use std::ops::Range;

use async_trait::async_trait;
use aws_sdk_s3::{operation::get_object::GetObjectOutput, primitives::ByteStream};
use bytes::Bytes;
use notewarden_aws::Failure;
use notewarden_domain::{StoreError, ports::ByteSource};

use super::GET;

/// The range, which is not empty, as HTTP has it: with its last byte.
pub(super) fn header(range: &Range<u64>) -> String {
    format!("bytes={}-{}", range.start, range.end.saturating_sub(1))
}

/// The bytes of a range as they arrive.
#[derive(Debug)]
pub(super) struct Reading {
    body: ByteStream,
    left: u64,
}

impl Reading {
    /// What comes with the answer to a request for `range`.
    ///
    /// # Errors
    /// The answer has more or fewer bytes: the object is too short, or the store knows no ranges.
    pub(super) fn new(answer: GetObjectOutput, range: &Range<u64>) -> Result<Self, StoreError> {
        let left = range.end.saturating_sub(range.start);
        let promised = answer.content_length().and_then(|n| u64::try_from(n).ok());
        if promised == Some(left) {
            let body = answer.body;
            Ok(Self { body, left })
        } else {
            Err(other_length())
        }
    }
}

#[async_trait]
impl ByteSource for Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        loop {
            let chunk = match self.body.next().await {
                Some(Ok(chunk)) if chunk.is_empty() => continue,
                Some(Ok(chunk)) => chunk,
                Some(Err(error)) => {
                    let cause = std::error::Error::source(&error).unwrap_or(&error);
                    return Err(StoreError::unavailable(Failure::new(
                        GET,
                        format!("the object breaks off: {cause}"),
                    )));
                }
                None if self.left == 0 => return Ok(None),
                None => return Err(other_length()),
            };
            self.left = self
                .left
                .checked_sub(chunk.len() as u64)
                .ok_or_else(other_length)?;
            return Ok(Some(chunk));
        }
    }
}

fn other_length() -> StoreError {
    let cause = "the answer has another length than the range that was asked for";
    StoreError::unavailable(Failure::new(GET, cause))
}
