//! The tables of notes and of the files they name, kept in step within one transaction.

use std::ops::Bound;

use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError, Timestamp, Version,
    note::Attachments,
    ports::{NotePage, NoteQuery, Order},
};
use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};
use uuid::Uuid;

use super::item;
use crate::database::{Fault, existing};

/// (owner, note) → what [`item`] reads. Ids are numbers in the order of their bytes.
const NOTES: TableDefinition<'_, (&str, u128), &[u8]> = TableDefinition::new("notes");

/// (owner, file, note): the notes that name a file.
const REFERENCES: TableDefinition<'_, (&str, &str, u128), ()> =
    TableDefinition::new("note_references");

/// Owner → how many notes they have; never none. Whoever is not here and has notes has had none stored or deleted since
/// notes are counted.
const COUNTS: TableDefinition<'_, &str, u64> = TableDefinition::new("note_counts");

/// A note that is to be stored, encoded before it comes to the committer's thread.
pub(super) struct Written {
    owner: IdentityId,
    pub(super) id: NoteId,
    attachments: Attachments,
    pub(super) created_at: Timestamp,
    item: Vec<u8>,
}

impl Written {
    pub(super) fn new(note: &Note) -> Self {
        Self {
            owner: note.owner.clone(),
            id: note.id,
            attachments: note.attachments.clone(),
            created_at: note.created_at,
            item: item::encode(note),
        }
    }
}

fn key(owner: &IdentityId, id: NoteId) -> (&str, u128) {
    (owner.as_str(), id.as_uuid().as_u128())
}

pub(super) fn create(transaction: &WriteTransaction, note: &Written) -> Result<(), Fault> {
    let mut notes = transaction.open_table(NOTES)?;
    let replaced = notes.insert(key(&note.owner, note.id), note.item.as_slice())?;
    if replaced.map(drop).is_some() {
        // The transaction is undone.
        return Err(StoreError::AlreadyExists.into());
    }
    recount(transaction, &notes, &note.owner, |count| {
        count.saturating_add(1)
    })?;
    refer(
        transaction,
        &note.owner,
        note.id,
        &Attachments::default(),
        &note.attachments,
    )
}

pub(super) fn replace(
    transaction: &WriteTransaction,
    note: &Written,
    expected: Version,
) -> Result<(), Fault> {
    let mut notes = transaction.open_table(NOTES)?;
    let before = at_version(&notes, &note.owner, note.id, expected)?;
    notes.insert(key(&note.owner, note.id), note.item.as_slice())?;
    refer(
        transaction,
        &note.owner,
        note.id,
        &before.attachments,
        &note.attachments,
    )
}

pub(super) fn delete(
    transaction: &WriteTransaction,
    owner: &IdentityId,
    id: NoteId,
    expected: Version,
) -> Result<(), Fault> {
    let mut notes = transaction.open_table(NOTES)?;
    let before = at_version(&notes, owner, id, expected)?;
    notes.remove(key(owner, id))?;
    recount(transaction, &notes, owner, |count| count.saturating_sub(1))?;
    refer(
        transaction,
        owner,
        id,
        &before.attachments,
        &Attachments::default(),
    )
}

/// The stored note, which must be at version `expected`.
fn at_version(
    notes: &Table<'_, (&'static str, u128), &'static [u8]>,
    owner: &IdentityId,
    id: NoteId,
    expected: Version,
) -> Result<Note, Fault> {
    let stored = notes.get(key(owner, id))?.ok_or(StoreError::NotFound)?;
    let note = item::decode(owner, id, stored.value())?;
    if note.version == expected {
        Ok(note)
    } else {
        Err(StoreError::PreconditionFailed.into())
    }
}

/// Brings the references of a note from one set of files to another.
fn refer(
    transaction: &WriteTransaction,
    owner: &IdentityId,
    id: NoteId,
    before: &Attachments,
    after: &Attachments,
) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    let mut references = transaction.open_table(REFERENCES)?;
    let (owner, id) = key(owner, id);
    for name in before.names() {
        references.remove((owner, name.as_str(), id))?;
    }
    for name in after.names() {
        references.insert((owner, name.as_str(), id), ())?;
    }
    Ok(())
}

