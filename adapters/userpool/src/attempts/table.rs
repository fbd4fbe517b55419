//! Counted failures in the database: as many rows as there are places, at most.

use notewarden_domain::StoreError;
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};

use super::Failures;

/// Place → (count, when the last was, until when it locks out), in milliseconds since the Unix epoch.
const ATTEMPTS: TableDefinition<'_, u16, (u32, u64, u64)> = TableDefinition::new("attempts");

pub(super) fn read_all(database: &Database) -> Result<Vec<(u16, Failures)>, StoreError> {
    database.read(|transaction| Ok(read(transaction)?))
}

fn read(transaction: &ReadTransaction) -> Result<Vec<(u16, Failures)>, Fault> {
    let Some(table) = existing(transaction.open_table(ATTEMPTS))? else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for entry in table.iter()? {
        let (place, failures) = entry?;
        let (count, last, locked_until) = failures.value();
        all.push((
            place.value(),
            Failures {
                count,
                last,
                locked_until,
            },
        ));
    }
    Ok(all)
}

/// Keeps the count of a place; no failures take no room.
pub(super) fn keep(
    transaction: &WriteTransaction,
    place: u16,
    failures: Failures,
) -> Result<(), Fault> {
    let mut table = transaction.open_table(ATTEMPTS)?;
    if failures.count == 0 {
        table.remove(place)?;
    } else {
        let Failures {
            count,
            last,
            locked_until,
        } = failures;
        table.insert(place, (count, last, locked_until))?;
    }
    Ok(())
}
