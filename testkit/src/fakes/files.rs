//! A file store that remembers what is known of each object, and nothing of its bytes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp,
    file::ContentType,
    ports::{
        FileEntry, FileIndex, FileMeta, FilePage, FileQuery, FileStore, FolderEntry, FolderPage,
    },
    quota::Usage,
};

/// How many objects are told at a time.
const MAX_PAGE: usize = 1_000;

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryFiles(Mutex<BTreeMap<ObjectKey, FileMeta>>);

impl MemoryFiles {
    /// Stores an object of `size` bytes at `key`, as an upload would.
    pub fn put(&self, key: &ObjectKey, size: u64, modified_at: Timestamp) {
        let etag = format!("{size:032x}");
        let meta = FileMeta {
            size,
            content_type: ContentType::default(),
            etag,
            modified_at,
            crc32: None,
        };
        self.put_as(key, meta);
    }

    /// Stores an object of which this is known.
    pub fn put_as(&self, key: &ObjectKey, meta: FileMeta) {
        self.lock().insert(key.clone(), meta);
    }

    /// Removes the object, if there is one.
    pub fn remove(&self, key: &ObjectKey) {
        self.lock().remove(key);
    }

    /// What is known of the object, if there is one.
    pub fn meta(&self, key: &ObjectKey) -> Option<FileMeta> {
        self.lock().get(key).cloned()
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> Vec<ObjectKey> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ObjectKey, FileMeta>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl FileStore for MemoryFiles {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        Ok(self.meta(key))
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.remove(key);
        Ok(())
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        let mut objects = self.lock();
        match objects.get(key) {
            Some(meta) if meta.etag != etag => Err(StoreError::PreconditionFailed),
            _ => {
                objects.remove(key);
                Ok(())
            }
        }
    }

    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let prefix = ObjectKey::private_prefix(owner);
        self.lock()
            .retain(|key, _| !key.as_str().starts_with(&prefix));
        Ok(())
    }

    async fn contents<'a>(
        &self,
        owner: &IdentityId,
        after: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        let prefix = ObjectKey::private_prefix(owner);
        let objects = self.lock();
        let mut behind = objects
            .iter()
            .filter(|(key, _)| key.as_str().starts_with(&prefix))
            .filter(|(key, _)| after.is_none_or(|after| *key > after))
            .map(|(key, meta)| FolderEntry {
                key: key.clone(),
                size: meta.size,
            });
        let objects = behind.by_ref().take(MAX_PAGE).collect();
        let more = behind.next().is_some();
        Ok(FolderPage { objects, more })
    }
}

#[async_trait]
impl FileIndex for MemoryFiles {
    async fn list(&self, owner: &IdentityId, query: &FileQuery) -> Result<FilePage, StoreError> {
        let objects = self.lock();
        let mut behind = of(&objects, owner)
            .filter(|file| file.name.as_str().starts_with(query.prefix.as_str()))
            .filter(|file| query.after.as_ref().is_none_or(|after| file.name > *after));
        let files = behind.by_ref().take(query.limit).collect();
        let more = behind.next().is_some();
        Ok(FilePage { files, more })
    }

    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        let objects = self.lock();
        let find = |name| objects.get(&ObjectKey::private(owner, name)).cloned();
        Ok(names.iter().map(find).collect())
    }

    async fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        let objects = self.lock();
        let start = Usage::default();
        Ok(of(&objects, owner).fold(start, |usage, file| Usage {
            files: usage.files + 1,
            bytes: usage.bytes + file.meta.size,
        }))
    }
}

/// The owner's files, in the order of their names.
fn of<'a>(
    objects: &'a BTreeMap<ObjectKey, FileMeta>,
    owner: &IdentityId,
) -> impl Iterator<Item = FileEntry> + 'a {
    let prefix = ObjectKey::private_prefix(owner);
    objects.iter().filter_map(move |(key, meta)| {
        let name: FileName = key.as_str().strip_prefix(&prefix)?.parse().ok()?;
        let meta = meta.clone();
        Some(FileEntry { name, meta })
    })
}
