//! The objects that archives are made from and become, on the object store: part copies refer to the same blobs
//! again, move no bytes, and are answered with checksums that are known already.

use std::{convert::Infallible, io, ops::Range, pin::Pin};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::Crc32,
    ports::{ArchiveObjects, ArchiveUpload, ByteSource, StoredPart},
};

use crate::{
    Objects,
    checksums::{Checksum, ChecksumAlgorithm, ChecksumKind},
    multipart::{Completion, NamedPart, Part, PartSource, UploadItem, UploadOptions, UploadQuery},
    objects::{Attributes, ObjectError, PutOptions, ReadCondition, Tag, UploadId, WriteCondition},
};

/// The objects of one data directory, as the archive worker uses them.
#[derive(Clone, Debug)]
pub struct EmbeddedArchiveObjects {
    objects: Objects,
}

impl EmbeddedArchiveObjects {
    /// Archives among `objects`.
    pub const fn new(objects: Objects) -> Self {
        Self { objects }
    }
}

#[async_trait]
impl ArchiveObjects for EmbeddedArchiveObjects {
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let reader = self.objects.get(key.as_str())?;
        let reader = reader.ok_or(StoreError::NotFound)?;
        let head = &reader.object().head;
        if head.etag != etag {
            return Err(StoreError::PreconditionFailed);
        }
        if range.end > head.size {
            return Err(StoreError::unavailable("the object ends before the range"));
        }
        Ok(Box::new(Source(Box::pin(reader.bytes(range)))))
    }

    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        let options = PutOptions {
            attributes: attributes(),
            checksum: Some(ChecksumAlgorithm::Crc32),
            condition: WriteCondition::Absent,
        };
        let stored = self.objects.put(key.as_str(), data(bytes), options).await;
        stored.map(drop).map_err(translate)
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        let options = UploadOptions {
            attributes: attributes(),
            checksum: Some((ChecksumAlgorithm::Crc32, ChecksumKind::FullObject)),
        };
        let begun = self.objects.create_upload(key.as_str(), options).await;
        Ok(ArchiveUpload {
            key: key.clone(),
            id: begun.map_err(translate)?.to_string(),
        })
    }

    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        let (key, part) = (upload.key.as_str(), (id(upload)?, number, Tag::Blob));
        let objects = &self.objects;
        let put = objects.put_part_known_by(key, part, data(bytes), None);
        put.await
            .map(|part| stored(number, &part))
            .map_err(translate)
    }

    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        let condition = ReadCondition {
            if_match: Some(vec![etag.to_owned()]),
            ..ReadCondition::default()
        };
        let source = PartSource {
            key: source.as_str().to_owned(),
            range: Some(range),
            condition,
        };
        let (key, id) = (upload.key.as_str(), id(upload)?);
        let copied = self.objects.copy_part(key, id, number, source).await;
        copied.map(|part| stored(number, &part)).map_err(translate)
    }

    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let named = parts.iter().map(|part| NamedPart {
            number: part.number,
            etag: part.etag.clone(),
            checksum: part.crc32.map(|crc32| Checksum::of_crc32(crc32).text()),
        });
        let completion = Completion {
            parts: named.collect(),
            condition: WriteCondition::Absent,
            // They are entries of an extent list here, however long.
            takes_short_parts: true,
            ..Completion::default()
        };
        let (key, id) = (upload.key.as_str(), id(upload)?);
        let completed = self.objects.complete_upload(key, id, completion).await;
        completed.map(drop).map_err(translate)
    }

    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let query = UploadQuery {
            prefix: key.as_str().to_owned(),
            limit: usize::MAX,
            ..UploadQuery::default()
        };
        for item in self.objects.list_uploads(&query)?.items {
            let UploadItem::Upload(of, id, _) = item else {
                continue;
            };
            if of != key.as_str() {
                continue;
            }
            match self.objects.abort_upload(&of, id).await {
                Ok(()) | Err(ObjectError::NoSuchUpload) => {}
                Err(error) => return Err(translate(error)),
            }
        }
        Ok(())
    }
}

/// The bytes of an object, as they come from the disk.
struct Source(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>);

#[async_trait]
impl ByteSource for Source {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        self.0.try_next().await.map_err(StoreError::unavailable)
    }
}

fn attributes() -> Attributes {
    Attributes {
        content_type: Some("application/zip".to_owned()),
        ..Attributes::default()
    }
}

fn data(bytes: Vec<Bytes>) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::iter(bytes.into_iter().map(Ok))
}

fn id(upload: &ArchiveUpload) -> Result<UploadId, StoreError> {
    upload.id.parse().map_err(|_| StoreError::NotFound)
}

fn stored(number: u16, part: &Part) -> StoredPart {
    StoredPart {
        number,
        etag: part.etag(),
        crc32: part.crc32().map(Crc32::new),
    }
}

fn translate(error: ObjectError) -> StoreError {
    match error {
        ObjectError::NoSuchKey | ObjectError::NoSuchUpload => StoreError::NotFound,
        ObjectError::PreconditionFailed => StoreError::PreconditionFailed,
        ObjectError::Store(error) => error,
        other => StoreError::unavailable(other),
    }
}

#[cfg(test)]
mod tests;
