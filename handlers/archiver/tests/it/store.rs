//! A store of everything in memory, by S3's rules for parts, to which a test can do things between calls.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp, Version,
    archive::{ArchiveId, Job, Selection},
    file::ContentType,
    idempotency::{Creation, IdempotencyClaim},
    ports::{
        ArchiveObjects, ArchivePage, ArchiveQuery, ArchiveStore, ArchiveUpload, ByteSource,
        FileIndex, FileMeta, FilePage, FileQuery, FileStore, FolderPage, StoredPart,
    },
    quota::Usage,
};

use crate::content::{Content, Extent};

/// The longest chunk in which an object is read.
const CHUNK: u64 = 64 << 10;

/// A stored object.
#[derive(Clone, Debug)]
pub struct Object {
    pub content: Content,
    pub meta: FileMeta,
}

#[derive(Debug, Default)]
struct Upload {
    key: Option<ObjectKey>,
    parts: BTreeMap<u16, (Content, StoredPart)>,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The store is not there; nothing has happened.
    Before,
    /// The answer is lost.
    After,
}

/// The store's inside.
#[derive(Default)]
pub struct State {
    pub objects: BTreeMap<ObjectKey, Object>,
    pub jobs: BTreeMap<ArchiveId, (Job, Selection)>,
    pub calls: Vec<&'static str>,
    uploads: BTreeMap<String, Upload>,
    last_id: u64,
}

impl State {
    fn id(&mut self) -> String {
        self.last_id += 1;
        self.last_id.to_string()
    }

    /// Stores an object, in place of what is there.
    pub fn put(&mut self, key: &ObjectKey, content: Content, at: Timestamp, knows_crc: bool) {
        let meta = FileMeta {
            size: content.len(),
            content_type: ContentType::default(),
            etag: self.id(),
            modified_at: at,
            crc32: knows_crc.then(|| content.crc()),
        };
        self.objects.insert(key.clone(), Object { content, meta });
    }

    /// How many uploads are under way.
    pub fn uploads(&self) -> usize {
        self.uploads.len()
    }
}

type Hook = Box<dyn FnMut(&'static str, &mut State) -> Fault + Send>;

/// The store.
pub struct Store {
    state: Mutex<State>,
    hook: Mutex<Option<Hook>>,
    latency: Mutex<Duration>,
    /// The smallest part but the last.
    pub min_part: u64,
    /// Whether part copies are answered with checksums.
    pub says_crc: bool,
}

impl Store {
    pub fn new(min_part: u64, says_crc: bool) -> Self {
        Self {
            state: Mutex::default(),
            hook: Mutex::default(),
            latency: Mutex::default(),
            min_part,
            says_crc,
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `hook` before each call from now on, with the method's name.
    pub fn on_call(&self, hook: impl FnMut(&'static str, &mut State) -> Fault + Send + 'static) {
        *self.hook.lock().unwrap() = Some(Box::new(hook));
    }

    pub fn be_quiet(&self) {
        *self.hook.lock().unwrap() = None;
    }

    /// Each call takes so long from now on.
    pub fn be_slow(&self, latency: Duration) {
        *self.latency.lock().unwrap() = latency;
    }

    async fn call<T>(
        &self,
        method: &'static str,
        run: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let latency = *self.latency.lock().unwrap();
        if latency.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(latency).await;
        }
        let fault = {
            let mut state = self.state();
            state.calls.push(method);
            match &mut *self.hook.lock().unwrap() {
                Some(hook) => hook(method, &mut state),
                None => Fault::None,
            }
        };
        // Who is to be stopped by the hook is stopped here.
        tokio::task::yield_now().await;
        let lost = || StoreError::unavailable("the connection is lost");
        if fault == Fault::Before {
            return Err(lost());
        }
        let answer = run(&mut self.state());
        tokio::task::yield_now().await;
        if fault == Fault::After {
            return Err(lost());
        }
        answer
    }
}

fn found<'s>(state: &'s State, key: &ObjectKey, etag: &str) -> Result<&'s Object, StoreError> {
    let object = state.objects.get(key).ok_or(StoreError::NotFound)?;
    if object.meta.etag == etag {
        Ok(object)
    } else {
        Err(StoreError::PreconditionFailed)
    }
}

fn of_chunks(chunks: Vec<Bytes>) -> Content {
    Content(chunks.into_iter().map(Extent::Bytes).collect())
}

struct Source<'s>(Content, std::marker::PhantomData<&'s ()>);

