//! `ListUsersInGroup`: the members of a group, page by page.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    constraints::{Constraints, PAGINATION_TOKEN},
    exception::invalid_parameter,
    group::{self, NamedGroup},
    user::User,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsersInGroupRequest {
    #[serde(flatten)]
    group: NamedGroup,
    limit: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsersInGroupResponse {
    users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: ListUsersInGroupRequest,
) -> Result<ListUsersInGroupResponse, Exception> {
    let mut constraints = Constraints::default();
    let limit = group::limit(&mut constraints, input.limit);
    let after = input.next_token.as_deref();
    let after = constraints.optional("nextToken", after, PAGINATION_TOKEN);
    let (pool_id, name) = input.group.read(constraints)?;
    pool.check_id(&pool_id)?;
    let invalid = |_| invalid_parameter("Invalid pagination token");
    let after = after.map(Uuid::try_parse).transpose().map_err(invalid)?;
    let page = pool.list_users_in_group(name, after, limit)?;
    Ok(ListUsersInGroupResponse {
        users: page.users.into_iter().map(User::from).collect(),
        next_token: page.next.map(|next| next.to_string()),
    })
}
