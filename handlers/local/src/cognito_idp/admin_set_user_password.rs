//! `AdminSetUserPassword`: another password, for good or until the next sign-in.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, PASSWORD, USER_POOL_ID, USERNAME};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminSetUserPasswordRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(default)]
    permanent: bool,
}

#[derive(Serialize)]
pub(super) struct AdminSetUserPasswordResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminSetUserPasswordRequest,
) -> Result<AdminSetUserPasswordResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let password = constraints.required("password", input.password.as_deref(), PASSWORD);
    constraints.check()?;
    pool.check_id(pool_id)?;
    pool.admin_set_user_password(username, password, input.permanent)
        .await?;
    Ok(AdminSetUserPasswordResponse {})
}
