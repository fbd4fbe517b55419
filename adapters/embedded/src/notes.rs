//! Notes in tables whose keys start with the owner, so that a call costs the same however many there are.

mod item;
mod tables;

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{NotePage, NoteQuery, NoteStore},
};

use self::tables::Written;
use crate::{claims, database::Database};

/// Notes in the database of a data directory.
#[derive(Clone, Debug)]
pub struct EmbeddedNotes {
    database: Database,
}

impl EmbeddedNotes {
    /// The notes in `database`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl NoteStore for EmbeddedNotes {
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        let (note, claim) = (Written::new(note), claim.cloned());
        let create = move |transaction: &_| {
            if let Some(claim) = &claim
                && let Some(earlier) =
                    claims::claim(transaction, claim, note.id.as_uuid(), note.created_at)?
            {
                return Ok(earlier);
            }
            tables::create(transaction, &note)?;
            Ok(Creation::Stored)
        };
        self.database.write(create).await
    }

    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::get(transaction, owner, id)?))
    }

    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError> {
        self.database
            .read(|transaction| Ok(tables::list(transaction, owner, query)?))
    }

    async fn count(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        self.database
            .read(|transaction| Ok(tables::count(transaction, owner)?))
    }

    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError> {
        let note = Written::new(note);
        let replace = move |transaction: &_| Ok(tables::replace(transaction, &note, expected)?);
        self.database.write(replace).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let owner = owner.clone();
        let delete = move |transaction: &_| Ok(tables::delete(transaction, &owner, id, expected)?);
        self.database.write(delete).await
    }

    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::notes_using(transaction, owner, file, limit)?))
    }
}
