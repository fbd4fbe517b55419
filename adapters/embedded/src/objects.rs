//! Objects by key: extent lists over immutable blobs.
//!
//! A write first makes its blob durable, then commits the object that refers to it, then answers; so what is
//! acknowledged is on disk, and half an object is never visible. Preconditions are decided in the commit.
//! Copying an object, or a part of one, refers to the same blobs again and moves no bytes.

mod condition;
mod error;
pub(crate) mod folders;
mod ingest;
mod list;
mod quota;
mod read;
mod record;
mod sums;
mod tables;

use std::{fmt, fs, io, ops::Range, path::Path, str::FromStr, sync::Arc};

use bytes::Bytes;
use futures_util::Stream;
use notewarden_domain::{
    StoreError, Timestamp,
    archive::Crc32,
    ports::{Clock, IdSource},
    quota::Quota,
};
use serde::{Deserialize, Serialize};

pub use self::{
    condition::{ReadCondition, WriteCondition},
    error::ObjectError,
    list::{ListItem, ListPage, ListQuery},
    read::ObjectReader,
    record::{Attributes, Object, ObjectHead, ObjectLayout, PartSummary},
};
pub(crate) use self::{
    ingest::{Ingested, Tag, ingest},
    list::{Group, successor},
    record::{Extent, decode, describe, encode, slice},
    tables::{OBJECTS, PARTS, Tables, UPLOADS},
};
use crate::{
    Database, OpenError,
    blobs::{BlobFs, BlobId, Blobs, OsFs, StagedBlob},
    checksums::{Checksum, ChecksumAlgorithm},
};

/// The objects of one data directory, which are one bucket. Clones share them.
#[derive(Clone)]
pub struct Objects {
    pub(crate) database: Database,
    pub(crate) blobs: Blobs,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    created_at: Timestamp,
    quota: Option<Quota>,
}

/// The name of a multipart upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UploadId(pub(crate) u128);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for UploadId {
    type Err = ObjectError;

    fn from_str(text: &str) -> Result<Self, ObjectError> {
        let id = u128::from_str_radix(text, 16).map(Self);
        id.ok()
            .filter(|id| id.to_string() == text)
            .ok_or(ObjectError::NoSuchUpload)
    }
}

/// What a client says of the object it stores.
#[derive(Clone, Debug, Default)]
pub struct PutOptions {
    /// Headers to keep.
    pub attributes: Attributes,
    /// The checksum to keep; CRC-64/NVME if the client chose none.
    pub checksum: Option<ChecksumAlgorithm>,
    /// What must hold of the object that is there.
    pub condition: WriteCondition,
}

/// How an object is copied.
#[derive(Clone, Debug, Default)]
pub struct CopyOptions {
    /// The copy's headers; `None` keeps the source's.
    pub attributes: Option<Attributes>,
    /// The copy's checksum; `None` keeps the source's. Another one than the source's costs a read, unless it is the
    /// CRC-32 that is known anyway.
    pub checksum: Option<ChecksumAlgorithm>,
    /// What must hold of the source.
    pub source: ReadCondition,
    /// What must hold of the object that is there.
    pub target: WriteCondition,
}

impl Objects {
    /// The objects kept in `database` and in the folder `blobs` of `dir`.
    ///
    /// What a crash left behind is swept up by a thread of its own.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn open(
        database: Database,
        dir: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, OpenError> {
        let objects = Self::open_on(Arc::new(OsFs), database, dir, clock, ids).await?;
        let swept = objects.clone();
        tokio::task::spawn_blocking(move || match swept.sweep() {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed the blobs that an earlier run left behind"),
            Err(error) => tracing::warn!(%error, "unused blobs could not be looked for"),
        });
        Ok(objects)
    }

