//! What people keep in their folders, files and what is not whole yet, counted in the commits that change it.

use notewarden_domain::{IdentityId, StoreError, quota::Usage};
use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, TableError, WriteTransaction};

use super::{record::ObjectHead, tables::OBJECTS};
use crate::{
    database::{Fault, existing},
    multipart,
};

/// Identity id → the files and bytes under `private/<identity id>/`; never none.
const FOLDERS: TableDefinition<'_, &str, (u64, u64)> = TableDefinition::new("folders");

/// Identity id → the uploads under way to keys under `private/<identity id>/`, and the bytes of their parts; never of
/// none.
const UNFINISHED: TableDefinition<'_, &str, (u64, u64)> =
    TableDefinition::new("folders_unfinished");

/// How the folders were counted; empty before they were for the first time.
const COUNTED: TableDefinition<'_, (), u64> = TableDefinition::new("folders_counted");

/// The way that folders are counted in by this version.
const METHOD: u64 = 2;

/// Whose folder the key is in, if it is in one: also of keys that no file name makes, which a client of the object
/// store may use.
pub(crate) fn owner(key: &str) -> Option<IdentityId> {
    let (owner, _) = key.strip_prefix("private/")?.split_once('/')?;
    owner.parse().ok()
}

/// What the owner keeps, as readers see it.
pub(crate) fn usage(
    transaction: &ReadTransaction,
    owner: &IdentityId,
) -> Result<Usage, StoreError> {
    let count = |table| -> Result<Count, Fault> {
        match existing(transaction.open_table(table))? {
            Some(table) => count_in(&table, owner),
            None => Ok(Count::default()),
        }
    };
    Ok(together(count(FOLDERS)?, count(UNFINISHED)?))
}

/// So many things of so many bytes.
#[derive(Clone, Copy, Default)]
struct Count {
    things: u64,
    bytes: u64,
}

/// What the owner of these files and of the parts of these uploads keeps.
fn together(files: Count, uploads: Count) -> Usage {
    Usage {
        files: files.things,
        bytes: files.bytes.saturating_add(uploads.bytes),
    }
}

fn count_in(
    table: &impl ReadableTable<&'static str, (u64, u64)>,
    owner: &IdentityId,
) -> Result<Count, Fault> {
    let count = table.get(owner.as_str())?;
    let (things, bytes) = count.map_or((0, 0), |count| count.value());
    Ok(Count { things, bytes })
}

/// Counts what is there already, unless that was done: of a data directory of a version that did not count.
pub(super) fn count_once(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let count = || -> Result<(), Fault> {
        let mut counted = transaction.open_table(COUNTED)?;
        if counted
            .get(())?
            .is_some_and(|method| method.value() == METHOD)
        {
            return Ok(());
        }
        transaction.delete_table(FOLDERS)?;
        transaction.delete_table(UNFINISHED)?;
        let mut folders = Folders::open(transaction)?;
        let objects = transaction.open_table(OBJECTS)?;
        for entry in objects.range::<&[u8]>(b"private/".as_slice()..b"private0".as_slice())? {
            let (key, value) = entry?;
            let owner = str::from_utf8(key.value()).ok().and_then(owner);
            if let Some(owner) = owner {
                let head = ObjectHead::decode(key.value(), value.value())?;
                folders.add(&owner, head.size)?;
            }
        }
        for (key, bytes) in multipart::uploads_with_bytes(transaction)? {
            if let Some(owner) = owner(&key) {
                folders.begin_upload(&owner)?;
                folders.replace_part(&owner, 0, bytes)?;
            }
        }
        counted.insert((), METHOD)?;
        Ok(())
    };
    Ok(count()?)
}

/// The counters within a commit.
pub(super) struct Folders<'t> {
    files: Table<'t, &'static str, (u64, u64)>,
    uploads: Table<'t, &'static str, (u64, u64)>,
}

impl<'t> Folders<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            files: transaction.open_table(FOLDERS)?,
            uploads: transaction.open_table(UNFINISHED)?,
        })
    }

    pub(super) fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        let files = count_in(&self.files, owner)?;
        Ok(together(files, count_in(&self.uploads, owner)?))
    }

    /// One more object of `size` bytes.
    pub(super) fn add(&mut self, owner: &IdentityId, size: u64) -> Result<(), StoreError> {
        change(&mut self.files, owner, |count| Count {
            things: count.things.saturating_add(1),
            bytes: count.bytes.saturating_add(size),
        })
    }

    /// One object of `size` bytes less.
    pub(super) fn subtract(&mut self, owner: &IdentityId, size: u64) -> Result<(), StoreError> {
        change(&mut self.files, owner, |count| Count {
            things: count.things.saturating_sub(1),
            bytes: count.bytes.saturating_sub(size),
        })
    }

    /// How many uploads are under way.
    pub(super) fn uploads(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        Ok(count_in(&self.uploads, owner)?.things)
    }

    /// One more upload, without parts yet.
    pub(super) fn begin_upload(&mut self, owner: &IdentityId) -> Result<(), StoreError> {
        change(&mut self.uploads, owner, |count| Count {
            things: count.things.saturating_add(1),
            ..count
        })
    }

    /// A part of `size` bytes in place of one of `previous`.
    pub(super) fn replace_part(
        &mut self,
        owner: &IdentityId,
        previous: u64,
        size: u64,
    ) -> Result<(), StoreError> {
        change(&mut self.uploads, owner, |count| Count {
            bytes: count.bytes.saturating_sub(previous).saturating_add(size),
            ..count
        })
    }

    /// One upload less, with parts of so many bytes.
    pub(super) fn end_upload(&mut self, owner: &IdentityId, bytes: u64) -> Result<(), StoreError> {
        change(&mut self.uploads, owner, |count| Count {
            things: count.things.saturating_sub(1),
            bytes: count.bytes.saturating_sub(bytes),
        })
    }
}

fn change(
    table: &mut Table<'_, &'static str, (u64, u64)>,
    owner: &IdentityId,
    to: impl FnOnce(Count) -> Count,
) -> Result<(), StoreError> {
    let Count { things, bytes } = to(count_in(table, owner)?);
    let owner = owner.as_str();
    let set = match things {
        0 => table.remove(owner).map(drop),
        _ => table.insert(owner, (things, bytes)).map(drop),
    };
    Ok(set.map_err(Fault::from)?)
}
