//! `ListUsers`: all users, page by page.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, PAGINATION_TOKEN, USER_POOL_ID},
    exception::invalid_parameter,
    user::User,
};
use crate::json_protocol::Exception;

/// The most users of a page, and as many as there are unless fewer are asked for.
const MAX_LIMIT: i64 = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsersRequest {
    user_pool_id: Option<String>,
    limit: Option<i64>,
    pagination_token: Option<String>,
    filter: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsersResponse {
    users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: ListUsersRequest,
) -> Result<ListUsersResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let after = input.pagination_token.as_deref();
    let after = constraints.optional("paginationToken", after, PAGINATION_TOKEN);
    let limit = input.limit.unwrap_or(MAX_LIMIT);
    constraints.at_least("limit", limit, 0);
    constraints.at_most("limit", limit, MAX_LIMIT);
    constraints.check()?;
    pool.check_id(pool_id)?;
    if input.filter.is_some_and(|filter| !filter.is_empty()) {
        return Err(invalid_parameter("Users are listed without a filter only."));
    }
    let after = after
        .map(|after| {
            after
                .parse()
                .map_err(|_| invalid_parameter("Invalid pagination token"))
        })
        .transpose()?;
    // AWS reads 0 as no limit of the client's.
    let limit = if limit == 0 { MAX_LIMIT } else { limit };
    let page = pool.list_users(after, usize::try_from(limit).unwrap_or_default())?;
    Ok(ListUsersResponse {
        users: page.users.into_iter().map(User::from).collect(),
        pagination_token: page.next.map(|next| next.to_string()),
    })
}