    /// As [`Objects::open`], on a file system of choice and without the sweep.
    ///
    /// # Errors
    /// If they cannot be read.
    pub async fn open_on(
        fs: Arc<dyn BlobFs>,
        database: Database,
        dir: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, OpenError> {
        let dir = dir.join("blobs");
        let failed = |source| OpenError::Io {
            path: dir.display().to_string(),
            source,
        };
        create_private(&dir).map_err(failed)?;
        let now = clock.now();
        let created_at = database
            .write(move |transaction| tables::create(transaction, now))
            .await
            .map_err(|error| failed(io::Error::other(error)))?;
        Ok(Self {
            blobs: Blobs::new(fs, dir),
            database,
            clock,
            ids,
            created_at,
            quota: None,
        })
    }

    /// When the bucket was made.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Removes the blobs that an earlier run left behind. Blocks. Answers how many.
    ///
    /// # Errors
    /// If the directory or the database cannot be read.
    pub fn sweep(&self) -> Result<usize, StoreError> {
        #[derive(Debug)]
        struct Failure(StoreError);
        impl From<io::Error> for Failure {
            fn from(error: io::Error) -> Self {
                Self(StoreError::unavailable(error))
            }
        }
        self.blobs
            .sweep(|blob| {
                self.database
                    .read(|transaction| tables::is_referred_to(transaction, blob))
                    .map_err(Failure)
            })
            .map_err(|Failure(error)| error)
    }

    /// Stores an object. If `data` ends in an error, nothing is stored.
    ///
    /// # Errors
    /// [`ObjectError::Body`] if `data` ends in an error; [`ObjectError::PreconditionFailed`] and
    /// [`ObjectError::NoSuchKey`] by the condition.
    pub async fn put<S, E>(
        &self,
        key: &str,
        data: S,
        options: PutOptions,
    ) -> Result<ObjectHead, ObjectError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<error::BoxError>,
    {
        let algorithm = options.checksum.unwrap_or(ChecksumAlgorithm::Crc64Nvme);
        let Ingested {
            mut staged,
            tag,
            sums,
            checksum,
        } = ingest(&self.blobs, self.new_blob(), data, algorithm, Tag::Content).await?;
        let object = Object {
            head: ObjectHead {
                size: staged.length(),
                etag: hex::encode(tag),
                modified_at: self.clock.now(),
                checksum: Some(checksum),
                crc32: Some(sums.whole().get()),
            },
            layout: ObjectLayout {
                attributes: options.attributes,
                extents: Vec::from_iter(Extent::of(&staged)),
                parts: Vec::new(),
                upload: None,
            },
        };
        let (id, inline) = (staged.id(), staged.take_inline());
        let key = key.to_owned();
        self.commit(Some(staged), move |tables| {
            options.condition.check(tables.head(&key)?.as_ref())?;
            tables.keep(id, inline, &sums)?;
            tables.put(&key, &object)?;
            Ok(object.head)
        })
        .await
    }

    /// What is known of the object, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn head(&self, key: &str) -> Result<Option<Object>, StoreError> {
        self.database
            .read(|transaction| tables::object(transaction, key))
    }

