//! Taking in a stream of bytes as one blob, with its digests.

use std::{io, pin::pin};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use md5::{Digest, Md5};
use notewarden_domain::StoreError;

use super::{
    ObjectError,
    error::BoxError,
    sums::{Sums, SumsHasher},
};
use crate::{
    blobs::{BlobId, BlobWriter, Blobs, StagedBlob},
    checksums::{Checksum, ChecksumAlgorithm, Hasher},
};

/// Bytes gathered before they are handed to the disk.
const BATCH_BYTES: usize = 512 << 10;

/// A durable blob and what was computed while it was written.
#[derive(Debug)]
pub(crate) struct Ingested {
    pub(crate) staged: StagedBlob,
    /// Its entity tag.
    pub(crate) tag: [u8; 16],
    pub(crate) sums: Sums,
    pub(crate) checksum: Checksum,
}

/// What bytes are known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Their MD5, as S3's clients expect it.
    Content,
    /// Their blob: for whoever compares tags and nothing else. MD5 takes longer than all the rest of taking bytes in.
    Blob,
}

struct Intake {
    id: BlobId,
    writer: BlobWriter,
    md5: Option<Md5>,
    sums: SumsHasher,
    checksum: Hasher,
}

/// Writes `data` as the blob `id`. If it ends in an error, nothing is left.
pub(crate) async fn ingest<S, E>(
    blobs: &Blobs,
    id: BlobId,
    data: S,
    algorithm: ChecksumAlgorithm,
    tag: Tag,
) -> Result<Ingested, ObjectError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<BoxError>,
{
    let mut data = pin!(data);
    let mut intake = Box::new(Intake {
        id,
        writer: blobs.writer(id),
        md5: (tag == Tag::Content).then(Md5::new),
        sums: SumsHasher::new(),
        checksum: Hasher::new(algorithm),
    });
    loop {
        let mut batch = Vec::new();
        let mut gathered = 0;
        let ended = loop {
            let Some(bytes) = data.next().await else {
                break true;
            };
            let bytes = bytes.map_err(|error| ObjectError::Body(error.into()))?;
            gathered += bytes.len();
            batch.push(bytes);
            if gathered >= BATCH_BYTES {
                break false;
            }
        };
        let blocks = intake.writer.will_block(gathered);
        let step = move || {
            batch.iter().try_for_each(|bytes| intake.take(bytes))?;
            if ended {
                intake.finish().map(Box::new).map(Step::Done)
            } else {
                Ok(Step::More(intake))
            }
        };
        let outcome: io::Result<Step> = if blocks {
            tokio::task::spawn_blocking(step)
                .await
                .map_err(StoreError::unavailable)?
        } else {
            step()
        };
        match outcome.map_err(StoreError::unavailable)? {
            Step::Done(ingested) => return Ok(*ingested),
            Step::More(next) => intake = next,
        }
    }
}

enum Step {
    More(Box<Intake>),
    Done(Box<Ingested>),
}

impl Intake {
    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        self.sums.update(bytes);
        self.checksum.update(bytes);
        self.writer.write(bytes)
    }

    fn finish(self) -> io::Result<Ingested> {
        Ok(Ingested {
            staged: self.writer.finish()?,
            tag: match self.md5 {
                Some(md5) => md5.finalize().into(),
                None => self.id.0.to_be_bytes(),
            },
            sums: self.sums.finish(),
            checksum: self.checksum.finish(),
        })
    }
}
