//! The errors of tables, translated once into the domain's.

use notewarden_domain::StoreError;
use redb::{ReadOnlyTable, StorageError, TableError};

/// Why a table was not read or written: what `?` turns redb's errors and the domain's into.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The table cannot be opened.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The storage beneath it cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What the domain already has a word for.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Table(TableError::Storage(error)) | Fault::Storage(error) => match error {
                StorageError::Corrupted(_) => Self::corrupt("database", error),
                _ => Self::unavailable(error),
            },
            Fault::Table(error) => Self::unavailable(error),
        }
    }
}

/// The table, unless nothing was ever written to it.
///
/// # Errors
/// Those of opening a table, but for its absence.
pub fn existing<K: redb::Key + 'static, V: redb::Value + 'static>(
    opened: Result<ReadOnlyTable<K, V>, TableError>,
) -> Result<Option<ReadOnlyTable<K, V>>, Fault> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
