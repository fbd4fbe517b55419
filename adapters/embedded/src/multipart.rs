//! Multipart uploads: parts under way, and the object they become.
//!
//! Completing an upload only gathers the extents of its parts. It is idempotent: the object remembers the
//! upload it came from, and naming that upload again answers as the first time.

mod complete;
mod list;
mod record;

use std::ops::Range;

use bytes::Bytes;
use futures_util::Stream;
use md5::{Digest, Md5};
use notewarden_domain::{StoreError, Timestamp, archive::Crc32};

pub(crate) use self::record::{part_bytes, uploads_with_bytes};
pub use self::{
    complete::{Completion, NamedPart},
    list::{PartPage, UploadItem, UploadPage, UploadQuery},
    record::{Part, Upload},
};
use crate::{
    Objects,
    checksums::{Checksum, ChecksumAlgorithm, ChecksumKind},
    objects::{
        Attributes, Extent, Ingested, ObjectError, ReadCondition, Tables, Tag, UPLOADS, UploadId,
        encode, ingest, slice,
    },
};

/// The least size of a part that is not the last.
pub const MIN_PART_BYTES: u64 = 5 << 20;

/// The greatest number of a part.
pub const MAX_PARTS: u16 = 10_000;

/// What a client says of the object it is about to upload in parts.
#[derive(Clone, Debug, Default)]
pub struct UploadOptions {
    /// Headers to keep with the object.
    pub attributes: Attributes,
    /// The checksum of the parts; `None` lets the store choose.
    pub checksum: Option<(ChecksumAlgorithm, ChecksumKind)>,
}

/// The object, or a part of one, that becomes a part.
#[derive(Clone, Debug)]
pub struct PartSource {
    /// Its key.
    pub key: String,
    /// The bytes; `None` means all of them.
    pub range: Option<Range<u64>>,
    /// What must hold of it.
    pub condition: ReadCondition,
}

impl Objects {
    /// Begins an upload.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`] if too many are under way.
    pub async fn create_upload(
        &self,
        key: &str,
        options: UploadOptions,
    ) -> Result<UploadId, ObjectError> {
        let id = UploadId(self.new_id());
        let upload = Upload {
            initiated_at: self.now(),
            attributes: options.attributes,
            checksum: options.checksum,
        };
        let key = key.to_owned();
        self.commit(None, move |tables| {
            let value = encode(&upload)?;
            tables.count_upload(&key)?;
            tables
                .uploads
                .insert((key.as_bytes(), id.0), &*value)
                .map_err(StoreError::unavailable)?;
            Ok(id)
        })
        .await
    }

