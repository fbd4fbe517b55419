//! Stores that fail when they are told to, in front of stores that do not: what happens to a use case when
//! the store fails before it did anything, after it did everything, or when somebody else gets in between.

mod archives;
mod objects;

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, ObjectKey, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{
        FileIndex, FileMeta, FilePage, FileQuery, FileStore, FolderPage, NotePage, NoteQuery,
        NoteStore,
    },
    quota::Usage,
};

pub use archives::{FaultyArchives, FaultyQueue};
pub use objects::FaultyObjects;

/// A method of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// [`NoteStore::create`].
    Create,
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
    /// Whatever [`FileIndex`] is asked.
    FindFiles,
    /// [`ArchiveObjects::read`](notewarden_domain::ports::ArchiveObjects::read).
    ReadObject,
    /// [`ArchiveObjects::put`](notewarden_domain::ports::ArchiveObjects::put).
    PutObject,
    /// [`ArchiveObjects::begin`](notewarden_domain::ports::ArchiveObjects::begin).
    BeginUpload,
    /// [`ArchiveObjects::put_part`](notewarden_domain::ports::ArchiveObjects::put_part).
    PutPart,
    /// [`ArchiveObjects::copy_part`](notewarden_domain::ports::ArchiveObjects::copy_part).
    CopyPart,
    /// [`ArchiveObjects::complete`](notewarden_domain::ports::ArchiveObjects::complete).
    CompleteUpload,
    /// [`ArchiveObjects::abort_all`](notewarden_domain::ports::ArchiveObjects::abort_all).
    AbortUploads,
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

impl Fault {
    /// The call is late by so long.
    pub fn late(by: Duration) -> Self {
        Self::Meanwhile(Box::pin(tokio::time::sleep(by)))
    }
}

/// The faults that lie in wait, in the order in which they strike, and what calls there were.
#[derive(Default)]
pub struct Faults(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<(Call, Fault)>,
    watch: Option<Watch>,
    calls: Vec<Call>,
}

/// Sees each call before it has happened.
type Watch = Box<dyn FnMut(Call) -> Option<Fault> + Send>;

impl Faults {
    /// The next call of this kind that has no earlier fault waiting meets this one.
    pub fn add(&self, call: Call, fault: Fault) {
        self.lock().waiting.push_back((call, fault));
    }

    /// From now on `watch` sees each call for which no fault is waiting, and says what it meets. It is called with the
    /// faults locked.
    pub fn on_call(&self, watch: impl FnMut(Call) -> Option<Fault> + Send + 'static) {
        self.lock().watch = Some(Box::new(watch));
    }

    /// From now on nobody sees the calls.
    pub fn be_quiet(&self) {
        self.lock().watch = None;
    }

    /// How many faults have not struck yet.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// What was called, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a call, with whatever it meets. As one over a network it gives way before and after, so that whoever is
    /// stopped is stopped there.
    async fn around<T: Send>(
        &self,
        call: Call,
        run: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        tokio::task::yield_now().await;
        let fault = self.lock().meet(call);
        tokio::task::yield_now().await;
        let lost = match fault {
            None => None,
            Some(Fault::Before(error)) => return Err(error),
            Some(Fault::After(error)) => Some(error),
            Some(Fault::Meanwhile(event)) => {
                event.await;
                None
            }
        };
        let answer = run.await;
        tokio::task::yield_now().await;
        match lost {
            Some(error) => answer.and(Err(error)),
            None => answer,
        }
    }
}

impl State {
    fn meet(&mut self, call: Call) -> Option<Fault> {
        self.calls.push(call);
        let at = self.waiting.iter().position(|(of, _)| *of == call);
        match at {
            Some(at) => self.waiting.remove(at).map(|(_, fault)| fault),
            None => self.watch.as_mut()?(call),
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

/// A store of files and their index with faults in front of it.
pub struct FaultyFiles<F> {
    inner: Arc<F>,
    faults: Arc<Faults>,
}

impl<F> FaultyFiles<F> {
    /// `inner`, behind `faults`.
    pub fn new(inner: Arc<F>, faults: Arc<Faults>) -> Self {
        Self { inner, faults }
    }
}

#[async_trait]
impl<F: FileIndex> FileIndex for FaultyFiles<F> {
    async fn list(&self, owner: &IdentityId, query: &FileQuery) -> Result<FilePage, StoreError> {
        let run = self.inner.list(owner, query);
        self.faults.around(Call::FindFiles, run).await
    }

    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        let run = self.inner.find(owner, names);
        self.faults.around(Call::FindFiles, run).await
    }

    async fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        let run = self.inner.usage(owner);
        self.faults.around(Call::FindFiles, run).await
    }
}

#[async_trait]
impl<F: FileStore> FileStore for FaultyFiles<F> {
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
