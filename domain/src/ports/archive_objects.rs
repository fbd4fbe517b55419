//! The objects that an archive is made from, and the one that it becomes.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{ObjectKey, StoreError, archive::Crc32};

/// Bytes that come one chunk after another.
#[async_trait]
pub trait ByteSource: Send {
    /// The next chunk, which is not empty; `None` after the last.
    ///
    /// # Errors
    /// What was asked for cannot be had to its end.
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError>;
}

/// An upload in parts that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveUpload {
    /// The object that it becomes.
    pub key: ObjectKey,
    /// By which the store knows it.
    pub id: String,
}

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPart {
    /// Its number, from 1.
    pub number: u16,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its checksum, where the store has answered with it.
    pub crc32: Option<Crc32>,
}

/// Reads the objects that go into an archive, and puts it together. What was deleted or replaced since it was looked
/// at is not read.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ArchiveObjects: Send + Sync {
    /// The bytes `range` of the object, which must not be empty.
    ///
    /// # Errors
    /// `NotFound` if there is no such object, `PreconditionFailed` if its entity tag is not `etag`. The source fails
    /// if it ends before the range does.
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError>;

    /// Stores an object that is not there yet, whole: the chunks one after another.
    ///
    /// # Errors
    /// `PreconditionFailed` if it is there; it stays as it is.
    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError>;

    /// Begins an upload in parts, with CRC-32 as its checksum algorithm.
    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError>;

    /// Stores a part: the chunks one after another. A part of this number is replaced.
    ///
    /// # Errors
    /// `NotFound` if the upload is over.
    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError>;

    /// Has the store copy the bytes `range` of an object into a part, which is answered with its checksum where the
    /// store can.
    ///
    /// # Errors
    /// `NotFound` if the upload is over or there is no such object, `PreconditionFailed` if the object's entity tag
    /// is not `etag`.
    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError>;

    /// Ends the upload: its parts, which are in order, become an object that is not there yet.
    ///
    /// # Errors
    /// `NotFound` if the upload is over; `PreconditionFailed` if the object is there: it stays as it is, and the
    /// upload goes on.
    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError>;

    /// Ends every upload to `key` that is under way, and forgets the parts.
    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError>;
}
