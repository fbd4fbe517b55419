//! The use cases of a person's account: what they keep, and its end.
//!
//! An account is erased by a worker, step by step, each of which may be repeated: killed at any point, it goes on when
//! the message comes again. What is gone stays gone: who has signed in before may act for as long as the credentials
//! last, so the worker comes back until they have ended and erases what was stored meanwhile.

mod erase;

use std::{sync::Arc, time::Duration};

use uuid::Uuid;

use crate::{
    Caller, Scope, StoreError, Timestamp,
    caller::NotAllowed,
    ports::{
        Accounts, ApiKeyStore, ArchiveStore, Clock, FileIndex, FileStore, IdentityBroker,
        NoteStore, WorkQueue,
    },
    quota::{Quota, Usage},
    work::Work,
};

/// How long somebody may act who has signed in before their account was erased: an hour by their credentials, and
/// minutes more by a link that these have signed.
pub const LINGERING: Duration = Duration::from_secs(75 * 60);

/// What a person does with their account.
#[derive(Clone)]
pub struct Account {
    /// Their API keys.
    pub api_keys: Arc<dyn ApiKeyStore>,
    /// Their notes.
    pub notes: Arc<dyn NoteStore>,
    /// The objects: files and zips.
    pub files: Arc<dyn FileStore>,
    /// What is known of all files.
    pub index: Arc<dyn FileIndex>,
    /// The jobs of archives.
    pub archives: Arc<dyn ArchiveStore>,
    /// Their identity.
    pub identities: Arc<dyn IdentityBroker>,
    /// Their user in the user pool.
    pub accounts: Arc<dyn Accounts>,
    /// The way to the worker.
    pub queue: Arc<dyn WorkQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How much they may keep.
    pub quota: Quota,
}

/// What a person keeps, and may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overview {
    /// How many notes.
    pub notes: u64,
    /// Their files.
    pub files: Usage,
    /// How much the files may be.
    pub quota: Quota,
}

impl Account {
    /// What the caller keeps.
    pub async fn overview(&self, caller: &Caller) -> Result<Overview, AccountError> {
        caller.require(Scope::NotesRead)?;
        caller.require(Scope::FilesRead)?;
        Ok(Overview {
            notes: self.notes.count(&caller.identity).await?,
            files: self.index.usage(&caller.identity).await?,
            quota: self.quota,
        })
    }

    /// Has a worker erase all that is the caller's, and the user of the user pool whom `subject` names. From now on
    /// nobody comes by a key, and the user cannot sign in.
    ///
    /// The worker is told first: whatever happens then, the account goes.
    pub async fn erase(&self, caller: &Caller, subject: Option<Uuid>) -> Result<(), AccountError> {
        caller.require(Scope::AccountErase)?;
        let work = Work::Erasure {
            identity_id: caller.identity.clone(),
            subject,
            since: self.clock.now(),
        };
        self.queue.send(&work, Duration::ZERO).await?;
        self.revoke_keys(&caller.identity).await?;
        if let Some(subject) = subject {
            self.accounts.disable(subject).await?;
        }
        Ok(())
    }

    /// Whether somebody may still act as who was erased `since`.
    fn lingers(&self, since: Timestamp) -> bool {
        self.clock.now() < since.plus(LINGERING)
    }
}

/// Why a use case of accounts did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The caller's credentials do not reach this far.
    #[error(transparent)]
    Forbidden(#[from] NotAllowed),
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}
