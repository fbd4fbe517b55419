//! Creating a note, once.

use super::{Notes, NotesError};
use crate::{
    Caller, Content, Note, NoteId, Scope, Timestamp, Version,
    idempotency::{Creation, IdempotencyClaim, Once},
    note::Attachments,
};

/// What the caller writes into a new note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its text.
    pub content: Content,
    /// The files that belong to it; they must exist.
    pub attachments: Attachments,
}

impl Notes {
    /// Stores a new note. The same request repeated under the same key within 24 hours stores nothing and
    /// is answered with the note as it was first stored.
    pub async fn create(
        &self,
        caller: &Caller,
        draft: Draft,
        once: Option<Once>,
    ) -> Result<Note, NotesError> {
        caller.require(Scope::NotesWrite)?;
        let now = self.clock.now();
        let claim = once.map(|once| once.claim(&caller.identity, now));
        let mut note = Note {
            owner: caller.identity.clone(),
            id: NoteId::new(self.ids.uuid_v7(now)),
            content: draft.content,
            attachments: draft.attachments,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        };
        let present = self.require_files(caller, note.attachments.names());
        let creation = match present.await {
            Ok(()) => self.store.create(&note, claim.as_ref()).await?,
            // If this request repeats another, that one found its files, and is to be answered again.
            Err(refusal) => self.earlier(claim.as_ref(), now).await?.ok_or(refusal)?,
        };
        match creation {
            Creation::Stored => {}
            Creation::Replayed { id, created_at } => {
                note.id = NoteId::new(id);
                note.created_at = created_at;
                note.updated_at = created_at;
            }
            Creation::KeyReused => return Err(NotesError::KeyReused),
        }
        Ok(note)
    }

    async fn earlier(
        &self,
        claim: Option<&IdempotencyClaim>,
        now: Timestamp,
    ) -> Result<Option<Creation>, NotesError> {
        match claim {
            Some(claim) => Ok(self.claims.claimed(claim, now).await?),
            None => Ok(None),
        }
    }
}
