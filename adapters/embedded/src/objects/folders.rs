//! What people keep in their folders, counted in the commits that change it.

use notewarden_domain::{IdentityId, StoreError, quota::Usage};
use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, TableError, WriteTransaction};

use super::{record::ObjectHead, tables::OBJECTS};
use crate::database::{Fault, existing};

/// Identity id → the files and bytes under `private/<identity id>/`; never none.
const FOLDERS: TableDefinition<'_, &str, (u64, u64)> = TableDefinition::new("folders");

/// How the folders were counted; empty before they were for the first time.
const COUNTED: TableDefinition<'_, (), u64> = TableDefinition::new("folders_counted");

/// The way that folders are counted in by this version.
const METHOD: u64 = 1;

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
    let read = || -> Result<Usage, Fault> {
        match existing(transaction.open_table(FOLDERS))? {
            Some(folders) => usage_in(&folders, owner),
            None => Ok(Usage::default()),
        }
    };
    Ok(read()?)
}

fn usage_in(
    folders: &impl ReadableTable<&'static str, (u64, u64)>,
    owner: &IdentityId,
) -> Result<Usage, Fault> {
    let kept = folders.get(owner.as_str())?;
    let (files, bytes) = kept.map_or((0, 0), |kept| kept.value());
    Ok(Usage { files, bytes })
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
        counted.insert((), METHOD)?;
        Ok(())
    };
    Ok(count()?)
}

/// The counters within a commit.
pub(super) struct Folders<'t>(Table<'t, &'static str, (u64, u64)>);

impl<'t> Folders<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        transaction.open_table(FOLDERS).map(Self)
    }

    pub(super) fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        Ok(usage_in(&self.0, owner)?)
    }

    /// One more object of `size` bytes.
    pub(super) fn add(&mut self, owner: &IdentityId, size: u64) -> Result<(), StoreError> {
        let Usage { files, bytes } = self.usage(owner)?;
        self.set(owner, files.saturating_add(1), bytes.saturating_add(size))
    }

    /// One object of `size` bytes less.
    pub(super) fn subtract(&mut self, owner: &IdentityId, size: u64) -> Result<(), StoreError> {
        let Usage { files, bytes } = self.usage(owner)?;
        self.set(owner, files.saturating_sub(1), bytes.saturating_sub(size))
    }

    fn set(&mut self, owner: &IdentityId, files: u64, bytes: u64) -> Result<(), StoreError> {
        let owner = owner.as_str();
        let set = match files {
            0 => self.0.remove(owner).map(drop),
            _ => self.0.insert(owner, (files, bytes)).map(drop),
        };
        Ok(set.map_err(Fault::from)?)
    }
}
