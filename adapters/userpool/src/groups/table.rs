//! Groups in the database. A group is known by a random id, which its name leads to, and memberships are kept by
//! the ids: those of a group that is no more are worth nothing, so that to delete a group costs the same however
//! many members it has, and a new group of the same name has none of them. They are cleared away a few at a time.

use notewarden_domain::{StoreError, Timestamp};
use notewarden_embedded::{
    Database,
    database::{Fault, existing},
};
use redb::{
    ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};
use uuid::Uuid;

use super::{Group, GroupError, GroupName, GroupSettings, MOST_GROUPS, MOST_GROUPS_OF_USER};

/// Name → id.
const NAMES: TableDefinition<'_, &str, u128> = TableDefinition::new("groups_by_name");
/// Id → [`Group`].
const GROUPS: TableDefinition<'_, u128, &[u8]> = TableDefinition::new("groups");
/// Group, user.
const MEMBERS: TableDefinition<'_, (u128, u128), ()> = TableDefinition::new("group_members");
/// User, group.
const OF_USER: TableDefinition<'_, (u128, u128), ()> = TableDefinition::new("groups_of_user");
/// The ids of deleted groups that still have memberships.
const DELETED: TableDefinition<'_, u128, ()> = TableDefinition::new("groups_deleted");

/// How many memberships of deleted groups one write clears away.
const CLEARED: usize = 64;

/// The groups of a data directory, to read.
#[derive(Clone)]
pub(crate) struct Groups {
    database: Database,
}

impl Groups {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(crate) fn find(&self, name: &GroupName) -> Result<Option<Group>, StoreError> {
        let found = self
            .database
            .read(|transaction| Ok(find(transaction, name)?))?;
        Ok(found.map(|(_, group)| group))
    }

    /// Up to `limit` groups whose names come after `after`, in the order of their names.
    pub(crate) fn page(
        &self,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        self.database
            .read(|transaction| Ok(page(transaction, after, limit)?))
    }

    /// The ids of up to `limit` members after `after`, in the order of their ids; none if there is no such group.
    pub(crate) fn members(
        &self,
        name: &GroupName,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        self.database
            .read(|transaction| Ok(members(transaction, name, after, limit)?))
    }

    /// Every group that `user` is in, in the order of their names.
    pub(crate) fn of_user(&self, user: Uuid) -> Result<Vec<Group>, StoreError> {
        self.database.read(|transaction| {
            let mut groups = of_user(transaction, user)?;
            groups.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(groups)
        })
    }
}

/// Makes a group.
pub(crate) fn create(
    transaction: &WriteTransaction,
    id: Uuid,
    name: GroupName,
    settings: GroupSettings,
    now: Timestamp,
) -> Result<Result<Group, GroupError>, Fault> {
    let mut names = transaction.open_table(NAMES)?;
    if names.get(name.as_str())?.is_some() {
        return Ok(Err(GroupError::Exists(name)));
    }
    if names.len()? >= MOST_GROUPS {
        return Ok(Err(GroupError::TooManyGroups));
    }
    let group = Group {
        name,
        settings,
        created_at: now,
        modified_at: now,
    };
    names.insert(group.name.as_str(), id.as_u128())?;
    insert(transaction, id, &group)?;
    clear(transaction)?;
    Ok(Ok(group))
}

/// Changes what is said of a group.
pub(crate) fn update(
    transaction: &WriteTransaction,
    name: GroupName,
    changes: GroupSettings,
    now: Timestamp,
) -> Result<Result<Group, GroupError>, Fault> {
    let Some((id, mut group)) = get(transaction, &name)? else {
        return Ok(Err(GroupError::NotFound(name)));
    };
    group.settings = group.settings.changed_by(changes);
    group.modified_at = now;
    insert(transaction, id, &group)?;
    clear(transaction)?;
    Ok(Ok(group))
}

