//! The use cases of notes.
//!
//! Each takes the caller first and authorizes before any effect. What is not the caller's does not exist:
//! every store call is made with the caller's own identity, so another person's note is simply not found.

mod attachments;
mod change;
mod create;
mod orphans;
mod precondition;

use std::sync::Arc;

use crate::{
    Caller, Invalid, Note, NoteId, Scope, StoreError,
    caller::NotAllowed,
    ports::{
        Clock, FileStore, IdSource, IdempotencyStore, NotePage, NoteQuery, NoteStore, Order,
        WorkQueue,
    },
};

pub use change::{Change, Deleted, Fate};
pub use create::Draft;
pub use precondition::{Precondition, Versions};

/// The most notes on one page of a list.
pub const MAX_PAGE_NOTES: usize = 1_000;

/// What the notes of one page may weigh together, but for the last: see [`Note::payload_bytes`].
///
/// A page fits the 6 MB that a Lambda function may answer, even if every byte takes six in JSON.
pub const MAX_PAGE_BYTES: usize = 512 * 1_024;

/// What a person does with their notes.
#[derive(Clone)]
pub struct Notes {
    /// The notes.
    pub store: Arc<dyn NoteStore>,
    /// The files that they name.
    pub files: Arc<dyn FileStore>,
    /// The requests that are not to be done twice.
    pub claims: Arc<dyn IdempotencyStore>,
    /// Hears of notes that are about to be deleted with their files: what a process leaves undone that ends in between
    /// is done by a worker.
    pub queue: Arc<dyn WorkQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
}

impl Notes {
    /// The note.
    pub async fn get(&self, caller: &Caller, id: NoteId) -> Result<Note, NotesError> {
        caller.require(Scope::NotesRead)?;
        self.current(caller, id).await
    }

    /// A page of the caller's notes: up to `limit` of them, or fewer if they are long, behind `after`.
    pub async fn list(
        &self,
        caller: &Caller,
        order: Order,
        after: Option<NoteId>,
        limit: usize,
    ) -> Result<NotePage, NotesError> {
        caller.require(Scope::NotesRead)?;
        let query = NoteQuery {
            order,
            after,
            limit: limit.clamp(1, MAX_PAGE_NOTES),
            max_bytes: MAX_PAGE_BYTES,
        };
        Ok(self.store.list(&caller.identity, &query).await?)
    }

    async fn current(&self, caller: &Caller, id: NoteId) -> Result<Note, NotesError> {
        let found = self.store.get(&caller.identity, id).await?;
        found.ok_or(NotesError::NotFound)
    }
}

/// Why a use case of notes did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotesError {
    /// A value breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller has no note with this id.
    #[error("the note does not exist")]
    NotFound,
    /// The note is at a version that the caller's precondition excludes.
    #[error("the note is not at a version that the precondition allows")]
    PreconditionFailed,
    /// The idempotency key belongs to another request of the caller.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The caller's credentials do not reach this far.
    #[error(transparent)]
    Forbidden(#[from] NotAllowed),
    /// Others changed the note each time it was about to be changed; the call may be repeated.
    #[error("the note is being changed by other requests")]
    Busy,
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}
