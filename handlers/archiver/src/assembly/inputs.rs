//! What a zip is made from.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use notewarden_domain::{
    StoreError,
    archive::{Crc32, LayoutError, Origin, Plan, Source},
    ports::{ArchiveObjects, ByteSource},
};

use super::{
    Deflater, Halt, Made, Tally,
    made::{Content, Held, Spooled},
    reading::{Checksummer, Reading},
};

/// The plan, and where its bytes come from. Clones share everything.
#[derive(Clone)]
pub(crate) struct Inputs {
    pub objects: Arc<dyn ArchiveObjects>,
    pub plan: Arc<Plan>,
    pub made: Arc<Made>,
    pub deflater: Arc<Deflater>,
    pub tally: Arc<Tally>,
}

impl Inputs {
    /// The entry with this number.
    pub fn source(&self, entry: usize) -> Result<&Source, Halt> {
        let source = self.plan.sources().get(entry);
        source.ok_or(Halt::Plan(LayoutError::OutOfOrder))
    }

    /// The bytes `range` of what the entry is made from.
    pub fn open(&self, entry: usize, range: Range<u64>) -> Result<Box<dyn ByteSource>, Halt> {
        match (&self.source(entry)?.origin, self.made.get(entry)) {
            (Origin::Object { key, etag }, _) => Ok(Box::new(Reading::new(
                self.objects.clone(),
                self.tally.clone(),
                key.clone(),
                etag.clone(),
                range,
            ))),
            (Origin::Made, Some(Content::Held(bytes))) => Ok(Box::new(Held(Some(bytes.clone())))),
            (Origin::Made, Some(Content::Spooled { spool, range, .. })) => Ok(Box::new(Spooled {
                spool: spool.clone(),
                rest: range.clone(),
            })),
            (Origin::Made, None) => Err(Halt::Plan(LayoutError::OutOfOrder)),
        }
    }

    /// The whole range in memory, with its checksum.
    pub async fn hold(&self, entry: usize, range: Range<u64>) -> Result<(Vec<Bytes>, Crc32), Halt> {
        let mut source = self.open(entry, range)?;
        let mut checksummer = Checksummer::new();
        let mut chunks = Vec::new();
        while let Some(chunk) = self.next(entry, &mut *source).await? {
            checksummer.update(&chunk);
            chunks.push(chunk);
        }
        Ok((chunks, checksummer.crc()))
    }

    /// The checksum of the range, whose bytes are read and not kept.
    pub async fn checksum(&self, entry: usize, range: Range<u64>) -> Result<Crc32, Halt> {
        let mut source = self.open(entry, range)?;
        let mut checksummer = Checksummer::new();
        while let Some(chunk) = self.next(entry, &mut *source).await? {
            checksummer.update(&chunk);
        }
        Ok(checksummer.crc())
    }

    /// The next chunk of what the entry is made from.
    pub async fn next(
        &self,
        entry: usize,
        source: &mut dyn ByteSource,
    ) -> Result<Option<Bytes>, Halt> {
        source.next().await.map_err(|error| of_object(entry, error))
    }
}

/// What it means for the archive that the entry's object is not to be had.
pub(super) fn of_object(entry: usize, error: StoreError) -> Halt {
    match error {
        StoreError::NotFound | StoreError::PreconditionFailed => Halt::Changed { entry },
        error => Halt::Store(error),
    }
}