pub(super) fn get(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    id: NoteId,
) -> Result<Option<Note>, Fault> {
    let Some(notes) = existing(transaction.open_table(NOTES))? else {
        return Ok(None);
    };
    let stored = notes.get(key(owner, id))?;
    let note = stored.map(|stored| item::decode(owner, id, stored.value()));
    Ok(note.transpose()?)
}

/// Keeps the owner's count in step with `notes`, of which there was one more or less than `change` is told.
fn recount(
    transaction: &WriteTransaction,
    notes: &Table<'_, (&'static str, u128), &'static [u8]>,
    owner: &IdentityId,
    change: impl FnOnce(u64) -> u64,
) -> Result<(), Fault> {
    let mut counts = transaction.open_table(COUNTS)?;
    let before = counts.get(owner.as_str())?.map(|count| count.value());
    let count = match before {
        Some(before) => change(before),
        None => count_keys(notes, owner)?,
    };
    match count {
        0 => drop(counts.remove(owner.as_str())?),
        _ => drop(counts.insert(owner.as_str(), count)?),
    }
    Ok(())
}

pub(super) fn count(transaction: &ReadTransaction, owner: &IdentityId) -> Result<u64, Fault> {
    if let Some(counts) = existing(transaction.open_table(COUNTS))?
        && let Some(count) = counts.get(owner.as_str())?
    {
        return Ok(count.value());
    }
    match existing(transaction.open_table(NOTES))? {
        Some(notes) => count_keys(&notes, owner),
        None => Ok(0),
    }
}

/// Reads the keys of all the owner's notes, and no contents.
fn count_keys(
    notes: &impl ReadableTable<(&'static str, u128), &'static [u8]>,
    owner: &IdentityId,
) -> Result<u64, Fault> {
    let mut count = 0;
    for entry in notes.range((owner.as_str(), u128::MIN)..=(owner.as_str(), u128::MAX))? {
        entry?;
        count += 1;
    }
    Ok(count)
}

pub(super) fn list(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    query: &NoteQuery,
) -> Result<NotePage, Fault> {
    let mut page = NotePage::default();
    let Some(notes) = existing(transaction.open_table(NOTES))? else {
        return Ok(page);
    };
    let at = |id| key(owner, id);
    let first = Bound::Included(at(NoteId::new(Uuid::nil())));
    let last = Bound::Included(at(NoteId::new(Uuid::max())));
    let after = query.after.map(|after| Bound::Excluded(at(after)));
    let range = match query.order {
        Order::Newest => (first, after.unwrap_or(last)),
        Order::Oldest => (after.unwrap_or(first), last),
    };
    let mut rest = notes.range(range)?;
    let mut bytes = 0;
    loop {
        let next = match query.order {
            Order::Newest => rest.next_back(),
            Order::Oldest => rest.next(),
        };
        let Some((key, stored)) = next.transpose()? else {
            break;
        };
        let full = page.notes.len() >= query.limit || bytes >= query.max_bytes;
        if full && !page.notes.is_empty() {
            page.more = true;
            break;
        }
        let (_, id) = key.value();
        let id = NoteId::new(Uuid::from_u128(id));
        let note = item::decode(owner, id, stored.value())?;
        bytes += note.payload_bytes();
        page.notes.push(note);
    }
    Ok(page)
}

pub(super) fn notes_using(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    file: &FileName,
    limit: usize,
) -> Result<Vec<NoteId>, Fault> {
    let Some(references) = existing(transaction.open_table(REFERENCES))? else {
        return Ok(Vec::new());
    };
    let at = |id| (owner.as_str(), file.as_str(), id);
    let using = references.range(at(u128::MIN)..=at(u128::MAX))?;
    let ids = using.take(limit).map(|entry| {
        let (key, ()) = entry.map(|(key, unit)| (key, unit.value()))?;
        let (_, _, id) = key.value();
        Ok(NoteId::new(Uuid::from_u128(id)))
    });
    ids.collect()
}