    /// The object and its bytes as they are now, whatever happens to it while it is read.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn get(&self, key: &str) -> Result<Option<ObjectReader>, StoreError> {
        let reading = self.blobs.reading();
        self.database.read(|transaction| {
            let Some(object) = tables::object(transaction, key)? else {
                return Ok(None);
            };
            let inline = tables::inline(transaction, &object.layout.extents)?;
            Ok(Some(ObjectReader::new(object, inline, reading)))
        })
    }

    /// Removes an object. Answers whether there was one.
    ///
    /// # Errors
    /// [`ObjectError::PreconditionFailed`] and [`ObjectError::NoSuchKey`] by the condition.
    pub async fn delete(&self, key: &str, condition: WriteCondition) -> Result<bool, ObjectError> {
        let outcomes = self.delete_all(vec![(key.to_owned(), condition)]).await?;
        outcomes.into_iter().next().unwrap_or(Ok(false))
    }

    /// Removes many objects in one commit, each by its own condition.
    ///
    /// # Errors
    /// Only if nothing was removed at all; the outcome of each key is in the answer, in order.
    pub async fn delete_all(
        &self,
        keys: Vec<(String, WriteCondition)>,
    ) -> Result<Vec<Result<bool, ObjectError>>, StoreError> {
        let outcome = self
            .commit(None, move |tables| {
                let mut outcomes = Vec::with_capacity(keys.len());
                for (key, condition) in &keys {
                    let head = match condition {
                        WriteCondition::None => None,
                        _ => tables.head(key)?,
                    };
                    outcomes.push(match condition.check(head.as_ref()) {
                        Ok(()) => Ok(tables.remove(key)?),
                        Err(refusal) => Err(refusal),
                    });
                }
                Ok(outcomes)
            })
            .await;
        outcome.map_err(|error| match error {
            ObjectError::Store(error) => error,
            other => StoreError::unavailable(other),
        })
    }

    /// Copies an object, without its bytes.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchKey`] if there is no source; the conditions' refusals.
    pub async fn copy(
        &self,
        source: &str,
        target: &str,
        options: CopyOptions,
    ) -> Result<ObjectHead, ObjectError> {
        loop {
            let from = self.get(source)?.ok_or(ObjectError::NoSuchKey)?;
            options.source.check(&from.object().head)?;
            let found = from.object().clone();
            let mut copy = found.clone();
            if let Some(algorithm) = options.checksum
                && found.head.checksum.as_ref().map(|sum| sum.algorithm) != Some(algorithm)
            {
                let known = found.head.crc32.map(Crc32::new).map(Checksum::of_crc32);
                let checksum = match known.filter(|known| known.algorithm == algorithm) {
                    Some(known) => known,
                    None => from.checksum(0..found.head.size, algorithm).await?,
                };
                copy.head.crc32 = copy.head.crc32.or(checksum.crc32());
                copy.head.checksum = Some(checksum);
                copy.layout.parts.clear();
            }
            copy.head.modified_at = self.clock.now();
            copy.layout.upload = None;
            if let Some(attributes) = &options.attributes {
                copy.layout.attributes = attributes.clone();
            }
            let (source, target) = (source.to_owned(), target.to_owned());
            let condition = options.target.clone();
            let stored = self
                .commit(None, move |tables| {
                    if tables.object(&source)?.as_ref() != Some(&found) {
                        return Ok(None);
                    }
                    condition.check(tables.head(&target)?.as_ref())?;
                    tables.put(&target, &copy)?;
                    Ok(Some(copy.head))
                })
                .await?;
            if let Some(head) = stored {
                return Ok(head);
            }
        }
    }

    /// The CRC-32 of the bytes `range` of what is read, if it is known but for a few MiB, which are read; `None` of
    /// what a version stored that did not keep checksums of blobs.
    pub(crate) async fn crc32(
        &self,
        reader: &ObjectReader,
        range: Range<u64>,
    ) -> Result<Option<Crc32>, ObjectError> {
        let head = &reader.object().head;
        if let Some(whole) = head.crc32.filter(|_| range == (0..head.size)) {
            return Ok(Some(Crc32::new(whole)));
        }
        let pieces = reader.pieces(&range);
        let sums = self.database.read(|transaction| {
            let of = |extent: &Extent| tables::sums(transaction, extent.blob);
            pieces.extents().map(of).collect::<Result<Vec<_>, _>>()
        })?;
        let summing = tokio::task::spawn_blocking(move || pieces.crc32(&sums));
        let sum = summing.await.map_err(StoreError::unavailable)?;
        Ok(sum.map_err(StoreError::unavailable)?)
    }

    /// A page of the keys, in the order of their bytes.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn list(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        self.database
            .read(|transaction| list::page(transaction, query))
    }

    /// Runs `op` in a commit of its own outcome: refused, it changes nothing, whatever it did before, and `staged`
    /// goes.
    ///
    /// It runs to its end even if the caller goes away.
    pub(crate) async fn commit<T, F>(
        &self,
        staged: Option<StagedBlob>,
        op: F,
    ) -> Result<T, ObjectError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Result<T, ObjectError> + Send + 'static,
    {
        let (database, blobs) = (self.database.clone(), self.blobs.clone());
        let quota = self.quota;
        let committing = tokio::spawn(async move {
            let outcome = database
                .try_write(move |transaction| {
                    let mut tables = Tables::open(transaction, quota)?;
                    let value = op(&mut tables)?;
                    Ok((value, tables.into_unused()))
                })
                .await;
            let outcome = match outcome {
                Ok((value, unused)) => {
                    blobs.retire(unused);
                    Ok(value)
                }
                // Whether the commit reached the disk is unknown: the next start's sweep finds out.
                Err(error @ ObjectError::Store(_)) => Err(error),
                Err(refusal) => return Err(refusal),
            };
            if let Some(staged) = staged {
                staged.keep();
            }
            outcome
        });
        committing.await.map_err(StoreError::unavailable)?
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn new_blob(&self) -> BlobId {
        BlobId(self.new_id())
    }

    pub(crate) fn new_id(&self) -> u128 {
        self.ids.uuid_v7(self.clock.now()).as_u128()
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects")
            .field("blobs", &self.blobs)
            .finish_non_exhaustive()
    }
}

impl Extent {
    /// The whole of a blob, unless it is empty.
    pub(crate) fn of(staged: &StagedBlob) -> Option<Self> {
        (staged.length() > 0).then(|| Self {
            blob: staged.id(),
            offset: 0,
            length: staged.length(),
        })
    }
}

fn create_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
pub(crate) mod tests;
