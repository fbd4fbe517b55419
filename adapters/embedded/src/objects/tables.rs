//! The tables of objects, uploads and blobs, and the reference counts that tie them together.

use std::collections::HashMap;

use bytes::Bytes;
use notewarden_domain::{
    StoreError, Timestamp,
    quota::{NewPart, Quota},
};
use redb::{
    ReadTransaction, ReadableTable, StorageError, Table, TableDefinition, TableError,
    WriteTransaction,
};

use super::{
    ObjectError,
    folders::{self, Folders},
    record::{Extent, Object, ObjectHead, decode, encode},
    sums::Sums,
};
use crate::blobs::{BlobId, INLINE_BYTES};

/// Key → object.
pub(crate) const OBJECTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("objects");
/// Key and upload id → upload.
pub(crate) const UPLOADS: TableDefinition<'_, (&[u8], u128), &[u8]> =
    TableDefinition::new("uploads");
/// Upload id and part number → part.
pub(crate) const PARTS: TableDefinition<'_, (u128, u16), &[u8]> =
    TableDefinition::new("upload_parts");
/// Blob → how many extents refer to it; never zero.
const REFERENCES: TableDefinition<'_, u128, u64> = TableDefinition::new("blob_references");
/// Blob → its bytes, of the small ones.
const INLINE: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("blob_bytes");
/// Blob → the checksums of its beginnings, of the others.
const SUMS: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("blob_checksums");

/// What is kept of the bucket itself, by name.
const BUCKET: TableDefinition<'_, &str, u64> = TableDefinition::new("bucket");
const CREATED_AT: &str = "created at";

/// Makes the tables, unless they are there. Answers when that was done first.
pub(super) fn create(
    transaction: &WriteTransaction,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    Tables::open(transaction, None)?;
    folders::count_once(transaction)?;
    let read = || -> Result<u64, redb::Error> {
        let mut bucket = transaction.open_table(BUCKET)?;
        if let Some(at) = bucket.get(CREATED_AT)? {
            return Ok(at.value());
        }
        bucket.insert(CREATED_AT, now.as_millis())?;
        Ok(now.as_millis())
    };
    read()
        .map(Timestamp::from_millis)
        .map_err(StoreError::unavailable)
}

/// The tables within a commit.
pub(crate) struct Tables<'t> {
    objects: Table<'t, &'static [u8], &'static [u8]>,
    pub(crate) uploads: Table<'t, (&'static [u8], u128), &'static [u8]>,
    pub(crate) parts: Table<'t, (u128, u16), &'static [u8]>,
    references: Table<'t, u128, u64>,
    inline: Table<'t, u128, &'static [u8]>,
    sums: Table<'t, u128, &'static [u8]>,
    folders: Folders<'t>,
    quota: Option<Quota>,
    unused: Vec<BlobId>,
}

impl<'t> Tables<'t> {
    /// The tables, in which nobody comes to keep more than `quota`.
    pub(super) fn open(
        transaction: &'t WriteTransaction,
        quota: Option<Quota>,
    ) -> Result<Self, StoreError> {
        let open = || -> Result<Self, TableError> {
            Ok(Self {
                objects: transaction.open_table(OBJECTS)?,
                uploads: transaction.open_table(UPLOADS)?,
                parts: transaction.open_table(PARTS)?,
                references: transaction.open_table(REFERENCES)?,
                inline: transaction.open_table(INLINE)?,
                sums: transaction.open_table(SUMS)?,
                folders: Folders::open(transaction)?,
                quota,
                unused: Vec::new(),
            })
        };
        open().map_err(StoreError::unavailable)
    }

    /// The blobs whose files nothing refers to after the commit.
    pub(super) fn into_unused(self) -> Vec<BlobId> {
        self.unused
    }

    pub(crate) fn object(&self, key: &str) -> Result<Option<Object>, StoreError> {
        object_in(&self.objects, key, Object::decode)
    }

    pub(crate) fn head(&self, key: &str) -> Result<Option<ObjectHead>, StoreError> {
        object_in(&self.objects, key, ObjectHead::decode)
    }

    /// Stores an object over the one that is there.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`].
    pub(crate) fn put(&mut self, key: &str, object: &Object) -> Result<(), ObjectError> {
        let value = object.encode()?;
        let size = object.head.size;
        let owner = folders::owner(key);
        if let Some((owner, quota)) = owner.as_ref().zip(self.quota) {
            let replaced = self.head(key)?.map(|head| head.size);
            quota.check(self.folders.usage(owner)?, size, replaced)?;
        }
        self.retain(&object.layout.extents)?;
        self.remove(key)?;
        self.objects
            .insert(key.as_bytes(), &*value)
            .map_err(StoreError::unavailable)?;
        if let Some(owner) = &owner {
            self.folders.add(owner, size)?;
        }
        Ok(())
    }

    /// Counts one more upload to `key`.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`].
    pub(crate) fn count_upload(&mut self, key: &str) -> Result<(), ObjectError> {
        let Some(owner) = folders::owner(key) else {
            return Ok(());
        };
        if let Some(quota) = self.quota {
            quota.check_upload(self.folders.uploads(&owner)?)?;
        }
        Ok(self.folders.begin_upload(&owner)?)
    }

