//! The use cases of files.
//!
//! The bytes go between the client and the object store, never through here: these use cases check, count and
//! sign. As everywhere, what is not the caller's does not exist.

mod disposition;

use std::{sync::Arc, time::Duration};

use crate::{
    Caller, FileName, NoteId, ObjectKey, Scope, StoreError,
    archive::Crc32,
    caller::NotAllowed,
    file::{ContentType, NamePrefix},
    idempotency::{Creation, Once},
    ports::{
        Clock, DownloadTerms, FileIndex, FileMeta, FilePage, FileQuery, FileStore, IdSource,
        IdempotencyStore, LinkSigner, NoteStore, SignedLink, UploadTerms,
    },
    quota::{OverQuota, Quota, Usage},
};

pub use disposition::attachment;

/// The most files on one page of a list.
pub const MAX_PAGE_FILES: usize = 1_000;

/// How long a signed link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How many of the notes that use a file are named when its deletion is refused.
const NAMED_NOTES: usize = 10;

/// What a person does with their files.
#[derive(Clone)]
pub struct Files {
    /// The objects.
    pub store: Arc<dyn FileStore>,
    /// What is known of them all.
    pub index: Arc<dyn FileIndex>,
    /// Links to them.
    pub links: Arc<dyn LinkSigner>,
    /// The notes that name them.
    pub notes: Arc<dyn NoteStore>,
    /// The requests that are not to be done twice.
    pub claims: Arc<dyn IdempotencyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// How many there may be.
    pub quota: Quota,
}

/// A file that the caller is about to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name; a file of that name is replaced.
    pub name: FileName,
    /// Its length in bytes.
    pub size: u64,
    /// Its media type.
    pub content_type: ContentType,
    /// The checksum of its bytes, if the client has counted it.
    pub crc32: Option<Crc32>,
}

impl Files {
    /// A page of the caller's files whose names start with `prefix`: up to `limit` of them, behind `after`.
    pub async fn list(
        &self,
        caller: &Caller,
        prefix: NamePrefix,
        after: Option<FileName>,
        limit: usize,
    ) -> Result<FilePage, FilesError> {
        caller.require(Scope::FilesRead)?;
        let query = FileQuery {
            prefix,
            after,
            limit: limit.clamp(1, MAX_PAGE_FILES),
        };
        Ok(self.index.list(&caller.identity, &query).await?)
    }

    /// What is known of the file.
    pub async fn describe(&self, caller: &Caller, name: &FileName) -> Result<FileMeta, FilesError> {
        caller.require(Scope::FilesRead)?;
        self.current(caller, name).await
    }

    /// A link to store this very file.
    ///
    /// The quota is checked here for an early answer, and again by the store when the bytes arrive, whichever
    /// way they come. A repeated request gets a link of its own: the first one may have ended.
    pub async fn upload(
        &self,
        caller: &Caller,
        file: NewFile,
        once: Option<Once>,
    ) -> Result<SignedLink, FilesError> {
        caller.require(Scope::FilesWrite)?;
        let key = ObjectKey::private(&caller.identity, &file.name);
        let usage = self.index.usage(&caller.identity).await?;
        let replaced = self.store.head(&key).await?.map(|meta| meta.size);
        self.quota.check(usage, file.size, replaced)?;
        if let Some(once) = once {
            let now = self.clock.now();
            let claim = once.claim(&caller.identity, now);
            let id = self.ids.uuid_v7(now);
            if self.claims.claim(&claim, id, now).await? == Creation::KeyReused {
                return Err(FilesError::KeyReused);
            }
        }
        let terms = UploadTerms {
            size: file.size,
            content_type: file.content_type,
            crc32: file.crc32,
            lifetime: LINK_LIFETIME,
        };
        Ok(self.links.upload(&key, &terms).await?)
    }

    /// A link to the file's bytes, which a browser saves under the last part of its name and never shows.
    pub async fn download(
        &self,
        caller: &Caller,
        name: &FileName,
    ) -> Result<SignedLink, FilesError> {
        caller.require(Scope::FilesRead)?;
        let meta = self.current(caller, name).await?;
        let terms = DownloadTerms {
            content_disposition: attachment(name.last_segment()),
            content_type: meta.content_type,
            lifetime: LINK_LIFETIME,
        };
        let key = ObjectKey::private(&caller.identity, name);
        Ok(self.links.download(&key, &terms).await?)
    }

    /// Deletes the file, unless a note still names it and `force` is not set.
    pub async fn delete(
        &self,
        caller: &Caller,
        name: &FileName,
        force: bool,
    ) -> Result<(), FilesError> {
        caller.require(Scope::FilesWrite)?;
        self.current(caller, name).await?;
        if !force {
            let notes = self
                .notes
                .notes_using(&caller.identity, name, NAMED_NOTES)
                .await?;
            if !notes.is_empty() {
                return Err(FilesError::InUse { notes });
            }
        }
        let key = ObjectKey::private(&caller.identity, name);
        Ok(self.store.delete(&key).await?)
    }

    /// What the caller keeps.
    pub async fn usage(&self, caller: &Caller) -> Result<Usage, FilesError> {
        caller.require(Scope::FilesRead)?;
        Ok(self.index.usage(&caller.identity).await?)
    }

    async fn current(&self, caller: &Caller, name: &FileName) -> Result<FileMeta, FilesError> {
        let key = ObjectKey::private(&caller.identity, name);
        if let Some(meta) = self.store.head(&key).await? {
            return Ok(meta);
        }
        match self.index.refusal(&caller.identity, name).await? {
            Some(over) => Err(FilesError::Removed(over)),
            None => Err(FilesError::NotFound),
        }
    }
}

/// Why a use case of files did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilesError {
    /// The caller has no file of this name.
    #[error("the file does not exist")]
    NotFound,
    /// The caller has no file of this name any more: the last upload was too much.
    #[error("the file does not exist, because its upload was removed: {0}")]
    Removed(OverQuota),
    /// Notes name the file.
    #[error("{}", in_use(notes))]
    InUse {
        /// Some of them.
        notes: Vec<NoteId>,
    },
    /// The idempotency key belongs to another request of the caller.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// There would be too much.
    #[error(transparent)]
    OverQuota(#[from] OverQuota),
    /// The caller's credentials do not reach this far.
    #[error(transparent)]
    Forbidden(#[from] NotAllowed),
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}

fn in_use(notes: &[NoteId]) -> String {
    let ids: Vec<_> = notes.iter().map(|id| format!("`{id}`")).collect();
    format!("the file is used by the notes {}", ids.join(", "))
}
