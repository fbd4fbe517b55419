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

/// The most users that are read for one page: a few milliseconds' work.
const MOST_READ: usize = 2_000;

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

    /// Up to `limit` users whose ids come after `after` and who are `wanted`, in the order of their ids; and
    /// after whom to go on, if there are more. However few are wanted, no more than [`MOST_READ`] are read: a
    /// page may hold fewer users than `limit`, or none, and still not be the last.
    pub(crate) fn page(
        &self,
        after: Option<Uuid>,
        limit: usize,
        wanted: impl Fn(&User) -> bool,
    ) -> Result<(Vec<User>, Option<Uuid>), StoreError> {
        self.database.read(|transaction| {
            let (mut users, mut last, mut read) = (Vec::with_capacity(limit.min(64)), None, 0);
            let mut next = None;
            visit(transaction, after, |id, item| {
                if users.len() >= limit || read >= MOST_READ {
                    next = last;
                    return Ok(ControlFlow::Break(()));
                }
                let user = User::decode(id, item)?;
                (last, read) = (Some(id), read + 1);
                if wanted(&user) {
                    users.push(user);
                }
                Ok(ControlFlow::Continue(()))
            })?;
            Ok((users, next))
        })
    }

    /// Up to `limit` users whose canonical addresses begin with `prefix` and come after `after`, in the order
    /// of their addresses; and after which address to go on, if there are more.
    pub(crate) fn page_by_email(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<User>, Option<String>), StoreError> {
        self.database
            .read(|transaction| Ok(page_by_email(transaction, prefix, after, limit)?))
    }
}

fn page_by_email(
    transaction: &ReadTransaction,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<User>, Option<String>), Fault> {
    let (mut users, mut last) = (Vec::with_capacity(limit.min(64)), None);
    let Some(by_email) = existing(transaction.open_table(BY_EMAIL))? else {
        return Ok((users, None));
    };
    let first = after.filter(|after| *after > prefix).unwrap_or(prefix);
    for entry in by_email.range(first..)? {
        let (email, id) = entry?;
        if !email.value().starts_with(prefix) {
            break;
        }
        if Some(email.value()) == after {
            continue;
        }
        if users.len() >= limit {
            return Ok((users, last));
        }
        last = Some(email.value().to_owned());
        let id = Uuid::from_u128(id.value());
        if let Some(item) = find(transaction, id)? {
            users.push(User::decode(id, &item)?);
        }
    }
    Ok((users, None))
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

/// Changes the user `id`; nothing is written unless `change` changes something. Their id stays.
///
/// # Errors
/// There is no such user; or the changed one has an address that is another's, `AlreadyExists`.
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
    // Addresses that differ in case only are equal, and still not the same text.
    let is_changed = after != before || after.email.as_str() != before.email.as_str();
    if !is_changed {
        return Ok(outcome);
    }
    if after.email != before.email {
        check_is_new(transaction, &after)?;
        let mut by_email = transaction.open_table(BY_EMAIL)?;
        by_email.remove(before.email.canonical().as_str())?;
        by_email.insert(after.email.canonical().as_str(), id.as_u128())?;
    }
    let item = after.encode()?;
    let mut users = transaction.open_table(USERS)?;
    users.insert(id.as_u128(), item.as_slice())?;
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
