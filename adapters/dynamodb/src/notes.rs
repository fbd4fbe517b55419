//! Notes in a table whose partition key is the owner, so that a call costs the same however many people there are.

pub(crate) mod content;
mod item;
mod reads;
mod references;
mod writes;

use async_trait::async_trait;
use aws_types::SdkConfig;
use notewarden_aws::Tuning;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{NotePage, NoteQuery, NoteStore},
};

use crate::{database::Database, table::Table};

/// The names of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// Notes, with `userId` and `noteId` as keys.
    pub notes: String,
    /// Idempotency claims, with `userId` and `idempotencyKey` as keys.
    pub idempotency: String,
}

/// Notes in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoNotes {
    pub(crate) database: Database,
}

impl DynamoNotes {
    /// The notes in `tables`, in the account and region of `config`.
    pub fn new(config: &SdkConfig, tables: Tables) -> Self {
        Self::tuned(config, tables, &Tuning::default())
    }

    /// The notes in `tables`, where requests are tried as often and as long as `tuning` says. A method of the store
    /// makes one or two requests, and a list one for each megabyte.
    pub fn tuned(config: &SdkConfig, tables: Tables, tuning: &Tuning) -> Self {
        let database = Database::connected(config, tables, tuning);
        Self { database }
    }

    /// Another table in the same place.
    pub(crate) fn table(&self, name: impl Into<String>) -> Table {
        self.database.table(name)
    }
}

#[async_trait]
impl NoteStore for DynamoNotes {
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        self.create_note(note, claim).await
    }

    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError> {
        self.read_note(owner, id).await
    }

    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError> {
        self.read_page(owner, query).await
    }

    async fn count(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        self.count_notes(owner).await
    }

    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError> {
        self.replace_note(note, expected).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        self.delete_note(owner, id, expected).await
    }

    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        self.read_references(owner, file, limit).await
    }
}
