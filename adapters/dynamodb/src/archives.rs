//! Archives in a table whose partition key is the owner: the jobs, what they are of, and which are under way.

mod item;
mod selection;
mod under_way;
mod writes;

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Version,
    archive::{ArchiveId, Job, Selection},
    idempotency::{Creation, IdempotencyClaim},
    ports::{ArchivePage, ArchiveQuery, ArchiveStore},
};
use uuid::Uuid;

use crate::{
    DynamoNotes,
    attributes::text,
    database::{Database, at_most, next_page},
};

/// Archives in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoArchives {
    database: Database,
    table: String,
}

impl DynamoArchives {
    /// The archives in `table`, which has `userId` and `archiveId` as keys and is asked as those of `notes` are.
    pub fn beside(notes: &DynamoNotes, table: impl Into<String>) -> Self {
        Self {
            database: notes.database.clone(),
            table: table.into(),
        }
    }

    fn table(&self) -> &str {
        &self.table
    }

    async fn read_page(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError> {
        let mut page = ArchivePage::default();
        let last = query.after.map_or(Some(u128::MAX), |after| {
            after.as_uuid().as_u128().checked_sub(1)
        });
        let Some(last) = last.map(Uuid::from_u128) else {
            return Ok(page);
        };
        let limit = query.limit.max(1);
        let mut behind = None;
        loop {
            // One more than there is room for tells whether there are more.
            let room = limit.saturating_sub(page.jobs.len());
            let request = self
                .database
                .query(
                    self.table(),
                    owner,
                    "userId = :owner AND archiveId BETWEEN :first AND :last",
                )
                .expression_attribute_values(":first", text(Uuid::nil().to_string()))
                .expression_attribute_values(":last", text(last.to_string()))
                .scan_index_forward(false)
                .limit(at_most(room.saturating_add(1)))
                .set_exclusive_start_key(behind);
            let found = next_page(request).await?;
            for stored in found.items {
                if page.jobs.len() >= limit {
                    page.more = true;
                    return Ok(page);
                }
                page.jobs.push(item::decode_found(owner, stored)?);
            }
            if found.last.is_none() {
                return Ok(page);
            }
            behind = found.last;
        }
    }
}

#[async_trait]
impl ArchiveStore for DynamoArchives {
    async fn create<'a>(
        &self,
        job: &Job,
        selection: &Selection,
        claim: Option<&'a IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError> {
        self.create_job(job, selection, claim, most_under_way).await
    }

    async fn get(&self, owner: &IdentityId, id: ArchiveId) -> Result<Option<Job>, StoreError> {
        let key = item::key(owner, id);
        let stored = self.database.read(self.table(), key, None).await?;
        let job = stored.map(|stored| item::decode(owner, id, stored));
        job.transpose()
    }

    async fn selection(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
    ) -> Result<Option<Selection>, StoreError> {
        selection::read(self, owner, id).await
    }

    async fn list(
        &self,
        owner: &IdentityId,
        query: &ArchiveQuery,
    ) -> Result<ArchivePage, StoreError> {
        self.read_page(owner, query).await
    }

    async fn under_way(&self, owner: &IdentityId) -> Result<Vec<Job>, StoreError> {
        under_way::read(self, owner).await
    }

    async fn replace(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        self.replace_job(job, expected).await
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError> {
        self.delete_job(owner, id, expected).await
    }
}
