//! What is written: the note with its references and its claim, all or nothing.
//!
//! The answer to a write may be lost after its effect, and the SDK then sends it again. A transaction carries a token
//! that makes AWS do it once; a plain write does not, and is refused by what it has itself stored. So when a write is
//! refused and was sent several times, what is stored is compared with what was to be stored.
//!
//! One thing is left that a plain write cannot tell: a note whose creation was answered to nobody, and which its owner
//! found and deleted before the request came again, is created again. With a claim it is not.

use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
    note::Attachments,
};

use super::{
    DynamoNotes, item,
    references::{self, Changes},
};
use crate::{
    attributes::{self, number},
    claims,
    commit::{Change, Condition, Effect, Found},
};

/// Where the note is in each write.
const NOTE: usize = 0;

/// Where the claim is in a write that has one.
const CLAIM: usize = 1;

/// Why it is not known what became of a write.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(
        "the answer to a write was lost, and the note was changed again since: it is not known whether the write was \
         made"
    )]
    Outcome,
}

impl DynamoNotes {
    pub(super) async fn create_note(
        &self,
        note: &Note,
        claim: Option<&IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        let is_new = Condition {
            expression: "attribute_not_exists(noteId)",
            values: attributes::item([]),
        };
        let mut changes = vec![self.put_note(note, is_new)];
        changes.extend(
            claim.map(|claim| {
                claims::hold(&self.database, claim, note.id.as_uuid(), note.created_at)
            }),
        );
        let before = Attachments::default();
        changes.extend(self.refer(&note.owner, note.id, &before, &note.attachments));
        let Some(mut refused) = self.database.commit(&changes).await? else {
            return Ok(Creation::Stored);
        };
        if let Some(claim) = claim
            && let Some(found) = refused.take(CLAIM)
        {
            return claims::answer(claim, note.id.as_uuid(), found, refused.is_uncertain);
        }
        match refused.take(NOTE) {
            Some(Found::Item(stored)) if refused.is_uncertain => {
                let stored = item::decode(&note.owner, note.id, stored)?;
                // Ours, too, if it was changed since.
                let is_ours = stored == *note
                    || stored.created_at == note.created_at && stored.version > note.version;
                if is_ours {
                    Ok(Creation::Stored)
                } else {
                    Err(StoreError::AlreadyExists)
                }
            }
            _ => Err(StoreError::AlreadyExists),
        }
    }

    /// Supposes at first that the note keeps its files, as most changes do: then no reference changes, and nothing
    /// need be read. If it does not, the refusal tells which files it names.
    pub(super) async fn replace_note(
        &self,
        note: &Note,
        expected: Version,
    ) -> Result<(), StoreError> {
        let mut supposed = note.attachments.clone();
        loop {
            let is_supposed = Condition {
                expression: "version = :version AND attachments = :attachments",
                values: attributes::item([
                    (":version", number(expected.get())),
                    (":attachments", item::names(&supposed)),
                ]),
            };
            let mut changes = vec![self.put_note(note, is_supposed)];
            changes.extend(self.refer(&note.owner, note.id, &supposed, &note.attachments));
            let Some(mut refused) = self.database.commit(&changes).await? else {
                return Ok(());
            };
            let Some(Found::Item(stored)) = refused.take(NOTE) else {
                return Err(StoreError::NotFound);
            };
            let stored = item::decode(&note.owner, note.id, stored)?;
            if stored.version == expected && stored.attachments != supposed {
                // INVARIANT: every change moves the version on, so a version names the same files for ever, and this
                // comes once.
                supposed = stored.attachments;
            } else if refused.is_uncertain && stored == *note {
                return Ok(());
            } else if refused.is_uncertain && stored.version > note.version {
                return Err(StoreError::unavailable(Unknown::Outcome));
            } else {
                return Err(StoreError::PreconditionFailed);
            }
        }
    }

    /// Reads first which references go with the note. A supposition would be wrong for every note with files, and a
    /// refused write costs as much as one that is made.
    pub(super) async fn delete_note(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let state = self.read_state(owner, id).await?;
        let state = state.ok_or(StoreError::NotFound)?;
        if state.version != expected {
            return Err(StoreError::PreconditionFailed);
        }
        let mut changes = vec![Change {
            table: &self.database.tables.notes,
            effect: Effect::Delete(item::key(owner, id)),
            condition: Some(Condition {
                expression: "version = :version",
                values: attributes::item([(":version", number(expected.get()))]),
            }),
        }];
        let after = Attachments::default();
        changes.extend(self.refer(owner, id, &state.attachments, &after));
        let Some(mut refused) = self.database.commit(&changes).await? else {
            return Ok(());
        };
        match refused.take(NOTE) {
            Some(Found::Item(_)) => Err(StoreError::PreconditionFailed),
            // It was there at this version when it was read, and is gone as was asked.
            _ if refused.is_uncertain => Ok(()),
            _ => Err(StoreError::NotFound),
        }
    }

    fn put_note(&self, note: &Note, condition: Condition) -> Change<'_> {
        Change {
            table: &self.database.tables.notes,
            effect: Effect::Put(item::encode(note)),
            condition: Some(condition),
        }
    }

    /// The changes in the references of a note that named the files `before` and names those `after`.
    fn refer(
        &self,
        owner: &IdentityId,
        id: NoteId,
        before: &Attachments,
        after: &Attachments,
    ) -> Vec<Change<'_>> {
        let change = |effect| Change {
            table: &self.database.tables.notes,
            effect,
            condition: None,
        };
        let Changes { removed, added } = Changes::between(before, after);
        let key = |file: &FileName| references::key(owner, file, id);
        let removed = removed.into_iter().map(|file| Effect::Delete(key(file)));
        let added = added.into_iter().map(|file| Effect::Put(key(file)));
        removed.chain(added).map(change).collect()
    }
}
