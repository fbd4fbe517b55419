//! People's notes.

use async_trait::async_trait;

use crate::{
    FileName, IdentityId, Note, NoteId, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
};

/// The order of a list, by id and so by time of creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The latest first.
    #[default]
    Newest,
    /// The earliest first.
    Oldest,
}

/// Which of a person's notes to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteQuery {
    /// In what order.
    pub order: Order,
    /// Only those behind this one, in that order.
    pub after: Option<NoteId>,
    /// At most this many, at least 1.
    pub limit: usize,
    /// Stop once the page's notes together reach this many bytes by [`Note::payload_bytes`]; a page has at
    /// least one note.
    pub max_bytes: usize,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotePage {
    /// The notes, in order.
    pub notes: Vec<Note>,
    /// Whether there are more behind the last one.
    pub more: bool,
}

/// Stores notes. Every call touches one person's notes only, and costs the same however many there are, but where a store
/// must read the notes to [`count`](Self::count) them.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait NoteStore: Send + Sync {
    /// Stores a new note and the claim on its idempotency key, both or neither. A claim that has expired
    /// at the note's `created_at` counts as absent.
    ///
    /// # Errors
    /// `AlreadyExists` if the owner has a note with this id.
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError>;

    /// The note, or `None` if the owner has none with this id.
    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError>;

    /// A page of the owner's notes.
    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError>;

    /// How many notes the owner has.
    async fn count(&self, owner: &IdentityId) -> Result<u64, StoreError>;

    /// Replaces the note that is at version `expected`.
    ///
    /// # Errors
    /// `NotFound` if there is none, `PreconditionFailed` if it is at another version.
    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError>;

    /// Removes the note that is at version `expected`.
    ///
    /// # Errors
    /// `NotFound` if there is none, `PreconditionFailed` if it is at another version.
    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError>;

    /// The ids of up to `limit` of the owner's notes that name `file` as an attachment.
    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError>;
}
