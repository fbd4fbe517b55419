//! Groups of users: what is kept of each, and what the tokens of their members say.

mod claims;
mod table;

use std::{fmt, str::FromStr};

use notewarden_domain::{StoreError, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::claims::GroupClaims;
pub(crate) use self::table::{Groups, create, delete, join, leave, leave_all, update};

/// The most groups of a pool (Cognito's quota).
pub const MOST_GROUPS: u64 = 10_000;
/// The most groups that one user is in (Cognito's quota).
pub const MOST_GROUPS_OF_USER: usize = 100;

/// The name of a group: 1 to 128 characters without spaces and control characters. Names that differ in case
/// are different names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GroupName(String);

impl GroupName {
    /// The longest name, in characters.
    pub const MAX_LENGTH: usize = 128;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text that cannot be a group's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a group's name has 1 to 128 characters, and no space")]
pub struct InvalidGroupName;

impl TryFrom<String> for GroupName {
    type Error = InvalidGroupName;

    fn try_from(text: String) -> Result<Self, InvalidGroupName> {
        let is_valid = (1..=Self::MAX_LENGTH).contains(&text.chars().count())
            && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if is_valid {
            Ok(Self(text))
        } else {
            Err(InvalidGroupName)
        }
    }
}

impl FromStr for GroupName {
    type Err = InvalidGroupName;

    fn from_str(text: &str) -> Result<Self, InvalidGroupName> {
        text.to_owned().try_into()
    }
}

impl From<GroupName> for String {
    fn from(name: GroupName) -> Self {
        name.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an administrator says of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSettings {
    /// What it is for.
    pub description: Option<String>,
    /// The ARN of the role that its members may take.
    pub role_arn: Option<String>,
    /// Of a member's groups, the role of the one with the smallest number is preferred. A group without a
    /// number comes after all that have one.
    pub precedence: Option<u32>,
}

impl GroupSettings {
    /// These, where `changes` does not say otherwise.
    #[must_use]
    pub(crate) fn changed_by(self, changes: Self) -> Self {
        Self {
            description: changes.description.or(self.description),
            role_arn: changes.role_arn.or(self.role_arn),
            precedence: changes.precedence.or(self.precedence),
        }
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its name, which no other group of the pool has.
    pub name: GroupName,
    /// What its administrator says of it.
    #[serde(flatten)]
    pub settings: GroupSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When what is said of it was last changed.
    pub modified_at: Timestamp,
}

impl Group {
    fn encode(&self) -> Result<Vec<u8>, StoreError> {
        serde_json::to_vec(self).map_err(StoreError::unavailable)
    }

    fn decode(id: Uuid, item: &[u8]) -> Result<Self, StoreError> {
        serde_json::from_slice(item)
            .map_err(|error| StoreError::corrupt(format!("group {id}"), error))
    }
}

/// Why a group is not what it was asked to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// There is a group with the name.
    #[error("there is a group `{0}`")]
    Exists(GroupName),
    /// There is none.
    #[error("there is no group `{0}`")]
    NotFound(GroupName),
    /// The pool has [`MOST_GROUPS`].
    #[error("the pool has {MOST_GROUPS} groups, which is the most")]
    TooManyGroups,
    /// The user is in [`MOST_GROUPS_OF_USER`].
    #[error("the user is in {MOST_GROUPS_OF_USER} groups, which is the most")]
    TooManyGroupsOfUser,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_other_text() {
        for good in ["admins", "ä", "a,b", "us-east-1_Pool_Google", "{}\"'"] {
            assert_eq!(good.parse::<GroupName>().unwrap().as_str(), good);
        }
        let long = "x".repeat(129);
        for bad in ["", "a b", "a\tb", "a\0", "a\u{a0}b", &long] {
            assert_eq!(bad.parse::<GroupName>(), Err(InvalidGroupName), "{bad:?}");
        }
    }
}
