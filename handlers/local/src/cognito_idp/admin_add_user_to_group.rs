//! `AdminAddUserToGroup`: makes a user a member of a group.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, USERNAME},
    group::NamedGroup,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminAddUserToGroupRequest {
    username: Option<String>,
    #[serde(flatten)]
    group: NamedGroup,
}

#[derive(Serialize)]
pub(super) struct AdminAddUserToGroupResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminAddUserToGroupRequest,
) -> Result<AdminAddUserToGroupResponse, Exception> {
    let mut constraints = Constraints::default();
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let (pool_id, name) = input.group.read(constraints)?;
    pool.check_id(&pool_id)?;
    pool.admin_add_user_to_group(username, name).await?;
    Ok(AdminAddUserToGroupResponse {})
}
