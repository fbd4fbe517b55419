//! `GroupType`: a group in an answer, and what a request says of one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use notewarden_userpool::{
    groups::{Group, GroupName, GroupSettings},
    user_pool::GroupPage,
};
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, DESCRIPTION, GROUP_NAME, PAGINATION_TOKEN, ROLE_ARN, USER_POOL_ID},
    exception::invalid_parameter,
};
use crate::json_protocol::{Exception, epoch_seconds};

/// The most items of a page, and as many as there are unless fewer are asked for.
const MAX_LIMIT: i64 = 60;

/// What `CreateGroup` and `UpdateGroup` say of a group.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribedGroup {
    user_pool_id: Option<String>,
    group_name: Option<String>,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
}

/// The group that a request is about.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NamedGroup {
    user_pool_id: Option<String>,
    group_name: Option<String>,
}

/// A group in an answer.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupType {
    group_name: String,
    user_pool_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precedence: Option<u32>,
    last_modified_date: f64,
    creation_date: f64,
}

/// The answer of the operations that make, change and show a group.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupAnswer {
    group: GroupType,
}

/// The answer of the operations that list groups.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupsAnswer {
    groups: Vec<GroupType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl DescribedGroup {
    /// The pool, the group, and what is said of it.
    pub(super) fn read(self) -> Result<(String, GroupName, GroupSettings), Exception> {
        let Self {
            user_pool_id,
            group_name,
            description,
            role_arn,
            precedence,
        } = self;
        let mut constraints = Constraints::default();
        constraints.optional("description", description.as_deref(), DESCRIPTION);
        constraints.optional("roleArn", role_arn.as_deref(), ROLE_ARN);
        let number = precedence.unwrap_or_default();
        constraints.at_least("precedence", number, 0);
        constraints.at_most("precedence", number, i64::from(i32::MAX));
        let (pool, name) = NamedGroup {
            user_pool_id,
            group_name,
        }
        .read(constraints)?;
        let settings = GroupSettings {
            description,
            role_arn,
            precedence: precedence.and_then(|number| u32::try_from(number).ok()),
        };
        Ok((pool, name, settings))
    }
}

impl NamedGroup {
    /// The pool and the group, with whatever else is constrained.
    pub(super) fn read(
        self,
        mut constraints: Constraints,
    ) -> Result<(String, GroupName), Exception> {
        let pool = self.user_pool_id.as_deref();
        let pool = constraints
            .required("userPoolId", pool, USER_POOL_ID)
            .to_owned();
        let name = constraints.required("groupName", self.group_name.as_deref(), GROUP_NAME);
        let name = name.parse();
        constraints.check()?;
        let name = name.map_err(|_| invalid_parameter("Invalid group name"))?;
        Ok((pool, name))
    }
}

/// How many items a page may have.
pub(super) fn limit(constraints: &mut Constraints, limit: Option<i64>) -> usize {
    let limit = limit.unwrap_or(MAX_LIMIT);
    constraints.at_least("limit", limit, 0);
    constraints.at_most("limit", limit, MAX_LIMIT);
    // AWS reads 0 as no limit of the client's.
    let limit = if limit == 0 { MAX_LIMIT } else { limit };
    usize::try_from(limit).unwrap_or_default()
}

/// What a page of groups comes after.
pub(super) fn after(
    constraints: &mut Constraints,
    token: Option<&str>,
) -> Result<Option<GroupName>, Exception> {
    let token = constraints.optional("nextToken", token, PAGINATION_TOKEN);
    let read = |token: &str| {
        let name = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        String::from_utf8(name).ok()?.parse().ok()
    };
    let invalid = || invalid_parameter("Invalid pagination token");
    token
        .map(|token| read(token).ok_or_else(invalid))
        .transpose()
}

impl GroupAnswer {
    pub(super) fn new(pool: String, group: Group) -> Self {
        Self {
            group: GroupType::new(pool, group),
        }
    }
}

impl GroupsAnswer {
    pub(super) fn new(pool: &str, page: GroupPage) -> Self {
        let group = |group| GroupType::new(pool.to_owned(), group);
        Self {
            groups: page.groups.into_iter().map(group).collect(),
            next_token: page
                .next
                .map(|name| BASE64_URL_SAFE_NO_PAD.encode(name.as_str())),
        }
    }
}

impl GroupType {
    fn new(user_pool_id: String, group: Group) -> Self {
        let GroupSettings {
            description,
            role_arn,
            precedence,
        } = group.settings;
        Self {
            group_name: group.name.into(),
            user_pool_id,
            description,
            role_arn,
            precedence,
            last_modified_date: epoch_seconds(group.modified_at),
            creation_date: epoch_seconds(group.created_at),
        }
    }
}