    /// The upload of that key and id, if it is under way.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn upload(&self, key: &str, id: UploadId) -> Result<Option<Upload>, StoreError> {
        self.database.read(|transaction| {
            let uploads = transaction
                .open_table(UPLOADS)
                .map_err(StoreError::unavailable)?;
            record::upload_in(&uploads, key, id)
        })
    }

    /// Stores a part over the one of its number. If `data` ends in an error, nothing is stored.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchUpload`]; [`ObjectError::OverQuota`]; [`ObjectError::Body`] if `data` ends in an error.
    pub async fn put_part<S, E>(
        &self,
        key: &str,
        id: UploadId,
        number: u16,
        data: S,
        checksum: Option<ChecksumAlgorithm>,
    ) -> Result<Part, ObjectError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let part = (id, number, Tag::Content);
        self.put_part_known_by(key, part, data, checksum).await
    }

    /// The same of a part whose bytes are known by the tag.
    pub(crate) async fn put_part_known_by<S, E>(
        &self,
        key: &str,
        (id, number, tag): (UploadId, u16, Tag),
        data: S,
        checksum: Option<ChecksumAlgorithm>,
    ) -> Result<Part, ObjectError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let upload = self.upload(key, id)?.ok_or(ObjectError::NoSuchUpload)?;
        let algorithm = upload.algorithm().or(checksum);
        let algorithm = algorithm.unwrap_or(ChecksumAlgorithm::Crc64Nvme);
        let Ingested {
            mut staged,
            tag,
            sums,
            checksum,
        } = ingest(&self.blobs, self.new_blob(), data, algorithm, tag).await?;
        let part = Part {
            size: staged.length(),
            etag: tag,
            modified_at: self.now(),
            checksum: Some(checksum),
            crc32: Some(sums.whole().get()),
            extents: Vec::from_iter(Extent::of(&staged)),
        };
        let (blob, inline) = (staged.id(), staged.take_inline());
        let key = key.to_owned();
        self.commit(Some(staged), move |tables| {
            if record::upload_in(&tables.uploads, &key, id)?.is_none() {
                return Err(ObjectError::NoSuchUpload);
            }
            tables.keep(blob, inline, &sums)?;
            tables.put_part(&key, id, number, &part)?;
            Ok(part)
        })
        .await
    }

    /// Makes a part of an object's bytes, without moving them.
    ///
    /// Its entity tag stands for the bytes but is not their MD5, and it has a checksum only if the upload asks
    /// for one, or if the source's serves. A CRC-32 is known without reading more than a few MiB; another algorithm's
    /// may cost a read of the range.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchKey`] if there is no source, [`ObjectError::InvalidRange`],
    /// [`ObjectError::NoSuchUpload`], [`ObjectError::OverQuota`], and the condition's refusals.
    pub async fn copy_part(
        &self,
        key: &str,
        id: UploadId,
        number: u16,
        source: PartSource,
    ) -> Result<Part, ObjectError> {
        let upload = self.upload(key, id)?.ok_or(ObjectError::NoSuchUpload)?;
        let key = key.to_owned();
        loop {
            let from = self.get(&source.key)?.ok_or(ObjectError::NoSuchKey)?;
            let found = from.object().clone();
            source.condition.check(&found.head)?;
            let whole = 0..found.head.size;
            let range = source.range.clone().unwrap_or_else(|| whole.clone());
            if range.end > whole.end || (range.is_empty() && !whole.is_empty()) {
                return Err(ObjectError::InvalidRange);
            }
            let known = found.head.checksum.clone().filter(|sum| {
                range == whole
                    && sum.kind() == ChecksumKind::FullObject
                    && sum.algorithm == upload.algorithm().unwrap_or(ChecksumAlgorithm::Crc64Nvme)
            });
            let crc32 = self.crc32(&from, range.clone()).await?;
            let checksum = match (known, upload.algorithm(), crc32) {
                (Some(known), _, _) => Some(known),
                (None, Some(ChecksumAlgorithm::Crc32), Some(crc32)) => {
                    Some(Checksum::of_crc32(crc32))
                }
                (None, Some(algorithm), _) => Some(from.checksum(range.clone(), algorithm).await?),
                (None, None, _) => None,
            };
            let crc32 = crc32.map(Crc32::get);
            let extents = slice(&found.layout.extents, range.start, range.end);
            let part = Part {
                size: range.end - range.start,
                etag: tag_of(&found.head.etag, &extents),
                modified_at: self.now(),
                crc32: crc32.or_else(|| checksum.as_ref().and_then(Checksum::crc32)),
                checksum,
                extents,
            };
            let (target, from_key) = (key.clone(), source.key.clone());
            let stored = self
                .commit(None, move |tables| {
                    if tables.object(&from_key)?.as_ref() != Some(&found) {
                        return Ok(None);
                    }
                    if record::upload_in(&tables.uploads, &target, id)?.is_none() {
                        return Err(ObjectError::NoSuchUpload);
                    }
                    tables.put_part(&target, id, number, &part)?;
                    Ok(Some(part))
                })
                .await?;
            if let Some(part) = stored {
                return Ok(part);
            }
        }
    }

    /// Ends an upload and removes its parts.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchUpload`].
    pub async fn abort_upload(&self, key: &str, id: UploadId) -> Result<(), ObjectError> {
        let key = key.to_owned();
        self.commit(None, move |tables| {
            if record::upload_in(&tables.uploads, &key, id)?.is_none() {
                return Err(ObjectError::NoSuchUpload);
            }
            for (_, part) in tables.take_upload(&key, id)? {
                tables.release(&part.extents)?;
            }
            Ok(())
        })
        .await
    }

    /// Ends all uploads to keys that start with `prefix`.
    pub(crate) async fn abort_uploads_to(&self, prefix: &str) -> Result<(), StoreError> {
        let query = UploadQuery {
            prefix: prefix.to_owned(),
            limit: usize::MAX,
            ..UploadQuery::default()
        };
        for item in self.list_uploads(&query)?.items {
            let UploadItem::Upload(key, id, _) = item else {
                continue;
            };
            match self.abort_upload(&key, id).await {
                Ok(()) | Err(ObjectError::NoSuchUpload) => {}
                Err(ObjectError::Store(error)) => return Err(error),
                Err(other) => return Err(StoreError::unavailable(other)),
            }
        }
        Ok(())
    }

    /// Ends the uploads that began before `before`, as the bucket's lifecycle asks. Answers how many.
    ///
    /// # Errors
    /// Only the store's own.
    pub async fn abort_uploads_begun_before(
        &self,
        before: Timestamp,
    ) -> Result<usize, ObjectError> {
        let mut ended = 0;
        for (key, id) in self.uploads_begun_before(before)? {
            match self.abort_upload(&key, id).await {
                Ok(()) => ended += 1,
                Err(ObjectError::NoSuchUpload) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }
}

/// An entity tag for bytes that are not read: the same blobs' same ranges give the same tag.
fn tag_of(source: &str, extents: &[Extent]) -> [u8; 16] {
    let mut digest = Md5::new();
    digest.update(source.as_bytes());
    for extent in extents {
        digest.update(extent.blob.0.to_be_bytes());
        digest.update(extent.offset.to_be_bytes());
        digest.update(extent.length.to_be_bytes());
    }
    digest.finalize().into()
}

impl Tables<'_> {
    fn put_part(
        &mut self,
        key: &str,
        id: UploadId,
        number: u16,
        part: &Part,
    ) -> Result<(), ObjectError> {
        let value = encode(part)?;
        self.retain(&part.extents)?;
        let previous = self
            .parts
            .insert((id.0, number), &*value)
            .map_err(StoreError::unavailable)?
            .map(|value| Part::decode(number, value.value()))
            .transpose()?;
        let replaced = previous.as_ref().map_or(0, |previous| previous.size);
        self.count_part(key, replaced, part.size)?;
        if let Some(previous) = previous {
            self.release(&previous.extents)?;
        }
        Ok(())
    }

    /// Removes an upload. Answers its parts, whose references are the caller's to release.
    fn take_upload(&mut self, key: &str, id: UploadId) -> Result<Vec<(u16, Part)>, StoreError> {
        self.uploads
            .remove((key.as_bytes(), id.0))
            .map_err(StoreError::unavailable)?;
        let parts = record::parts_in(&self.parts, id, 0)?.collect::<Result<Vec<_>, _>>()?;
        for (number, _) in &parts {
            self.parts
                .remove((id.0, *number))
                .map_err(StoreError::unavailable)?;
        }
        self.uncount_upload(key, parts.iter().map(|(_, part)| part.size).sum())?;
        Ok(parts)
    }
}

#[cfg(test)]
mod tests;
