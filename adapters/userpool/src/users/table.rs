//! Users in the database, by id and by address.

use std::ops::ControlFlow;

use notewarden_domain::StoreError;
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use uuid::Uuid;

use super::User;

/// User id → [`User`].
const USERS: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("users");
/// Canonical address → user id.
const BY_EMAIL: TableDefinition<'_, &str, u128> = TableDefinition::new("users_by_email");

/// The users of a data directory.
#[derive(Clone)]
pub(crate) struct Users {
    database: Database,
}

impl Users {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Whether nobody has ever been here.
    pub(crate) fn is_empty(&self) -> Result<bool, StoreError> {
        self.database.read(|transaction| Ok(is_empty(transaction)?))
    }

    pub(crate) fn find(&self, id: Uuid) -> Result<Option<User>, StoreError> {
        self.database.read(|transaction| {
            let item = find(transaction, id)?;
            item.map(|item| User::decode(id, &item)).transpose()
        })
    }

    /// The user with the canonical address `email`.
    pub(crate) fn find_by_email(&self, email: &str) -> Result<Option<User>, StoreError> {
        self.database.read(|transaction| {
            let Some((id, item)) = find_by_email(transaction, email)? else {
                return Ok(None);
            };
            User::decode(id, &item).map(Some)
        })
    }

    /// Up to `limit` users whose ids come after `after`, in the order of their ids.
    pub(crate) fn page(&self, after: Option<Uuid>, limit: usize) -> Result<Vec<User>, StoreError> {
        self.database.read(|transaction| {
            let mut users = Vec::with_capacity(limit.min(64));
            visit(transaction, after, |id, item| {
                users.push(User::decode(id, item)?);
                Ok(if users.len() < limit {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })?;
            Ok(users)
        })
    }
}

/// Whether `user` can be inserted: another call may have been first.
pub(crate) fn check_is_new(transaction: &WriteTransaction, user: &User) -> Result<(), Fault> {
    let by_email = transaction.open_table(BY_EMAIL)?;
    let is_taken = by_email.get(user.email.canonical().as_str())?.is_some();
    if is_taken {
        return Err(StoreError::AlreadyExists.into());
    }
    Ok(())
}

/// Inserts `user`, who [is new](check_is_new).
pub(crate) fn insert(transaction: &WriteTransaction, user: &User) -> Result<(), Fault> {
    let item = user.encode()?;
    let mut users = transaction.open_table(USERS)?;
    users.insert(user.id.as_u128(), item.as_slice())?;
    let mut by_email = transaction.open_table(BY_EMAIL)?;
    by_email.insert(user.email.canonical().as_str(), user.id.as_u128())?;
    Ok(())
}

/// The user as of this commit.
pub(crate) fn get(transaction: &WriteTransaction, id: Uuid) -> Result<Option<User>, Fault> {
    let users = transaction.open_table(USERS)?;
    let item = users.get(id.as_u128())?;
    Ok(item
        .map(|item| User::decode(id, item.value()))
        .transpose()?)
}

/// Changes the user `id`; nothing is written unless `change` changes something. Their id and address stay.
pub(crate) fn update<T>(
    transaction: &WriteTransaction,
    id: Uuid,
    change: impl FnOnce(&mut User) -> T,
) -> Result<T, Fault> {
    let Some(before) = get(transaction, id)? else {
        return Err(StoreError::NotFound.into());
    };
    let mut after = before.clone();
    let outcome = change(&mut after);
    if after != before {
        let item = after.encode()?;
        let mut users = transaction.open_table(USERS)?;
        users.insert(id.as_u128(), item.as_slice())?;
    }
    Ok(outcome)
}

/// Forgets the user `id`.
pub(crate) fn delete(transaction: &WriteTransaction, id: Uuid) -> Result<(), Fault> {
    let Some(user) = get(transaction, id)? else {
        return Err(StoreError::NotFound.into());
    };
    let mut by_email = transaction.open_table(BY_EMAIL)?;
    by_email.remove(user.email.canonical().as_str())?;
    let mut users = transaction.open_table(USERS)?;
    users.remove(id.as_u128())?;
    Ok(())
}

fn is_empty(transaction: &ReadTransaction) -> Result<bool, Fault> {
    match existing(transaction.open_table(USERS))? {
        Some(users) => Ok(users.first()?.is_none()),
        None => Ok(true),
    }
}

fn find(transaction: &ReadTransaction, id: Uuid) -> Result<Option<Vec<u8>>, Fault> {
    let Some(users) = existing(transaction.open_table(USERS))? else {
        return Ok(None);
    };
    let item = users.get(id.as_u128())?;
    Ok(item.map(|item| item.value().to_vec()))
}

fn find_by_email(
    transaction: &ReadTransaction,
    email: &str,
) -> Result<Option<(Uuid, Vec<u8>)>, Fault> {
    let Some(by_email) = existing(transaction.open_table(BY_EMAIL))? else {
        return Ok(None);
    };
    let Some(id) = by_email.get(email)? else {
        return Ok(None);
    };
    let id = Uuid::from_u128(id.value());
    Ok(find(transaction, id)?.map(|item| (id, item)))
}

fn visit(
    transaction: &ReadTransaction,
    after: Option<Uuid>,
    mut each: impl FnMut(Uuid, &[u8]) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), Fault> {
    let Some(users) = existing(transaction.open_table(USERS))? else {
        return Ok(());
    };
    let first = after.map_or(0, |id| id.as_u128().saturating_add(1));
    for entry in users.range(first..)? {
        let (id, item) = entry?;
        if each(Uuid::from_u128(id.value()), item.value())?.is_break() {
            break;
        }
    }
    Ok(())
}