/// Ends a group, and with it every membership.
pub(crate) fn delete(
    transaction: &WriteTransaction,
    name: GroupName,
) -> Result<Result<(), GroupError>, Fault> {
    let Some((id, _)) = get(transaction, &name)? else {
        return Ok(Err(GroupError::NotFound(name)));
    };
    transaction.open_table(NAMES)?.remove(name.as_str())?;
    transaction.open_table(GROUPS)?.remove(id.as_u128())?;
    transaction.open_table(DELETED)?.insert(id.as_u128(), ())?;
    clear(transaction)?;
    Ok(Ok(()))
}

/// Makes `user`, who exists, a member, if they are none.
pub(crate) fn join(
    transaction: &WriteTransaction,
    user: Uuid,
    name: GroupName,
) -> Result<Result<(), GroupError>, Fault> {
    let Some((id, _)) = get(transaction, &name)? else {
        return Ok(Err(GroupError::NotFound(name)));
    };
    let mut of_user = transaction.open_table(OF_USER)?;
    let key = (user.as_u128(), id.as_u128());
    if of_user.get(key)?.is_some() {
        return Ok(Ok(()));
    }
    let groups = transaction.open_table(GROUPS)?;
    let mut count = 0;
    for entry in of_user.range((user.as_u128(), 0)..=(user.as_u128(), u128::MAX))? {
        let (_, group) = entry?.0.value();
        count += usize::from(groups.get(group)?.is_some());
    }
    if count >= MOST_GROUPS_OF_USER {
        return Ok(Err(GroupError::TooManyGroupsOfUser));
    }
    of_user.insert(key, ())?;
    let mut members = transaction.open_table(MEMBERS)?;
    members.insert((id.as_u128(), user.as_u128()), ())?;
    drop((of_user, groups, members));
    clear(transaction)?;
    Ok(Ok(()))
}

/// Makes `user` no member, if they are one.
pub(crate) fn leave(
    transaction: &WriteTransaction,
    user: Uuid,
    name: GroupName,
) -> Result<Result<(), GroupError>, Fault> {
    let Some((id, _)) = get(transaction, &name)? else {
        return Ok(Err(GroupError::NotFound(name)));
    };
    remove(transaction, id.as_u128(), user.as_u128())?;
    clear(transaction)?;
    Ok(Ok(()))
}

/// Makes `user` a member of nothing.
pub(crate) fn leave_all(transaction: &WriteTransaction, user: Uuid) -> Result<(), Fault> {
    let user = user.as_u128();
    let groups = {
        let of_user = transaction.open_table(OF_USER)?;
        let range = of_user.range((user, 0)..=(user, u128::MAX))?;
        let groups = range.map(|entry| Ok::<_, Fault>(entry?.0.value().1));
        groups.collect::<Result<Vec<_>, _>>()?
    };
    for group in groups {
        remove(transaction, group, user)?;
    }
    Ok(())
}

fn remove(transaction: &WriteTransaction, group: u128, user: u128) -> Result<(), Fault> {
    transaction.open_table(OF_USER)?.remove((user, group))?;
    transaction.open_table(MEMBERS)?.remove((group, user))?;
    Ok(())
}

/// Clears away some memberships of a deleted group.
fn clear(transaction: &WriteTransaction) -> Result<(), Fault> {
    let mut deleted = transaction.open_table(DELETED)?;
    let Some(group) = deleted.first()?.map(|(group, _)| group.value()) else {
        return Ok(());
    };
    let users = {
        let members = transaction.open_table(MEMBERS)?;
        let range = members.range((group, 0)..=(group, u128::MAX))?;
        let users = range.map(|entry| Ok::<_, Fault>(entry?.0.value().1));
        users.take(CLEARED).collect::<Result<Vec<_>, _>>()?
    };
    if users.len() < CLEARED {
        deleted.remove(group)?;
    }
    for user in users {
        remove(transaction, group, user)?;
    }
    Ok(())
}

