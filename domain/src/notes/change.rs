//! Changing and deleting a note, against others who do the same.

use super::{Notes, NotesError, Precondition};
use crate::{
    Caller, Content, FileName, Note, NoteId, Scope, StoreError, Timestamp, note::Attachments,
};

/// How often a change is tried anew when another got in between reading and writing.
const ATTEMPTS: usize = 8;

/// What the caller changes in a note; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The new text.
    pub content: Option<Content>,
    /// The files that belong to it from now on; those it did not name before must exist.
    pub attachments: Option<Attachments>,
}

impl Change {
    fn is_empty(&self) -> bool {
        self.content.is_none() && self.attachments.is_none()
    }

    /// The next version of `note`.
    fn apply(&self, note: &Note, now: Timestamp) -> Note {
        Note {
            owner: note.owner.clone(),
            id: note.id,
            content: self.content.as_ref().unwrap_or(&note.content).clone(),
            attachments: self
                .attachments
                .as_ref()
                .unwrap_or(&note.attachments)
                .clone(),
            created_at: note.created_at,
            updated_at: now.max(note.updated_at),
            version: note.version.next(),
        }
    }
}

/// What becomes of a deleted note's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Those that no other note of the caller names are removed.
    #[default]
    Delete,
    /// They stay.
    Keep,
}

/// A note is gone.
#[derive(Debug)]
pub struct Deleted {
    /// Files that should have been removed with it and could not be; they stay in the caller's folder.
    pub left_behind: Vec<(FileName, StoreError)>,
}

impl Notes {
    /// Changes the note and answers with its new version. A change of nothing answers with the note as it is.
    ///
    /// When others change the note at the same time, the precondition is checked and the change applied
    /// again on what they left, a few times.
    pub async fn update(
        &self,
        caller: &Caller,
        id: NoteId,
        change: &Change,
        precondition: &Precondition,
    ) -> Result<Note, NotesError> {
        caller.require(Scope::NotesWrite)?;
        for _ in 0..ATTEMPTS {
            let note = self.current(caller, id).await?;
            precondition.check(note.version)?;
            if change.is_empty() {
                return Ok(note);
            }
            let changed = change.apply(&note, self.clock.now());
            self.require_files(caller, &newly_named(&note, &changed))
                .await?;
            match self.store.replace(&changed, note.version).await {
                Ok(()) => return Ok(changed),
                Err(StoreError::PreconditionFailed) => {}
                Err(StoreError::NotFound) => return Err(NotesError::NotFound),
                Err(error) => return Err(error.into()),
            }
        }
        Err(NotesError::Busy)
    }

    /// Deletes the note, and then decides the [`Fate`] of its files.
    ///
    /// The files go last: should that fail, files are left over, but no note names a file that is gone. A worker that
    /// was told before removes what is left over.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: NoteId,
        precondition: &Precondition,
        fate: Fate,
    ) -> Result<Deleted, NotesError> {
        caller.require(Scope::NotesWrite)?;
        let mut announced = Attachments::default();
        for _ in 0..ATTEMPTS {
            let note = self.current(caller, id).await?;
            precondition.check(note.version)?;
            if fate == Fate::Delete && note.attachments != announced {
                self.announce(&note).await?;
                announced = note.attachments.clone();
            }
            match self.store.delete(&note.owner, id, note.version).await {
                Ok(()) => {
                    let left_behind = match fate {
                        Fate::Keep => Vec::new(),
                        Fate::Delete => self.remove_unused(caller, note.attachments.names()).await,
                    };
                    return Ok(Deleted { left_behind });
                }
                Err(StoreError::PreconditionFailed) => {}
                Err(StoreError::NotFound) => return Err(NotesError::NotFound),
                Err(error) => return Err(error.into()),
            }
        }
        Err(NotesError::Busy)
    }
}

/// The files that `changed` names and `note` did not.
fn newly_named(note: &Note, changed: &Note) -> Vec<FileName> {
    let named = note.attachments.names();
    let names = changed.attachments.names().iter();
    names
        .filter(|name| !named.contains(name))
        .cloned()
        .collect()
}
