//! What the store copies by itself, many parts at once.

use std::ops::Range;

use futures_util::{StreamExt, TryStreamExt, stream};
use notewarden_domain::{
    archive::{Checksum, Origin, Piece, Step},
    ports::{ArchiveUpload, StoredPart},
};

use super::{HELD_BYTES, Halt, Inputs, Ledger, inputs::of_object};
use crate::retry::patiently;

/// Copies under way at once.
const COPIES: usize = 16;

/// Objects read at once for their checksums alone.
const READS: usize = 4;

/// The copies of a plan.
pub(super) struct Copies<'a> {
    inputs: &'a Inputs,
    ledger: &'a Ledger,
    upload: &'a ArchiveUpload,
}

impl<'a> Copies<'a> {
    pub fn new(inputs: &'a Inputs, ledger: &'a Ledger, upload: &'a ArchiveUpload) -> Self {
        Self {
            inputs,
            ledger,
            upload,
        }
    }

    /// Makes all copies, and notes their checksums.
    pub async fn run(&self) -> Result<Vec<StoredPart>, Halt> {
        let mut copies = Vec::new();
        for step in self.inputs.plan.steps() {
            if let Step::Copy { part, entry, range } = step {
                copies.push((*part, *entry, range.clone()));
            }
        }
        stream::iter(copies)
            .map(|(part, entry, range)| self.copy(part, entry, range))
            .buffer_unordered(COPIES)
            .try_collect()
            .await
    }

    /// Notes the checksums of beginnings that are too long to be held until the header before them is written.
    pub async fn read_long_heads(&self) -> Result<(), Halt> {
        let mut heads = Vec::new();
        for step in self.inputs.plan.steps() {
            let Step::Write { pieces, .. } = step else {
                continue;
            };
            for piece in pieces {
                if let Piece::Head { entry, bytes } = piece
                    && *bytes > HELD_BYTES
                    && !self.is_known(*entry)
                {
                    heads.push((*entry, 0..*bytes));
                }
            }
        }
        stream::iter(heads)
            .map(|(entry, range)| self.read(entry, range))
            .buffer_unordered(READS)
            .try_collect()
            .await
    }

    async fn copy(&self, part: u16, entry: usize, range: Range<u64>) -> Result<StoredPart, Halt> {
        let Inputs { objects, tally, .. } = self.inputs;
        let source = self.inputs.source(entry)?;
        let Origin::Object { key, etag } = &source.origin else {
            return Err(of_object(entry, notewarden_domain::StoreError::NotFound));
        };
        let copied = patiently(|| {
            tally.copy();
            objects.copy_part(self.upload, part, key, etag, range.clone())
        })
        .await
        .map_err(|error| of_object(entry, error))?;
        let length = range.end - range.start;
        tally.copied(length);
        tally.progressed(length);
        match copied.crc32 {
            Some(crc) => self.ledger.note(entry, &range, crc),
            // This store says nothing of what it has copied.
            None if !self.is_known(entry) => self.read(entry, range).await?,
            None => {}
        }
        Ok(copied)
    }

    async fn read(&self, entry: usize, range: Range<u64>) -> Result<(), Halt> {
        let crc = self.inputs.checksum(entry, range.clone()).await?;
        self.ledger.note(entry, &range, crc);
        Ok(())
    }

    fn is_known(&self, entry: usize) -> bool {
        let source = self.inputs.plan.sources().get(entry);
        source.is_some_and(|source| matches!(source.entry.checksum(), Checksum::Known(_)))
    }
}