#[async_trait]
impl ByteSource for Source<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        tokio::task::yield_now().await;
        let length = self.0.len();
        if length == 0 {
            return Ok(None);
        }
        let chunk = self.0.slice(0..CHUNK.min(length)).0.remove(0);
        self.0 = self.0.slice(chunk.len()..length);
        Ok(Some(match chunk {
            Extent::Bytes(bytes) => bytes,
            Extent::Zeros(length) => vec![0; usize::try_from(length).unwrap()].into(),
        }))
    }
}

#[async_trait]
impl ArchiveObjects for Store {
    async fn read(
        &self,
        key: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<Box<dyn ByteSource>, StoreError> {
        let read = self.call("read", |state| {
            let object = found(state, key, etag)?;
            assert!(range.start < range.end && range.end <= object.content.len());
            Ok(object.content.slice(range))
        });
        Ok(Box::new(Source(read.await?, std::marker::PhantomData)))
    }

    async fn put(&self, key: &ObjectKey, bytes: Vec<Bytes>) -> Result<(), StoreError> {
        self.call("put", |state| {
            if state.objects.contains_key(key) {
                return Err(StoreError::PreconditionFailed);
            }
            state.put(key, of_chunks(bytes), Timestamp::from_millis(0), false);
            Ok(())
        })
        .await
    }

    async fn begin(&self, key: &ObjectKey) -> Result<ArchiveUpload, StoreError> {
        self.call("begin", |state| {
            let id = state.id();
            let upload = Upload {
                key: Some(key.clone()),
                ..Upload::default()
            };
            state.uploads.insert(id.clone(), upload);
            let key = key.clone();
            Ok(ArchiveUpload { key, id })
        })
        .await
    }

    async fn put_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        bytes: Vec<Bytes>,
    ) -> Result<StoredPart, StoreError> {
        self.call("put_part", |state| {
            store_part(state, upload, number, of_chunks(bytes), self.says_crc)
        })
        .await
    }

    async fn copy_part(
        &self,
        upload: &ArchiveUpload,
        number: u16,
        source: &ObjectKey,
        etag: &str,
        range: Range<u64>,
    ) -> Result<StoredPart, StoreError> {
        self.call("copy_part", |state| {
            let content = found(state, source, etag)?.content.slice(range);
            store_part(state, upload, number, content, self.says_crc)
        })
        .await
    }

    async fn complete(
        &self,
        upload: &ArchiveUpload,
        parts: &[StoredPart],
    ) -> Result<(), StoreError> {
        self.call("complete", |state| {
            let stored = state.uploads.get(&upload.id).ok_or(StoreError::NotFound)?;
            if state.objects.contains_key(&upload.key) {
                return Err(StoreError::PreconditionFailed);
            }
            let numbers: Vec<u16> = parts.iter().map(|part| part.number).collect();
            assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
            let mut content = Content::default();
            for (index, part) in parts.iter().enumerate() {
                let (bytes, known) = &stored.parts[&part.number];
                assert_eq!(part, known, "the part is not the one that is stored");
                let length = bytes.len();
                let is_last = index + 1 == parts.len();
                assert!(
                    is_last || length >= self.min_part,
                    "a part of {length} bytes"
                );
                content.0.extend(bytes.0.iter().cloned());
            }
            state.uploads.remove(&upload.id);
            state.put(&upload.key, content, Timestamp::from_millis(0), false);
            Ok(())
        })
        .await
    }

