//! Objects read to their end, however often the connection breaks.

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use backon::ExponentialBackoff;
use bytes::Bytes;
use crc_fast::CrcAlgorithm;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    ports::{ArchiveObjects, ByteSource},
};
use tokio::time::sleep;

use super::Tally;
use crate::retry::{may_pass, pauses};

/// The checksum of bytes that come one chunk after another.
#[derive(Clone, Debug)]
pub(super) struct Checksummer(crc_fast::Digest);

impl Checksummer {
    pub fn new() -> Self {
        Self(crc_fast::Digest::new(CrcAlgorithm::Crc32IsoHdlc))
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn crc(&self) -> Crc32 {
        // The sum of a CRC of 32 bits is never longer.
        Crc32::new(self.0.finalize() as u32)
    }
}

/// The checksum of bytes.
pub(crate) fn crc(bytes: &[u8]) -> Crc32 {
    let mut checksummer = Checksummer::new();
    checksummer.update(bytes);
    checksummer.crc()
}

/// A range of an object. What fails on the way and may pass is read on from where it was.
pub(super) struct Reading {
    pub objects: Arc<dyn ArchiveObjects>,
    pub tally: Arc<Tally>,
    pub key: ObjectKey,
    pub etag: Box<str>,
    pub rest: Range<u64>,
    source: Option<Box<dyn ByteSource>>,
    pauses: ExponentialBackoff,
}

impl Reading {
    pub fn new(
        objects: Arc<dyn ArchiveObjects>,
        tally: Arc<Tally>,
        key: ObjectKey,
        etag: Box<str>,
        range: Range<u64>,
    ) -> Self {
        Self {
            objects,
            tally,
            key,
            etag,
            rest: range,
            source: None,
            pauses: pauses(),
        }
    }

    async fn attempt(&mut self) -> Result<Bytes, StoreError> {
        let source = match &mut self.source {
            Some(source) => source,
            none => {
                self.tally.get();
                let reading = self.objects.read(&self.key, &self.etag, self.rest.clone());
                none.insert(reading.await?)
            }
        };
        let ended = || StoreError::unavailable("an object ended before its length");
        source.next().await?.ok_or_else(ended)
    }
}

#[async_trait]
impl ByteSource for Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        while !self.rest.is_empty() {
            match self.attempt().await {
                Ok(chunk) => {
                    let length = chunk.len() as u64;
                    if length > self.rest.end - self.rest.start {
                        let error = "the store sent more than was asked for";
                        return Err(StoreError::corrupt(self.key.as_str(), error));
                    }
                    self.rest.start += length;
                    self.tally.through(length);
                    if length > 0 {
                        return Ok(Some(chunk));
                    }
                }
                Err(error) => {
                    self.source = None;
                    match self.pauses.next() {
                        Some(pause) if may_pass(&error) => sleep(pause).await,
                        _ => return Err(error),
                    }
                }
            }
        }
        Ok(None)
    }
}
