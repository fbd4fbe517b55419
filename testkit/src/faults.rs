//! Stores that fail when they are told to, in front of stores that do not: what happens to a use case when
//! the store fails before it did anything, after it did everything, or when somebody else gets in between.

mod archives;

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, ObjectKey, StoreError, Timestamp, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{FileMeta, FileStore, FolderPage, NotePage, NoteQuery, NoteStore},
};

pub use archives::{FaultyArchives, FaultyQueue};

/// A method of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// [`NoteStore::create`].
    Create,
    /// [`NoteStore::claimed`].
    Claimed,
    /// [`NoteStore::get`].
    Get,
    /// [`NoteStore::list`] and [`NoteStore::count`].
    List,
    /// [`NoteStore::replace`].
    Replace,
    /// [`NoteStore::delete`].
    Delete,
    /// [`NoteStore::notes_using`].
    NotesUsing,
    /// [`FileStore::head`].
    HeadFile,
    /// [`FileStore::contents`].
    ListFolder,
    /// [`FileStore::delete`] and [`FileStore::delete_unchanged`].
    DeleteFile,
    /// [`ArchiveStore::create`](notewarden_domain::ports::ArchiveStore::create).
    CreateArchive,
    /// [`ArchiveStore::replace`](notewarden_domain::ports::ArchiveStore::replace).
    ReplaceArchive,
    /// [`ArchiveStore::delete`](notewarden_domain::ports::ArchiveStore::delete).
    DeleteArchive,
    /// Whatever [`ArchiveStore`](notewarden_domain::ports::ArchiveStore) reads.
    ReadArchive,
    /// [`WorkQueue::send`](notewarden_domain::ports::WorkQueue::send).
    Send,
}

/// What goes wrong with a call.
pub enum Fault {
    /// It fails and has had no effect.
    Before(StoreError),
    /// It has its effect, and then the answer is lost.
    After(StoreError),
    /// It is late: this happens first.
    Meanwhile(Pin<Box<dyn Future<Output = ()> + Send>>),
}

/// The faults that lie in wait, in the order in which they strike.
#[derive(Default)]
pub struct Faults(Mutex<VecDeque<(Call, Fault)>>);

impl Faults {
    /// The next call of this kind that has no earlier fault waiting meets this one.
    pub fn add(&self, call: Call, fault: Fault) {
        self.lock().push_back((call, fault));
    }

    /// How many faults have not struck yet.
    pub fn waiting(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(Call, Fault)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, call: Call) -> Option<Fault> {
        let mut waiting = self.lock();
        let at = waiting.iter().position(|(of, _)| *of == call)?;
        waiting.remove(at).map(|(_, fault)| fault)
    }

    async fn around<T: Send>(
        &self,
        call: Call,
        run: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        match self.take(call) {
            None => run.await,
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                run.await?;
                Err(error)
            }
            Some(Fault::Meanwhile(event)) => {
                event.await;
                run.await
            }
        }
    }
}

/// A note store with faults in front of it.
pub struct FaultyNotes {
    inner: Arc<dyn NoteStore>,
    faults: Arc<Faults>,
}

impl FaultyNotes {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<dyn NoteStore>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl NoteStore for FaultyNotes {
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        let run = self.inner.create(note, claim);
        self.faults.around(Call::Create, run).await
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        let run = self.inner.claimed(claim, now);
        self.faults.around(Call::Claimed, run).await
    }

    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError> {
        let run = self.inner.get(owner, id);
        self.faults.around(Call::Get, run).await
    }

    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError> {
        let run = self.inner.list(owner, query);
        self.faults.around(Call::List, run).await
    }

    async fn count(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        let run = self.inner.count(owner);
        self.faults.around(Call::List, run).await
    }

    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError> {
        let run = self.inner.replace(note, expected);
        self.faults.around(Call::Replace, run).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let run = self.inner.delete(owner, id, expected);
        self.faults.around(Call::Delete, run).await
    }

    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        let run = self.inner.notes_using(owner, file, limit);
        self.faults.around(Call::NotesUsing, run).await
    }
}

/// A file store with faults in front of it.
pub struct FaultyFiles {
    inner: Arc<dyn FileStore>,
    faults: Arc<Faults>,
}

impl FaultyFiles {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<dyn FileStore>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl FileStore for FaultyFiles {
    async fn head(&self, key: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        let run = self.inner.head(key);
        self.faults.around(Call::HeadFile, run).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let run = self.inner.delete(key);
        self.faults.around(Call::DeleteFile, run).await
    }

    async fn delete_unchanged(&self, key: &ObjectKey, etag: &str) -> Result<(), StoreError> {
        let run = self.inner.delete_unchanged(key, etag);
        self.faults.around(Call::DeleteFile, run).await
    }

    async fn delete_all(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let run = self.inner.delete_all(owner);
        self.faults.around(Call::DeleteFile, run).await
    }

    async fn contents<'a>(
        &self,
        owner: &IdentityId,
        after: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        let run = self.inner.contents(owner, after);
        self.faults.around(Call::ListFolder, run).await
    }
}
