//! What is stored of an upload and its parts.

use notewarden_domain::{StoreError, Timestamp};
use redb::{ReadTransaction, ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::MAX_PARTS;
use crate::{
    checksums::{Checksum, ChecksumAlgorithm, ChecksumKind},
    database::{Fault, existing},
    objects::{Attributes, Extent, PARTS, UPLOADS, UploadId, decode},
};

/// An upload under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// When it began.
    pub initiated_at: Timestamp,
    /// Headers to keep with the object.
    pub attributes: Attributes,
    /// The checksum that the client chose.
    pub checksum: Option<(ChecksumAlgorithm, ChecksumKind)>,
}

impl Upload {
    /// The algorithm that the client chose.
    pub fn algorithm(&self) -> Option<ChecksumAlgorithm> {
        self.checksum.map(|(algorithm, _)| algorithm)
    }
}

/// A part of an upload under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its length in bytes.
    pub size: u64,
    pub(super) etag: [u8; 16],
    /// When it was stored.
    pub modified_at: Timestamp,
    /// Its checksum, unless it is a copy whose bytes were not read.
    pub checksum: Option<Checksum>,
    pub(super) crc32: Option<u32>,
    pub(super) extents: Vec<Extent>,
}

impl Part {
    /// Its entity tag, without quotes.
    pub fn etag(&self) -> String {
        hex::encode(self.etag)
    }

    /// Its CRC-32, where known: of every part whose bytes have come by us.
    pub fn crc32(&self) -> Option<u32> {
        self.crc32
    }

    pub(super) fn decode(number: u16, value: &[u8]) -> Result<Self, StoreError> {
        decode(value, || format!("part {number} of an upload"))
    }
}

/// Reads one upload.
pub(super) fn upload_in(
    uploads: &impl ReadableTable<(&'static [u8], u128), &'static [u8]>,
    key: &str,
    id: UploadId,
) -> Result<Option<Upload>, StoreError> {
    let value = uploads
        .get((key.as_bytes(), id.0))
        .map_err(StoreError::unavailable)?;
    value
        .map(|value| decode(value.value(), || format!("upload `{id}`")))
        .transpose()
}

/// The parts of an upload after the one numbered `after`, in order.
pub(super) fn parts_in(
    parts: &impl ReadableTable<(u128, u16), &'static [u8]>,
    id: UploadId,
    after: u16,
) -> Result<impl Iterator<Item = Result<(u16, Part), StoreError>>, StoreError> {
    let numbers = (id.0, after.saturating_add(1))..=(id.0, MAX_PARTS);
    let entries = parts.range(numbers).map_err(StoreError::unavailable)?;
    Ok(entries.map(|entry| {
        let (key, value) = entry.map_err(StoreError::unavailable)?;
        let (_, number) = key.value();
        Ok((number, Part::decode(number, value.value())?))
    }))
}

/// How long the part is that was uploaded as `number`, if there is one.
pub(crate) fn part_bytes(
    transaction: &ReadTransaction,
    id: UploadId,
    number: u16,
) -> Result<u64, StoreError> {
    let read = || -> Result<u64, Fault> {
        let Some(parts) = existing(transaction.open_table(PARTS))? else {
            return Ok(0);
        };
        let part = parts.get((id.0, number))?;
        let part = part.map(|value| Part::decode(number, value.value()));
        Ok(part.transpose()?.map_or(0, |part| part.size))
    };
    Ok(read()?)
}

/// The keys of all uploads under way, each with the bytes of its parts.
pub(crate) fn uploads_with_bytes(
    transaction: &WriteTransaction,
) -> Result<Vec<(String, u64)>, Fault> {
    let (uploads, parts) = (
        transaction.open_table(UPLOADS)?,
        transaction.open_table(PARTS)?,
    );
    let mut found = Vec::new();
    for entry in uploads.iter()? {
        let (name, _) = entry?;
        let (key, id) = name.value();
        let key = str::from_utf8(key).map_err(|error| StoreError::corrupt("upload key", error))?;
        let sizes = parts_in(&parts, UploadId(id), 0)?.map(|part| Ok(part?.1.size));
        found.push((key.to_owned(), sizes.sum::<Result<u64, StoreError>>()?));
    }
    Ok(found)
}
