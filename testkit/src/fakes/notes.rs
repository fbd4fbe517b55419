//! A note store that is nothing but a map.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Version,
    idempotency::{Creation, IdempotencyClaim},
    ports::{NotePage, NoteQuery, NoteStore, Order},
};
use uuid::Uuid;

use super::MemoryClaims;

/// Notes in memory.
#[derive(Debug, Default)]
pub struct MemoryNotes {
    claims: Arc<MemoryClaims>,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    notes: BTreeMap<(IdentityId, NoteId), Note>,
}

impl MemoryNotes {
    /// No notes yet, with claims that other stores have too.
    pub fn sharing(claims: Arc<MemoryClaims>) -> Self {
        Self {
            claims,
            ..Self::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
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
        let mut claims = self.claims.lock();
        if let Some(earlier) = claim.and_then(|claim| claims.held(claim, note.created_at)) {
            return Ok(earlier);
        }
        let key = (note.owner.clone(), note.id);
        if tables.notes.contains_key(&key) {
            return Err(StoreError::AlreadyExists);
        }
        tables.notes.insert(key, note.clone());
        if let Some(claim) = claim {
            claims.hold(claim, note.id.as_uuid(), note.created_at);
        }
        Ok(Creation::Stored)
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

    async fn count(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        Ok(self.lock().of(owner).count() as u64)
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
