//! `ListGroups`: all groups, page by page.

use notewarden_userpool::UserPool;
use serde::Deserialize;

use super::{
    constraints::{Constraints, USER_POOL_ID},
    group::{self, GroupsAnswer},
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListGroupsRequest {
    user_pool_id: Option<String>,
    limit: Option<i64>,
    next_token: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: ListGroupsRequest,
) -> Result<GroupsAnswer, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let limit = group::limit(&mut constraints, input.limit);
    let after = group::after(&mut constraints, input.next_token.as_deref());
    constraints.check()?;
    pool.check_id(pool_id)?;
    let page = pool.list_groups(after?.as_ref(), limit)?;
    Ok(GroupsAnswer::new(pool_id, page))
}
