//! A note store that is nothing but two maps.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Timestamp, Version,
    idempotency::{Creation, IdempotencyClaim, IdempotencyKey, RequestHash},
    ports::{NotePage, NoteQuery, NoteStore, Order},
};
use uuid::Uuid;

/// Notes in memory.
#[derive(Debug, Default)]
pub struct MemoryNotes(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    notes: BTreeMap<(IdentityId, NoteId), Note>,
    claims: HashMap<(IdentityId, IdempotencyKey), Claimed>,
}

#[derive(Clone, Copy, Debug)]
struct Claimed {
    request: RequestHash,
    note_id: NoteId,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl MemoryNotes {
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn claimed(&self, claim: &IdempotencyClaim, now: Timestamp) -> Option<Creation> {
        let held = self.claims.get(&(claim.owner.clone(), claim.key.clone()))?;
        if held.expires_at <= now {
            None
        } else if held.request == claim.request {
            Some(Creation::Replayed {
                id: held.note_id.as_uuid(),
                created_at: held.created_at,
            })
        } else {
            Some(Creation::KeyReused)
        }
    }

    /// The note to change, which must be at version `expected`.
    fn at_version(
        &mut self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<&mut Note, StoreError> {
        let key = (owner.clone(), id);
        let note = self.notes.get_mut(&key).ok_or(StoreError::NotFound)?;
        if note.version == expected {
            Ok(note)
        } else {
            Err(StoreError::PreconditionFailed)
        }
    }

    /// The person's notes, the earliest first.
    fn of<'a>(&'a self, owner: &IdentityId) -> impl DoubleEndedIterator<Item = &'a Note> + use<'a> {
        let first = (owner.clone(), NoteId::new(Uuid::nil()));
        let last = (owner.clone(), NoteId::new(Uuid::max()));
        self.notes.range(first..=last).map(|(_, note)| note)
    }

    fn behind<'a>(
        &'a self,
        owner: &IdentityId,
        query: &NoteQuery,
    ) -> Box<dyn Iterator<Item = &'a Note> + 'a> {
        let after = query.after;
        match query.order {
            Order::Oldest => Box::new(
                self.of(owner)
                    .filter(move |note| after.is_none_or(|after| note.id > after)),
            ),
            Order::Newest => Box::new(
                self.of(owner)
                    .rev()
                    .filter(move |note| after.is_none_or(|after| note.id < after)),
            ),
        }
    }
}

#[async_trait]
impl NoteStore for MemoryNotes {
    async fn create<'a>(
        &self,
        note: &Note,
        claim: Option<&'a IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        let mut tables = self.lock();
        if let Some(earlier) = claim.and_then(|claim| tables.claimed(claim, note.created_at)) {
            return Ok(earlier);
        }
        let key = (note.owner.clone(), note.id);
        if tables.notes.contains_key(&key) {
            return Err(StoreError::AlreadyExists);
        }
        tables.notes.insert(key, note.clone());
        if let Some(claim) = claim {
            let held = Claimed {
                request: claim.request,
                note_id: note.id,
                created_at: note.created_at,
                expires_at: claim.expires_at,
            };
            let key = (claim.owner.clone(), claim.key.clone());
            tables.claims.insert(key, held);
        }
        Ok(Creation::Stored)
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        Ok(self.lock().claimed(claim, now))
    }

    async fn get(&self, owner: &IdentityId, id: NoteId) -> Result<Option<Note>, StoreError> {
        Ok(self.lock().notes.get(&(owner.clone(), id)).cloned())
    }

    async fn list(&self, owner: &IdentityId, query: &NoteQuery) -> Result<NotePage, StoreError> {
        let tables = self.lock();
        let mut rest = tables.behind(owner, query).peekable();
        let mut page = NotePage::default();
        let mut bytes = 0;
        while page.notes.is_empty() || (page.notes.len() < query.limit && bytes < query.max_bytes) {
            let Some(note) = rest.next() else { break };
            bytes += note.payload_bytes();
            page.notes.push(note.clone());
        }
        page.more = rest.peek().is_some();
        Ok(page)
    }

    async fn replace(&self, note: &Note, expected: Version) -> Result<(), StoreError> {
        *self.lock().at_version(&note.owner, note.id, expected)? = note.clone();
        Ok(())
    }

    async fn delete(
        &self,
        owner: &IdentityId,
        id: NoteId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        tables.at_version(owner, id, expected)?;
        tables.notes.remove(&(owner.clone(), id));
        Ok(())
    }

    async fn notes_using(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        let tables = self.lock();
        let using = tables
            .of(owner)
            .filter(|note| note.attachments.names().contains(file));
        Ok(using.take(limit).map(|note| note.id).collect())
    }
}
