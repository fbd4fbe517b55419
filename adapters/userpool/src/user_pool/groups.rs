//! What administrators do with groups, and who is in them.

use uuid::Uuid;

use super::{Profile, UserPool, UserPoolError};
use crate::{
    groups::{self, Group, GroupClaims, GroupError, GroupName, GroupSettings},
    random, users,
};

/// Some groups, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage {
    /// In the order of their names.
    pub groups: Vec<Group>,
    /// What the next page comes after, if there is one.
    pub next: Option<GroupName>,
}

/// Some members of a group, and where the next ones begin.
#[derive(Clone, Debug)]
pub struct MemberPage {
    /// In no order that means anything.
    pub users: Vec<Profile>,
    /// What the next page comes after, if there is one.
    pub next: Option<Uuid>,
}

impl UserPool {
    /// Makes a group.
    ///
    /// # Errors
    /// There is one of this name, or there are too many.
    pub async fn create_group(
        &self,
        name: GroupName,
        settings: GroupSettings,
    ) -> Result<Group, UserPoolError> {
        let (id, now) = (random::uuid(self.ids()), self.now());
        let created =
            self.commit(move |transaction| groups::create(transaction, id, name, settings, now));
        Ok(created.await??)
    }

    /// The group `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn group(&self, name: GroupName) -> Result<Group, UserPoolError> {
        let found = self.shared.groups.find(&name)?;
        Ok(found.ok_or(GroupError::NotFound(name))?)
    }

    /// Changes what is said of a group. What `changes` leaves out stays as it is.
    ///
    /// # Errors
    /// There is no such group.
    pub async fn update_group(
        &self,
        name: GroupName,
        changes: GroupSettings,
    ) -> Result<Group, UserPoolError> {
        let now = self.now();
        let updated =
            self.commit(move |transaction| groups::update(transaction, name, changes, now));
        Ok(updated.await??)
    }

    /// Ends a group; its members stay users.
    ///
    /// # Errors
    /// There is no such group.
    pub async fn delete_group(&self, name: GroupName) -> Result<(), UserPoolError> {
        let deleted = self.commit(move |transaction| groups::delete(transaction, name));
        Ok(deleted.await??)
    }

    /// Up to `limit` groups after the one named `after`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list_groups(
        &self,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<GroupPage, UserPoolError> {
        let groups = self.shared.groups.page(after, limit.saturating_add(1))?;
        Ok(GroupPage::cut(groups, limit))
    }

    /// Up to `limit` members of a group after `after`.
    ///
    /// # Errors
    /// There is no such group.
    pub fn list_users_in_group(
        &self,
        name: GroupName,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<MemberPage, UserPoolError> {
        let members = self
            .shared
            .groups
            .members(&name, after, limit.saturating_add(1))?;
        let mut members = members.ok_or(GroupError::NotFound(name))?;
        let is_last = members.len() <= limit;
        members.truncate(limit);
        let next = members.last().filter(|_| !is_last).copied();
        let users = members
            .into_iter()
            .filter_map(|id| self.shared.users.find(id).transpose());
        Ok(MemberPage {
            users: users
                .map(|user| user.map(Profile::from))
                .collect::<Result<_, _>>()?,
            next,
        })
    }

    /// Makes a user a member of a group, if they are none.
    ///
    /// # Errors
    /// There is no such user or group, or the user is in too many.
    pub async fn admin_add_user_to_group(
        &self,
        username: &str,
        name: GroupName,
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?.id;
        let joined = self.commit(move |transaction| {
            // Since the look, the user may have been deleted.
            if users::get(transaction, user)?.is_none() {
                return Ok(Err(UserPoolError::UserNotFound));
            }
            Ok(groups::join(transaction, user, name)?.map_err(UserPoolError::from))
        });
        joined.await?
    }

    /// Makes a user no member of a group, if they are one.
    ///
    /// # Errors
    /// There is no such user or group.
    pub async fn admin_remove_user_from_group(
        &self,
        username: &str,
        name: GroupName,
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?.id;
        let left = self.commit(move |transaction| groups::leave(transaction, user, name));
        Ok(left.await??)
    }

    /// Up to `limit` groups of a user after the one named `after`.
    ///
    /// # Errors
    /// There is no such user.
    pub fn admin_list_groups_for_user(
        &self,
        username: &str,
        after: Option<&GroupName>,
        limit: usize,
    ) -> Result<GroupPage, UserPoolError> {
        let user = self.existing_user(username)?.id;
        // A user is in a hundred at most.
        let mut groups = self.shared.groups.of_user(user)?;
        if let Some(after) = after {
            groups.retain(|group| group.name > *after);
        }
        Ok(GroupPage::cut(groups, limit))
    }

    /// What the tokens of `user` say of their groups now.
    pub(super) fn group_claims(&self, user: Uuid) -> Result<GroupClaims, UserPoolError> {
        Ok(GroupClaims::of(self.shared.groups.of_user(user)?))
    }
}

impl GroupPage {
    fn cut(mut groups: Vec<Group>, limit: usize) -> Self {
        let is_last = groups.len() <= limit;
        groups.truncate(limit);
        Self {
            next: groups
                .last()
                .filter(|_| !is_last)
                .map(|group| group.name.clone()),
            groups,
        }
    }
}
