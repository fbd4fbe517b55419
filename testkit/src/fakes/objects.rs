//! Objects with their bytes, read and put together as S3 does it.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    archive::{Crc32, StoreRules},
    file::ContentType,
    ports::{ArchiveObjects, ArchiveUpload, ByteSource, FileMeta, FileStore, StoredPart},
};

use super::{Content, MemoryFiles};

/// How many bytes a source gives at once.
const CHUNK: u64 = 64 * 1_024;

/// The bytes of objects in memory. What is known of the objects is in a [`MemoryFiles`]: an object that is removed
/// there is gone.
#[derive(Debug)]
pub struct MemoryObjects {
    files: Arc<MemoryFiles>,
    rules: StoreRules,
    copies_have_checksums: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By entity tag, which no two objects share.
    contents: BTreeMap<String, Content>,
    uploads: BTreeMap<String, Upload>,
    made: u64,
}

#[derive(Debug)]
struct Upload {
    key: ObjectKey,
    parts: BTreeMap<u16, (StoredPart, Content)>,
}

impl MemoryObjects {
    /// The bytes of objects of which `files` knows the rest, in a store with S3's rules.
    pub fn new(files: Arc<MemoryFiles>) -> Self {
        Self {
            files,
            rules: StoreRules::S3,
            copies_have_checksums: true,
            state: Mutex::default(),
        }
    }

    /// The store with other rules: small parts make small tests.
    #[must_use]
    pub fn with_rules(self, rules: StoreRules) -> Self {
        Self { rules, ..self }
    }

    /// The store, which does not answer part copies with checksums.
    #[must_use]
    pub fn without_checksums_of_copies(self) -> Self {
        Self {
            copies_have_checksums: false,
            ..self
        }
    }

    /// Stores an object with its checksum, as a client does who has counted it, and answers with its entity tag.
    pub fn store(&self, key: &ObjectKey, content: impl Into<Content>, at: Timestamp) -> String {
        let content = content.into();
        let crc32 = Some(content.crc32());
        self.store_as(key, content, crc32, at)
    }

    /// Stores an object of which the store says this checksum, true or not.
    pub fn store_as(
        &self,
        key: &ObjectKey,
        content: impl Into<Content>,
        crc32: Option<Crc32>,
        modified_at: Timestamp,
    ) -> String {
        let mut state = self.lock();
        self.insert(&mut state, key, content.into(), crc32, modified_at)
    }

    /// The bytes of the object, if there is one.
    pub fn content(&self, key: &ObjectKey) -> Option<Content> {
        let meta = self.files.meta(key)?;
        self.lock().contents.get(&meta.etag).cloned()
    }

    /// The uploads that are under way.
    pub fn uploads(&self) -> Vec<ArchiveUpload> {
        let state = self.lock();
        let uploads = state.uploads.iter();
        let uploads = uploads.map(|(id, upload)| ArchiveUpload {
            key: upload.key.clone(),
            id: id.clone(),
        });
        uploads.collect()
    }

    fn insert(
        &self,
        state: &mut State,
        key: &ObjectKey,
        content: Content,
        crc32: Option<Crc32>,
        modified_at: Timestamp,
    ) -> String {
        let etag = state.next("etag");
        let meta = FileMeta {
            size: content.len(),
            content_type: ContentType::default(),
            etag: etag.clone(),
            modified_at,
            crc32,
        };
        self.files.put_as(key, meta);
        state.contents.insert(etag.clone(), content);
        etag
    }

    /// The bytes of the object that has this entity tag.
    async fn unchanged(&self, key: &ObjectKey, etag: &str) -> Result<Content, StoreError> {
        let meta = self.files.head(key).await?.ok_or(StoreError::NotFound)?;
        if meta.etag != etag {
            return Err(StoreError::PreconditionFailed);
        }
        let content = self.lock().contents.get(etag).cloned();
        content.ok_or_else(|| StoreError::corrupt(key.to_string(), "the object has no bytes"))
    }

