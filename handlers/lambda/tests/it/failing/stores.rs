//! Stores of which none does anything.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, ObjectKey, StoreError, Timestamp, Version,
    account::Account,
    api_key::{ApiKey, ApiKeyId},
    api_keys::ApiKeys,
    archive::{ArchiveId, Job, Limits, Selection},
    archives::Archives,
    files::Files,
    idempotency::{Creation, IdempotencyClaim},
    notes::Notes,
    ports::{
        Accounts, ApiKeyStore, ArchivePage, ArchiveQuery, ArchiveStore, FileIndex, FileMeta,
        FilePage, FileQuery, FileStore, FolderPage, IdempotencyStore, IdentityBroker,
        IdentityLinks, LoginOutcome, NotePage, NoteQuery, NoteStore, WorkQueue,
    },
    quota::{OverQuota, Quota, Usage},
    sign_ins::{Login, SignIns},
    work::Work,
};
use notewarden_testkit::{FixedClock, PlainLinks, SeededIds, fixtures::NOON};
use uuid::Uuid;

/// Every store, and what each call fails with.
struct Failing(fn() -> StoreError);

impl Failing {
    fn fail<T>(&self) -> Result<T, StoreError> {
        Err((self.0)())
    }
}

/// The API over stores that fail with this.
pub fn app(error: fn() -> StoreError) -> notewarden_api::App {
    let (stores, ids) = (Arc::new(Failing(error)), Arc::new(SeededIds::new(1)));
    let (clock, links) = (Arc::new(FixedClock::at(NOON)), Arc::new(PlainLinks(NOON)));
    notewarden_api::App {
        notes: Notes {
            store: stores.clone(),
            files: stores.clone(),
            claims: stores.clone(),
            queue: stores.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
        },
        files: Files {
            store: stores.clone(),
            index: stores.clone(),
            links: links.clone(),
            notes: stores.clone(),
            claims: stores.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            quota: Quota::default(),
        },
        archives: Archives {
            store: stores.clone(),
            files: stores.clone(),
            index: stores.clone(),
            links,
            claims: stores.clone(),
            queue: stores.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            limits: Limits::default(),
        },
        account: Account {
            api_keys: stores.clone(),
            notes: stores.clone(),
            files: stores.clone(),
            index: stores.clone(),
            archives: stores.clone(),
            identities: stores.clone(),
            accounts: stores.clone(),
            queue: stores.clone(),
            clock: clock.clone(),
            quota: Quota::default(),
        },
        api_keys: ApiKeys::new(stores.clone(), clock, ids),
        sign_ins: SignIns::new(stores.clone(), stores),
    }
}

#[async_trait]
impl NoteStore for Failing {
    async fn create<'a>(
        &self,
        _: &Note,
        _: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        self.fail()
    }

    async fn get(&self, _: &IdentityId, _: NoteId) -> Result<Option<Note>, StoreError> {
        self.fail()
    }

    async fn list(&self, _: &IdentityId, _: &NoteQuery) -> Result<NotePage, StoreError> {
        self.fail()
    }

    async fn count(&self, _: &IdentityId) -> Result<u64, StoreError> {
        self.fail()
    }

    async fn replace(&self, _: &Note, _: Version) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete(&self, _: &IdentityId, _: NoteId, _: Version) -> Result<(), StoreError> {
        self.fail()
    }

    async fn notes_using(
        &self,
        _: &IdentityId,
        _: &FileName,
        _: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        self.fail()
    }
}

#[async_trait]
impl FileStore for Failing {
    async fn head(&self, _: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        self.fail()
    }

    async fn delete(&self, _: &ObjectKey) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete_unchanged(&self, _: &ObjectKey, _: &str) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete_all(&self, _: &IdentityId) -> Result<(), StoreError> {
        self.fail()
    }

    async fn contents<'a>(
        &self,
        _: &IdentityId,
        _: Option<&'a ObjectKey>,
    ) -> Result<FolderPage, StoreError> {
        self.fail()
    }
}

#[async_trait]
impl FileIndex for Failing {
    async fn list(&self, _: &IdentityId, _: &FileQuery) -> Result<FilePage, StoreError> {
        self.fail()
    }

    async fn find(
        &self,
        _: &IdentityId,
        _: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        self.fail()
    }

    async fn usage(&self, _: &IdentityId) -> Result<Usage, StoreError> {
        self.fail()
    }

    async fn refusal(&self, _: &IdentityId, _: &FileName) -> Result<Option<OverQuota>, StoreError> {
        self.fail()
    }
}

#[async_trait]
impl ArchiveStore for Failing {
    async fn create<'a>(
        &self,
        _: &Job,
        _: &Selection,
        _: Option<&'a IdempotencyClaim>,
        _: u32,
    ) -> Result<Creation, StoreError> {
        self.fail()
    }

    async fn get(&self, _: &IdentityId, _: ArchiveId) -> Result<Option<Job>, StoreError> {
        self.fail()
    }

    async fn selection(
        &self,
        _: &IdentityId,
        _: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        self.fail()
    }

    async fn list(&self, _: &IdentityId, _: &ArchiveQuery) -> Result<ArchivePage, StoreError> {
        self.fail()
    }

    async fn under_way(&self, _: &IdentityId) -> Result<Vec<Job>, StoreError> {
        self.fail()
    }

    async fn replace(&self, _: &Job, _: Version) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete(&self, _: &IdentityId, _: ArchiveId, _: Version) -> Result<(), StoreError> {
        self.fail()
    }
}

#[async_trait]
impl IdempotencyStore for Failing {
    async fn claim(
        &self,
        _: &IdempotencyClaim,
        _: Uuid,
        _: Timestamp,
    ) -> Result<Creation, StoreError> {
        self.fail()
    }

    async fn claimed(
        &self,
        _: &IdempotencyClaim,
        _: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        self.fail()
    }
}

#[async_trait]
impl ApiKeyStore for Failing {
    async fn create(&self, _: &ApiKey) -> Result<(), StoreError> {
        self.fail()
    }

    async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        self.fail()
    }

    async fn list(&self, _: &IdentityId) -> Result<Vec<ApiKey>, StoreError> {
        self.fail()
    }

    async fn note_use(&self, _: &IdentityId, _: ApiKeyId, _: Timestamp) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete(&self, _: &IdentityId, _: ApiKeyId) -> Result<(), StoreError> {
        self.fail()
    }
}

#[async_trait]
impl IdentityLinks for Failing {
    async fn find(&self, _: &Login) -> Result<Option<IdentityId>, StoreError> {
        self.fail()
    }

    async fn link(&self, _: &Login, _: &IdentityId) -> Result<IdentityId, StoreError> {
        self.fail()
    }

    async fn forget(&self, _: &IdentityId) -> Result<(), StoreError> {
        self.fail()
    }
}

#[async_trait]
impl IdentityBroker for Failing {
    async fn identify(&self, _: &str, _: &str) -> Result<LoginOutcome, StoreError> {
        self.fail()
    }

    async fn forget(&self, _: &IdentityId) -> Result<(), StoreError> {
        self.fail()
    }
}

#[async_trait]
impl Accounts for Failing {
    async fn disable(&self, _: Uuid) -> Result<(), StoreError> {
        self.fail()
    }

    async fn delete(&self, _: Uuid) -> Result<(), StoreError> {
        self.fail()
    }
}

#[async_trait]
impl WorkQueue for Failing {
    async fn send(&self, _: &Work, _: Duration) -> Result<(), StoreError> {
        self.fail()
    }
}
