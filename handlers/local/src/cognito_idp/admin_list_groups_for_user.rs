//! `AdminListGroupsForUser`: the groups that a user is in, page by page.

use notewarden_userpool::UserPool;
use serde::Deserialize;

use super::{
    constraints::{Constraints, USER_POOL_ID, USERNAME},
    group::{self, GroupsAnswer},
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminListGroupsForUserRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminListGroupsForUserRequest,
) -> Result<GroupsAnswer, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let limit = group::limit(&mut constraints, input.limit);
    let after = group::after(&mut constraints, input.next_token.as_deref());
    constraints.check()?;
    pool.check_id(pool_id)?;
    let page = pool.admin_list_groups_for_user(username, after?.as_ref(), limit)?;
    Ok(GroupsAnswer::new(pool_id, page))
}