    fn store_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        content: Content,
        has_checksum: bool,
    ) -> Result<StoredPart, StoreError> {
        if number == 0 || number > self.rules.max_parts {
            return Err(StoreError::unavailable("InvalidArgument: part number"));
        }
        if content.len() > self.rules.max_part {
            return Err(StoreError::unavailable("EntityTooLarge"));
        }
        let mut state = self.lock();
        let part = StoredPart {
            number,
            etag: state.next("part"),
            crc32: has_checksum.then(|| content.crc32()),
        };
        let upload = state.upload(upload)?;
        upload.parts.insert(number, (part.clone(), content));
        Ok(part)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}-{}", self.made)
    }

    fn upload(&mut self, upload: &ArchiveUpload) -> Result<&mut Upload, StoreError> {
        let found = self.uploads.get_mut(&upload.id);
        found
            .filter(|found| found.key == upload.key)
            .ok_or(StoreError::NotFound)
    }
}

fn in_a_row(chunks: Vec<Bytes>) -> Content {
    let mut content = Content::default();
    for chunk in chunks {
        content.append(&chunk.into());
    }
    content
}

/// What a range of an object has, chunk by chunk.
struct Chunks<I> {
    chunks: I,
    is_short: bool,
}

#[async_trait]
impl<I: Iterator<Item = Bytes> + Send> ByteSource for Chunks<I> {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match self.chunks.next() {
            None if self.is_short => Err(StoreError::unavailable("the object ends in the range")),
            chunk => Ok(chunk),
        }
    }
}

/// The bytes `range` of `content`, as far as there are, and whether they are fewer.
fn cut(content: &Content, range: Range<u64>) -> (Content, bool) {
    assert!(range.start < range.end, "the range {range:?} is empty");
    let is_short = range.end > content.len();
    (content.slice(range), is_short)
}

#[async_trait]
impl ArchiveObjects for MemoryObjects {
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let (content, is_short) = cut(&self.unchanged(key, etag).await?, range);
        let chunks = content.chunks(CHUNK);
        Ok(Box::new(Chunks { chunks, is_short }))
    }

    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        let content = in_a_row(bytes);
        let mut state = self.lock();
        if self.files.meta(key).is_some() {
            return Err(StoreError::PreconditionFailed);
        }
        let crc32 = Some(content.crc32());
        self.insert(&mut state, key, content, crc32, Timestamp::from_millis(0));
        Ok(())
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        let mut state = self.lock();
        let id = state.next("upload");
        let upload = Upload {
            key: key.clone(),
            parts: BTreeMap::new(),
        };
        state.uploads.insert(id.clone(), upload);
        let key = key.clone();
        Ok(ArchiveUpload { key, id })
    }

    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        self.store_part(upload, number, in_a_row(bytes), true)
    }

    /// “Uploading and copying objects using multipart upload”: a range that the object does not have is refused, and
    /// the answer has the part's checksum because the upload has an algorithm.
    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        self.lock().upload(upload)?;
        let (content, is_short) = cut(&self.unchanged(source, etag).await?, range);
        if is_short {
            return Err(StoreError::unavailable("InvalidRange"));
        }
        self.store_part(upload, number, content, self.copies_have_checksums)
    }

    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        let stored = &state.upload(upload)?.parts;
        if parts.is_empty() || !parts.is_sorted_by(|one, next| one.number < next.number) {
            return Err(StoreError::unavailable("InvalidPartOrder"));
        }
        let mut whole = Content::default();
        for (index, part) in parts.iter().enumerate() {
            let (_, content) = stored
                .get(&part.number)
                .filter(|(stored, _)| stored.etag == part.etag)
                .ok_or_else(|| StoreError::unavailable("InvalidPart"))?;
            let is_last = index + 1 == parts.len();
            if !is_last && content.len() < self.rules.min_part {
                return Err(StoreError::unavailable("EntityTooSmall"));
            }
            whole.append(content);
        }
        if self.files.meta(&upload.key).is_some() {
            return Err(StoreError::PreconditionFailed);
        }
        state.uploads.remove(&upload.id);
        let at = Timestamp::from_millis(0);
        self.insert(&mut state, &upload.key, whole, None, at);
        Ok(())
    }

    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.lock().uploads.retain(|_, upload| upload.key != *key);
        Ok(())
    }
}
