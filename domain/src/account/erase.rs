//! The worker's part: everything goes, in an order in which nothing is left that nobody could find again.

use std::time::Duration;

use uuid::Uuid;

use super::Account;
use crate::{
    IdentityId, ObjectKey, StoreError, Timestamp,
    ports::{ArchiveQuery, NoteQuery, Order},
    work::Work,
};

/// How much is looked at at once.
const PAGE: usize = 100;

/// How many bytes of notes are looked at at once.
const PAGE_BYTES: usize = 512 * 1_024;

/// How long the worker waits until it looks again: as long as a queue can.
const AGAIN: Duration = Duration::from_secs(15 * 60);

impl Account {
    /// Erases all that is `owner`'s, and their user. Done again, it erases what was stored since.
    ///
    /// # Errors
    /// A store failed: what was not erased yet is erased by doing it again.
    pub async fn carry_out(
        &self,
        owner: &IdentityId,
        subject: Option<Uuid>,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        // First of all nobody comes by a key or signs in anew.
        self.revoke_keys(owner).await?;
        if let Some(subject) = subject {
            self.accounts.disable(subject).await?;
        }
        self.erase_archives(owner).await?;
        self.erase_notes(owner).await?;
        self.files.delete_all(owner).await?;
        // Last, so that whoever signs in until then is who they were. Afterwards they are somebody new.
        self.identities.forget(owner).await?;
        if let Some(subject) = subject {
            self.accounts.delete(subject).await?;
        }
        if self.lingers(since) {
            let work = Work::Erasure {
                identity_id: owner.clone(),
                subject,
                since,
            };
            self.queue.send(&work, AGAIN).await?;
        }
        Ok(())
    }

    /// Revokes the owner's API keys, and said again those that were made since.
    pub(super) async fn revoke_keys(&self, owner: &IdentityId) -> Result<(), StoreError> {
        for key in self.api_keys.list(owner).await? {
            gone(self.api_keys.delete(owner, key.id).await)?;
        }
        Ok(())
    }

    /// A job under way is gone too: its worker finds nothing to report to, and leaves no zip.
    async fn erase_archives(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let mut query = ArchiveQuery {
            after: None,
            limit: PAGE,
        };
        loop {
            let page = self.archives.list(owner, &query).await?;
            for job in &page.jobs {
                let mut version = job.version;
                if let Ok(cancelled) = job.clone().cancel()
                    && cancelled != *job
                {
                    self.archives.replace(&cancelled, version).await?;
                    version = cancelled.version;
                }
                self.files
                    .delete(&ObjectKey::archive(owner, job.id))
                    .await?;
                gone(self.archives.delete(owner, job.id, version).await)?;
            }
            query.after = page.jobs.last().map(|job| job.id);
            if !page.more || query.after.is_none() {
                return Ok(());
            }
        }
    }

    async fn erase_notes(&self, owner: &IdentityId) -> Result<(), StoreError> {
        let mut query = NoteQuery {
            order: Order::Oldest,
            after: None,
            limit: PAGE,
            max_bytes: PAGE_BYTES,
        };
        loop {
            let page = self.notes.list(owner, &query).await?;
            for note in &page.notes {
                gone(self.notes.delete(owner, note.id, note.version).await)?;
            }
            query.after = page.notes.last().map(|note| note.id);
            if !page.more || query.after.is_none() {
                return Ok(());
            }
        }
    }
}

/// What is gone by now is gone.
fn gone(deleted: Result<(), StoreError>) -> Result<(), StoreError> {
    match deleted {
        Err(StoreError::NotFound) => Ok(()),
        deleted => deleted,
    }
}