    /// Counts a part of `size` bytes, of an upload to `key`, in place of one of `previous`.
    ///
    /// # Errors
    /// [`ObjectError::OverQuota`].
    pub(crate) fn count_part(
        &mut self,
        key: &str,
        previous: u64,
        size: u64,
    ) -> Result<(), ObjectError> {
        let Some(owner) = folders::owner(key) else {
            return Ok(());
        };
        if let Some(quota) = self.quota {
            let part = NewPart {
                size,
                previous,
                replaced: self.head(key)?.map_or(0, |head| head.size),
            };
            quota.check_part(self.folders.usage(&owner)?, part)?;
        }
        Ok(self.folders.replace_part(&owner, previous, size)?)
    }

    /// Counts one upload to `key` less, whose parts had so many bytes.
    pub(crate) fn uncount_upload(&mut self, key: &str, bytes: u64) -> Result<(), StoreError> {
        match folders::owner(key) {
            Some(owner) => self.folders.end_upload(&owner, bytes),
            None => Ok(()),
        }
    }

    /// Removes an object. Answers whether there was one.
    pub(crate) fn remove(&mut self, key: &str) -> Result<bool, StoreError> {
        let Some(object) = self.object(key)? else {
            return Ok(false);
        };
        self.objects
            .remove(key.as_bytes())
            .map_err(StoreError::unavailable)?;
        if let Some(owner) = folders::owner(key) {
            self.folders.subtract(&owner, object.head.size)?;
        }
        self.release(&object.layout.extents)?;
        Ok(true)
    }

    /// Takes in the bytes of a blob without a file, or the checksums of one with a file; something must refer to it in
    /// the same commit.
    pub(crate) fn keep(
        &mut self,
        blob: BlobId,
        inline: Option<Vec<u8>>,
        sums: &Sums,
    ) -> Result<(), StoreError> {
        let kept = match inline {
            Some(bytes) if bytes.is_empty() => return Ok(()),
            Some(bytes) => self.inline.insert(blob.0, &*bytes).map(drop),
            None => self.sums.insert(blob.0, &*encode(sums)?).map(drop),
        };
        kept.map_err(StoreError::unavailable)
    }

    /// Counts the references of `extents`.
    pub(crate) fn retain(&mut self, extents: &[Extent]) -> Result<(), StoreError> {
        for extent in extents {
            self.retain_blob(extent.blob)
                .map_err(StoreError::unavailable)?;
        }
        Ok(())
    }

    /// Drops the references of `extents`, and what nothing refers to after it.
    pub(crate) fn release(&mut self, extents: &[Extent]) -> Result<(), StoreError> {
        for extent in extents {
            self.release_blob(extent.blob)
                .map_err(StoreError::unavailable)?;
        }
        Ok(())
    }

    fn retain_blob(&mut self, blob: BlobId) -> Result<(), StorageError> {
        let count = self.references(blob)?;
        self.references.insert(blob.0, count + 1)?;
        Ok(())
    }

    fn release_blob(&mut self, blob: BlobId) -> Result<(), StorageError> {
        match self.references(blob)? {
            0 | 1 => {
                self.references.remove(blob.0)?;
                if self.inline.remove(blob.0)?.is_none() {
                    self.sums.remove(blob.0)?;
                    self.unused.push(blob);
                }
            }
            count => {
                self.references.insert(blob.0, count - 1)?;
            }
        }
        Ok(())
    }

    fn references(&self, blob: BlobId) -> Result<u64, StorageError> {
        Ok(self
            .references
            .get(blob.0)?
            .map_or(0, |count| count.value()))
    }
}

/// Reads one object.
pub(super) fn object(
    transaction: &ReadTransaction,
    key: &str,
) -> Result<Option<Object>, StoreError> {
    let objects = transaction
        .open_table(OBJECTS)
        .map_err(StoreError::unavailable)?;
    object_in(&objects, key, Object::decode)
}

/// The bytes of those blobs of `extents` that have no file.
pub(crate) fn inline(
    transaction: &ReadTransaction,
    extents: &[Extent],
) -> Result<HashMap<BlobId, Bytes>, StoreError> {
    let read = || -> Result<HashMap<BlobId, Bytes>, redb::Error> {
        let table = transaction.open_table(INLINE)?;
        let mut found = HashMap::new();
        for extent in extents {
            // INVARIANT: only blobs of up to `INLINE_BYTES` have no file.
            if extent.offset + extent.length <= INLINE_BYTES as u64
                && let Some(bytes) = table.get(extent.blob.0)?
            {
                found.insert(extent.blob, Bytes::copy_from_slice(bytes.value()));
            }
        }
        Ok(found)
    };
    read().map_err(StoreError::unavailable)
}

/// The checksums of a blob that has a file.
pub(super) fn sums(
    transaction: &ReadTransaction,
    blob: BlobId,
) -> Result<Option<Sums>, StoreError> {
    let table = transaction
        .open_table(SUMS)
        .map_err(StoreError::unavailable)?;
    let sums = table.get(blob.0).map_err(StoreError::unavailable)?;
    let read = |sums: &[u8]| decode(sums, || format!("checksums of blob `{blob}`"));
    sums.map(|sums| read(sums.value())).transpose()
}

/// Whether anything refers to `blob`.
pub(super) fn is_referred_to(
    transaction: &ReadTransaction,
    blob: BlobId,
) -> Result<bool, StoreError> {
    let table = transaction
        .open_table(REFERENCES)
        .map_err(StoreError::unavailable)?;
    let count = table.get(blob.0).map_err(StoreError::unavailable)?;
    Ok(count.is_some())
}

fn object_in<T>(
    objects: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &str,
    decode: impl FnOnce(&[u8], &[u8]) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let key = key.as_bytes();
    let value = objects.get(key).map_err(StoreError::unavailable)?;
    value.map(|value| decode(key, value.value())).transpose()
}
