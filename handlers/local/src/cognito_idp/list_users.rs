//! `ListUsers`: users, page by page.

use notewarden_userpool::{UserPool, users::InvalidFilter};
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, FILTER, PAGINATION_TOKEN, USER_POOL_ID},
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
    attributes_to_get: Option<Vec<String>>,
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
    let filter = constraints.optional("filter", input.filter.as_deref(), FILTER);
    let wanted = input.attributes_to_get;
    let wanted = wanted.map(|names| constraints.names("attributesToGet", Some(names)));
    let limit = input.limit.unwrap_or(MAX_LIMIT);
    constraints.at_least("limit", limit, 0);
    constraints.at_most("limit", limit, MAX_LIMIT);
    constraints.check()?;
    pool.check_id(pool_id)?;
    let filter = filter.filter(|filter| !filter.is_empty());
    let filter = filter.map(str::parse).transpose().map_err(of_filter)?;
    let invalid = |_| invalid_parameter("Invalid pagination token");
    let after = after.map(str::parse).transpose().map_err(invalid)?;
    // AWS reads 0 as no limit of the client's.
    let limit = if limit == 0 { MAX_LIMIT } else { limit };
    let limit = usize::try_from(limit).unwrap_or_default();
    let page = pool.list_users(filter.as_ref(), after.as_ref(), limit)?;
    let users = page.users.into_iter().map(|mut profile| {
        if let Some(wanted) = &wanted {
            profile.attributes.retain(|(name, _)| wanted.contains(name));
        }
        User::from(profile)
    });
    Ok(ListUsersResponse {
        users: users.collect(),
        pagination_token: page.next.map(|next| next.to_string()),
    })
}

fn of_filter(invalid: InvalidFilter) -> Exception {
    invalid_parameter(match invalid {
        InvalidFilter::Form => {
            "Invalid filter: it must be of the form attribute = \"value\" or attribute ^= \"value\""
                .to_owned()
        }
        InvalidFilter::Attribute(name) => format!("Invalid search attribute: {name}"),
    })
}
