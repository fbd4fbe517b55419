//! What a deleted note leaves for a worker: files that nobody names any more.
//!
//! A worker is told before the note is deleted. Should the process end right after the deletion, the files still go.

use std::time::Duration;

use super::Notes;
use crate::{FileName, IdentityId, Note, NoteId, ObjectKey, StoreError, Timestamp, work::Work};

/// How long a deletion may take that a worker was told of.
const DELETION: Duration = Duration::from_secs(60);

/// Object stores tell the time of an object in whole seconds.
const TICK: Duration = Duration::from_secs(1);

impl Notes {
    /// Tells a worker that the note is about to be deleted with its files.
    pub(super) async fn announce(&self, note: &Note) -> Result<(), StoreError> {
        let work = Work::Orphans {
            identity_id: note.owner.clone(),
            note_id: note.id,
            names: note.attachments.names().to_vec(),
            before: self.clock.now(),
        };
        self.queue.send(&work, DELETION).await
    }

    /// Removes those of `names` that the deleted `note` of `owner` has left: no note names them, and they were stored
    /// `before` it was deleted. While the note is there, nothing is done.
    pub async fn sweep(
        &self,
        owner: &IdentityId,
        note: NoteId,
        names: &[FileName],
        before: Timestamp,
    ) -> Result<(), StoreError> {
        if self.store.get(owner, note).await?.is_some() {
            return Ok(());
        }
        for name in names {
            if !self.store.notes_using(owner, name, 1).await?.is_empty() {
                continue;
            }
            let key = ObjectKey::private(owner, name);
            let Some(meta) = self.files.head(&key).await? else {
                continue;
            };
            if meta.modified_at.plus(TICK) > before {
                continue;
            }
            match self.files.delete_unchanged(&key, &meta.etag).await {
                // It was stored anew.
                Ok(()) | Err(StoreError::PreconditionFailed) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
