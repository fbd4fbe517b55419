//! `AdminResetUserPassword`: ends a password, and sends a code to choose another with.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, USER_POOL_ID, USERNAME};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminResetUserPasswordRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
}

#[derive(Serialize)]
pub(super) struct AdminResetUserPasswordResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminResetUserPasswordRequest,
) -> Result<AdminResetUserPasswordResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.check()?;
    pool.check_id(pool_id)?;
    pool.admin_reset_user_password(username).await?;
    Ok(AdminResetUserPasswordResponse {})
}
