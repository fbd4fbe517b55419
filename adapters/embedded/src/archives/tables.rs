//! The tables of jobs, what they are of, which are under way and when they come due, kept in step within one
//! transaction.

use std::time::Duration;

use notewarden_domain::{
    IdentityId, StoreError, Timestamp, Version,
    archive::{ARCHIVE_LIFETIME, ArchiveId, Job, Selection, Status},
    ports::{ArchivePage, ArchiveQuery},
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use uuid::Uuid;

use super::item;
use crate::database::{Fault, existing};

/// Whose archive, and which. Ids are numbers in the order of their bytes.
type Key = (&'static str, u128);

/// (owner, archive) → what [`item`] reads.
const ARCHIVES: TableDefinition<'_, Key, &[u8]> = TableDefinition::new("archives");

/// (owner, archive) → what it is of.
const SELECTIONS: TableDefinition<'_, Key, &[u8]> = TableDefinition::new("archive_selections");

/// (owner, archive): the jobs that wait or run.
const UNDER_WAY: TableDefinition<'_, Key, ()> = TableDefinition::new("archives_under_way");

/// (when it comes due, owner, archive).
const DUE: TableDefinition<'_, (u64, &str, u128), ()> = TableDefinition::new("archives_due");

/// How long a job that has ended is remembered after its time is over.
const REMEMBERED: Duration = ARCHIVE_LIFETIME.saturating_mul(7);

/// A job that is to be stored, encoded before it comes to the committer's thread.
pub(super) struct Written {
    owner: IdentityId,
    pub(super) id: ArchiveId,
    index: Index,
    item: Vec<u8>,
}

/// Where a job stands in the tables beside its own.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Index {
    is_under_way: bool,
    due_at: u64,
}

impl Index {
    fn of(job: &Job) -> Self {
        let status = job.status();
        let due_at = match status {
            Status::Queued | Status::Running | Status::Ready => job.expires_at,
            Status::Failed | Status::Cancelled | Status::Expired => job.expires_at.plus(REMEMBERED),
        };
        Self {
            is_under_way: status.is_under_way(),
            due_at: due_at.as_millis(),
        }
    }
}

impl Written {
    pub(super) fn new(job: &Job) -> Result<Self, StoreError> {
        Ok(Self {
            owner: job.owner.clone(),
            id: job.id,
            index: Index::of(job),
            item: item::encode(job)?,
        })
    }
}

fn key(owner: &IdentityId, id: ArchiveId) -> (&str, u128) {
    (owner.as_str(), id.as_uuid().as_u128())
}

/// The keys of all of the owner's archives.
fn all(owner: &IdentityId) -> std::ops::RangeInclusive<(&str, u128)> {
    let at = |uuid| key(owner, ArchiveId::new(uuid));
    at(Uuid::nil())..=at(Uuid::max())
}

pub(super) fn create(
    transaction: &WriteTransaction,
    job: &Written,
    selection: &[u8],
    most_under_way: u32,
) -> Result<(), Fault> {
    let mut archives = transaction.open_table(ARCHIVES)?;
    let key = key(&job.owner, job.id);
    if archives.insert(key, job.item.as_slice())?.is_some() {
        // The transaction is undone.
        return Err(StoreError::AlreadyExists.into());
    }
    if job.index.is_under_way {
        let under_way = transaction.open_table(UNDER_WAY)?;
        let most = usize::try_from(most_under_way).unwrap_or(usize::MAX);
        if under_way.range(all(&job.owner))?.take(most).count() >= most {
            return Err(StoreError::PreconditionFailed.into());
        }
    }
    let mut selections = transaction.open_table(SELECTIONS)?;
    selections.insert(key, selection)?;
    index(transaction, key, None, Some(job.index))
}

pub(super) fn replace(
    transaction: &WriteTransaction,
    job: &Written,
    expected: Version,
) -> Result<(), Fault> {
    let mut archives = transaction.open_table(ARCHIVES)?;
    let before = at_version(&archives, &job.owner, job.id, expected)?;
    let key = key(&job.owner, job.id);
    archives.insert(key, job.item.as_slice())?;
    index(transaction, key, Some(before), Some(job.index))
}

pub(super) fn delete(
    transaction: &WriteTransaction,
    owner: &IdentityId,
    id: ArchiveId,
    expected: Version,
) -> Result<(), Fault> {
    let mut archives = transaction.open_table(ARCHIVES)?;
    let before = at_version(&archives, owner, id, expected)?;
    let key = key(owner, id);
    archives.remove(key)?;
    transaction.open_table(SELECTIONS)?.remove(key)?;
    index(transaction, key, Some(before), None)
}

/// Where the stored job stands, which must be at version `expected`.
fn at_version(
    archives: &impl ReadableTable<Key, &'static [u8]>,
    owner: &IdentityId,
    id: ArchiveId,
    expected: Version,
) -> Result<Index, Fault> {
    let stored = archives.get(key(owner, id))?.ok_or(StoreError::NotFound)?;
    let job = item::decode(owner, id, stored.value())?;
    if job.version == expected {
        Ok(Index::of(&job))
    } else {
        Err(StoreError::PreconditionFailed.into())
    }
}

/// Moves a job in the tables beside its own from one place to another.
fn index(
    transaction: &WriteTransaction,
    (owner, id): (&str, u128),
    before: Option<Index>,
    after: Option<Index>,
) -> Result<(), Fault> {
    if before == after {
        return Ok(());
    }
    let mut under_way = transaction.open_table(UNDER_WAY)?;
    let mut due = transaction.open_table(DUE)?;
    if let Some(before) = before {
        under_way.remove((owner, id))?;
        due.remove((before.due_at, owner, id))?;
    }
    if let Some(after) = after {
        if after.is_under_way {
            under_way.insert((owner, id), ())?;
        }
        due.insert((after.due_at, owner, id), ())?;
    }
    Ok(())
}

pub(super) fn get(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    id: ArchiveId,
) -> Result<Option<Job>, Fault> {
    let Some(archives) = existing(transaction.open_table(ARCHIVES))? else {
        return Ok(None);
    };
    let stored = archives.get(key(owner, id))?;
    let job = stored.map(|stored| item::decode(owner, id, stored.value()));
    Ok(job.transpose()?)
}

pub(super) fn selection(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    id: ArchiveId,
) -> Result<Option<Selection>, Fault> {
    let Some(selections) = existing(transaction.open_table(SELECTIONS))? else {
        return Ok(None);
    };
    let stored = selections.get(key(owner, id))?;
    let selection = stored.map(|stored| item::decode_selection(id, stored.value()));
    Ok(selection.transpose()?)
}

pub(super) fn list(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    query: &ArchiveQuery,
) -> Result<ArchivePage, Fault> {
    let mut page = ArchivePage::default();
    let Some(archives) = existing(transaction.open_table(ARCHIVES))? else {
        return Ok(page);
    };
    let (first, last) = all(owner).into_inner();
    let mut rest = match query.after {
        Some(after) => archives.range(first..key(owner, after))?,
        None => archives.range(first..=last)?,
    };
    while let Some(entry) = rest.next_back() {
        if page.jobs.len() >= query.limit {
            page.more = true;
            break;
        }
        let (key, stored) = entry?;
        let (_, id) = key.value();
        let id = ArchiveId::new(Uuid::from_u128(id));
        page.jobs.push(item::decode(owner, id, stored.value())?);
    }
    Ok(page)
}

pub(super) fn under_way(
    transaction: &ReadTransaction,
    owner: &IdentityId,
) -> Result<Vec<Job>, Fault> {
    let Some(under_way) = existing(transaction.open_table(UNDER_WAY))? else {
        return Ok(Vec::new());
    };
    let mut jobs = Vec::new();
    for entry in under_way.range(all(owner))? {
        let (key, _) = entry?;
        let (_, id) = key.value();
        let id = ArchiveId::new(Uuid::from_u128(id));
        jobs.extend(get(transaction, owner, id)?);
    }
    Ok(jobs)
}

pub(super) fn due(
    transaction: &ReadTransaction,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Job>, Fault> {
    let Some(due) = existing(transaction.open_table(DUE))? else {
        return Ok(Vec::new());
    };
    let end = (now.as_millis().saturating_add(1), "", 0);
    let mut jobs = Vec::new();
    for entry in due.range(..end)?.take(limit) {
        let (key, _) = entry?;
        let (_, owner, id) = key.value();
        let owner: IdentityId = owner
            .parse()
            .map_err(|error| StoreError::corrupt(format!("owner `{owner}`"), error))?;
        let id = ArchiveId::new(Uuid::from_u128(id));
        jobs.extend(get(transaction, &owner, id)?);
    }
    Ok(jobs)
}
