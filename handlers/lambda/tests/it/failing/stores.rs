//! Stores of which none does anything.

use std::{io, sync::Arc, time::Duration};

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
        FilePage, FileQuery, FileStore, IdempotencyStore, IdentityBroker, IdentityLinks,
        LoginOutcome, NotePage, NoteQuery, NoteStore, WorkQueue,
    },
    quota::{Quota, Usage},
    sign_ins::{Login, SignIns},
    work::Work,
};
use notewarden_testkit::{FixedClock, PlainLinks, SeededIds, fixtures::NOON};
use uuid::Uuid;

/// Every store, out of reach.
struct Down;

fn down<T>() -> Result<T, StoreError> {
    Err(StoreError::unavailable(io::Error::other(
        "the disk is gone",
    )))
}

/// The API over stores that fail.
pub fn app() -> notewarden_api::App {
    let (stores, ids) = (Arc::new(Down), Arc::new(SeededIds::new(1)));
    let (clock, links) = (Arc::new(FixedClock::at(NOON)), Arc::new(PlainLinks(NOON)));
    notewarden_api::App {
        notes: Notes::new(
            stores.clone(),
            stores.clone(),
            stores.clone(),
            clock.clone(),
            ids.clone(),
        ),
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
impl NoteStore for Down {
    async fn create<'a>(
        &self,
        _: &Note,
        _: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        down()
    }

    async fn claimed(
        &self,
        _: &IdempotencyClaim,
        _: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        down()
    }

    async fn get(&self, _: &IdentityId, _: NoteId) -> Result<Option<Note>, StoreError> {
        down()
    }

    async fn list(&self, _: &IdentityId, _: &NoteQuery) -> Result<NotePage, StoreError> {
        down()
    }

    async fn count(&self, _: &IdentityId) -> Result<u64, StoreError> {
        down()
    }

    async fn replace(&self, _: &Note, _: Version) -> Result<(), StoreError> {
        down()
    }

    async fn delete(&self, _: &IdentityId, _: NoteId, _: Version) -> Result<(), StoreError> {
        down()
    }

    async fn notes_using(
        &self,
        _: &IdentityId,
        _: &FileName,
        _: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        down()
    }
}

#[async_trait]
impl FileStore for Down {
    async fn head(&self, _: &ObjectKey) -> Result<Option<FileMeta>, StoreError> {
        down()
    }

    async fn delete(&self, _: &ObjectKey) -> Result<(), StoreError> {
        down()
    }

    async fn delete_unchanged(&self, _: &ObjectKey, _: &str) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl FileIndex for Down {
    async fn list(&self, _: &IdentityId, _: &FileQuery) -> Result<FilePage, StoreError> {
        down()
    }

    async fn find(
        &self,
        _: &IdentityId,
        _: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        down()
    }

    async fn usage(&self, _: &IdentityId) -> Result<Usage, StoreError> {
        down()
    }
}

#[async_trait]
impl ArchiveStore for Down {
    async fn create<'a>(
        &self,
        _: &Job,
        _: &Selection,
        _: Option<&'a IdempotencyClaim>,
        _: u32,
    ) -> Result<Creation, StoreError> {
        down()
    }

    async fn get(&self, _: &IdentityId, _: ArchiveId) -> Result<Option<Job>, StoreError> {
        down()
    }

    async fn selection(
        &self,
        _: &IdentityId,
        _: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        down()
    }

    async fn list(&self, _: &IdentityId, _: &ArchiveQuery) -> Result<ArchivePage, StoreError> {
        down()
    }

    async fn under_way(&self, _: &IdentityId) -> Result<Vec<Job>, StoreError> {
        down()
    }

    async fn replace(&self, _: &Job, _: Version) -> Result<(), StoreError> {
        down()
    }

    async fn delete(&self, _: &IdentityId, _: ArchiveId, _: Version) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl IdempotencyStore for Down {
    async fn claim(
        &self,
        _: &IdempotencyClaim,
        _: Uuid,
        _: Timestamp,
    ) -> Result<Creation, StoreError> {
        down()
    }

    async fn claimed(
        &self,
        _: &IdempotencyClaim,
        _: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        down()
    }
}

#[async_trait]
impl ApiKeyStore for Down {
    async fn create(&self, _: &ApiKey) -> Result<(), StoreError> {
        down()
    }

    async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        down()
    }

    async fn list(&self, _: &IdentityId) -> Result<Vec<ApiKey>, StoreError> {
        down()
    }

    async fn note_use(&self, _: &IdentityId, _: ApiKeyId, _: Timestamp) -> Result<(), StoreError> {
        down()
    }

    async fn delete(&self, _: &IdentityId, _: ApiKeyId) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl IdentityLinks for Down {
    async fn find(&self, _: &Login) -> Result<Option<IdentityId>, StoreError> {
        down()
    }

    async fn link(&self, _: &Login, _: &IdentityId) -> Result<IdentityId, StoreError> {
        down()
    }

    async fn forget(&self, _: &IdentityId) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl IdentityBroker for Down {
    async fn identify(&self, _: &str, _: &str) -> Result<LoginOutcome, StoreError> {
        down()
    }

    async fn forget(&self, _: &IdentityId) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl Accounts for Down {
    async fn disable(&self, _: Uuid) -> Result<(), StoreError> {
        down()
    }

    async fn delete(&self, _: Uuid) -> Result<(), StoreError> {
        down()
    }
}

#[async_trait]
impl WorkQueue for Down {
    async fn send(&self, _: &Work, _: Duration) -> Result<(), StoreError> {
        down()
    }
}
