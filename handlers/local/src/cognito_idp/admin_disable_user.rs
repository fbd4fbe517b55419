//! `AdminDisableUser`: ends a user's sessions and lets them open no more.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, USER_POOL_ID, USERNAME};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminDisableUserRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
}

#[derive(Serialize)]
pub(super) struct AdminDisableUserResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminDisableUserRequest,
) -> Result<AdminDisableUserResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.check()?;
    pool.check_id(pool_id)?;
    pool.admin_set_enabled(username, false).await?;
    Ok(AdminDisableUserResponse {})
}
