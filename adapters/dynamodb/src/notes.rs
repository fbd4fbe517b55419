//! Notes in a table whose partition key is the owner, so that a call costs the same however many people there are.

mod claims;
pub(crate) mod content;
mod item;
mod reads;
mod references;
mod writes;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Timestamp, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{NotePage, NoteQuery, NoteStore},
};

use crate::settings::Tuning;

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
    client: Client,
    tables: Tables,
    tuning: Tuning,
}

impl DynamoNotes {
    /// The notes in `tables`, of the account and region, and over the HTTP client, that `config` has. How often and
    /// how long requests are tried is the adapter's own: see [`Tuning`].
    pub fn new(config: &SdkConfig, tables: Tables) -> Self {
        Self::with_tuning(config, tables, Tuning::default())
    }

    /// As [`new`](Self::new), but tried as often and as long as `tuning` says.
    pub fn with_tuning(config: &SdkConfig, tables: Tables, tuning: Tuning) -> Self {
        Self {
            client: tuning.client(config),
            tables,
            tuning,
        }
    }
}

#[async_trait]
impl NoteStore for DynamoNotes {
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        Ok(self.create_note(note, claim).await?)
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        Ok(self.read_claim(claim, now).await?)
    }

    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError> {
        Ok(self.read_note(owner, id).await?)
    }

    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError> {
        Ok(self.read_page(owner, query).await?)
    }

    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError> {
        Ok(self.replace_note(note, expected).await?)
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        Ok(self.delete_note(owner, id, expected).await?)
    }

    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        Ok(self.read_references(owner, file, limit).await?)
    }
}