    async fn abort_all(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.call("abort_all", |state| {
            state
                .uploads
                .retain(|_, upload| upload.key.as_ref() != Some(key));
            Ok(())
        })
        .await
    }
}

fn store_part(
    state: &mut State,
    upload: &ArchiveUpload,
    number: u16,
    content: Content,
    says_crc: bool,
) -> Result<StoredPart, StoreError> {
    let etag = state.id();
    let upload = state
        .uploads
        .get_mut(&upload.id)
        .ok_or(StoreError::NotFound)?;
    let part = StoredPart {
        number,
        etag,
        crc32: says_crc.then(|| content.crc()),
    };
    upload.parts.insert(number, (content, part.clone()));
    Ok(part)
}

#[async_trait]
impl FileStore for Store {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        let meta = |object: &Object| object.meta.clone();
        self.call("head", |state| Ok(state.objects.get(key).map(meta)))
            .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let deleted = self.call("delete", |state| Ok(state.objects.remove(key)));
        deleted.await.map(drop)
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        self.call("delete_unchanged", |state| match found(state, key, etag) {
            Ok(_) => {
                state.objects.remove(key);
                Ok(())
            }
            Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }

    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let prefix = ObjectKey::private_prefix(owner);
        let is_others = |key: &ObjectKey| !key.as_str().starts_with(&prefix);
        self.call("delete_all", |state| {
            state.objects.retain(|key, _| is_others(key));
            Ok(())
        })
        .await
    }

    async fn contents<'a>(
        &self,
        _: &IdentityId,
        _: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        unimplemented!("the worker looks through no folder")
    }
}

#[async_trait]
impl FileIndex for Store {
    async fn list(&self, _: &IdentityId, _: &FileQuery) -> Result<FilePage, StoreError> {
        unimplemented!("the worker lists no files")
    }

    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        self.call("find", |state| {
            let find = |name| state.objects.get(&ObjectKey::private(owner, name));
            let meta = |name| find(name).map(|object| object.meta.clone());
            Ok(names.iter().map(meta).collect())
        })
        .await
    }

    async fn usage(&self, _: &IdentityId) -> Result<Usage, StoreError> {
        unimplemented!("the worker knows no quotas")
    }
}

#[async_trait]
impl ArchiveStore for Store {
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        _: Option<&'a IdempotencyClaim>,
        _: u32,
    ) -> Result<Creation, StoreError> {
        let stored = (job.clone(), selection.clone());
        self.state().jobs.insert(job.id, stored);
        Ok(Creation::Stored)
    }

    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError> {
        let of_owner = |(job, _): &(Job, Selection)| (job.owner == *owner).then(|| job.clone());
        self.call("get", |state| Ok(state.jobs.get(&id).and_then(of_owner)))
            .await
    }

    async fn selection(
        &self,
        _: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        let selection = |(_, selection): &(Job, Selection)| selection.clone();
        self.call("selection", |state| Ok(state.jobs.get(&id).map(selection)))
            .await
    }

    async fn list(&self, _: &IdentityId, _: &ArchiveQuery) -> Result<ArchivePage, StoreError> {
        unimplemented!("the worker lists no archives")
    }

    async fn under_way(&self, _: &IdentityId) -> Result<Vec<Job>, StoreError> {
        unimplemented!("the worker lists no archives")
    }

    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        self.call("replace", |state| {
            let stored = state.jobs.get_mut(&job.id).ok_or(StoreError::NotFound)?;
            if stored.0.version != expected {
                return Err(StoreError::PreconditionFailed);
            }
            assert_eq!(job.version, expected.next());
            stored.0 = job.clone();
            Ok(())
        })
        .await
    }

    async fn delete(&self, _: &IdentityId, _: ArchiveId, _: Version) -> Result<(), StoreError> {
        unimplemented!("the worker deletes no jobs")
    }
}