fn get(transaction: &WriteTransaction, name: &GroupName) -> Result<Option<(Uuid, Group)>, Fault> {
    let names = transaction.open_table(NAMES)?;
    let Some(id) = names.get(name.as_str())?.map(|id| id.value()) else {
        return Ok(None);
    };
    let groups = transaction.open_table(GROUPS)?;
    decoded(id, groups.get(id)?.map(|item| item.value().to_vec()))
}

fn insert(transaction: &WriteTransaction, id: Uuid, group: &Group) -> Result<(), Fault> {
    let item = group.encode()?;
    let mut groups = transaction.open_table(GROUPS)?;
    groups.insert(id.as_u128(), item.as_slice())?;
    Ok(())
}

fn find(transaction: &ReadTransaction, name: &GroupName) -> Result<Option<(Uuid, Group)>, Fault> {
    let Some(names) = existing(transaction.open_table(NAMES))? else {
        return Ok(None);
    };
    let Some(id) = names.get(name.as_str())?.map(|id| id.value()) else {
        return Ok(None);
    };
    let Some(groups) = existing(transaction.open_table(GROUPS))? else {
        return Ok(None);
    };
    decoded(id, groups.get(id)?.map(|item| item.value().to_vec()))
}

fn decoded(id: u128, item: Option<Vec<u8>>) -> Result<Option<(Uuid, Group)>, Fault> {
    let id = Uuid::from_u128(id);
    let item = item.map(|item| Ok::<_, Fault>((id, Group::decode(id, &item)?)));
    item.transpose()
}

fn page(
    transaction: &ReadTransaction,
    after: Option<&GroupName>,
    limit: usize,
) -> Result<Vec<Group>, Fault> {
    let Some(names) = existing(transaction.open_table(NAMES))? else {
        return Ok(Vec::new());
    };
    // Whoever only looks into a table makes it, and may make it alone.
    let Some(groups) = existing(transaction.open_table(GROUPS))? else {
        return Ok(Vec::new());
    };
    let first = after.map_or("", GroupName::as_str);
    let mut found = Vec::with_capacity(limit.min(64));
    for entry in names.range(first..)? {
        let (name, id) = entry?;
        if found.len() >= limit {
            break;
        }
        if after.is_some_and(|after| after.as_str() == name.value()) {
            continue;
        }
        let item = groups.get(id.value())?.map(|item| item.value().to_vec());
        found.extend(decoded(id.value(), item)?.map(|(_, group)| group));
    }
    Ok(found)
}

fn members(
    transaction: &ReadTransaction,
    name: &GroupName,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Option<Vec<Uuid>>, Fault> {
    let Some((id, _)) = find(transaction, name)? else {
        return Ok(None);
    };
    let Some(members) = existing(transaction.open_table(MEMBERS))? else {
        return Ok(Some(Vec::new()));
    };
    let group = id.as_u128();
    let first = after.map_or(0, |user| user.as_u128().saturating_add(1));
    let range = members.range((group, first)..=(group, u128::MAX))?;
    let users = range
        .take(limit)
        .map(|entry| Ok::<_, Fault>(Uuid::from_u128(entry?.0.value().1)));
    users.collect::<Result<_, _>>().map(Some)
}

fn of_user(transaction: &ReadTransaction, user: Uuid) -> Result<Vec<Group>, Fault> {
    let Some(of_user) = existing(transaction.open_table(OF_USER))? else {
        return Ok(Vec::new());
    };
    // Whoever only looks into a table makes it, and may make it alone.
    let Some(groups) = existing(transaction.open_table(GROUPS))? else {
        return Ok(Vec::new());
    };
    let user = user.as_u128();
    let mut found = Vec::new();
    for entry in of_user.range((user, 0)..=(user, u128::MAX))? {
        let (_, id) = entry?.0.value();
        let item = groups.get(id)?.map(|item| item.value().to_vec());
        found.extend(decoded(id, item)?.map(|(_, group)| group));
    }
    Ok(found)
}
