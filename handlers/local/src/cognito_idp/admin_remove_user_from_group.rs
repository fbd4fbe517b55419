//! `AdminRemoveUserFromGroup`: makes a user no member of a group.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, USERNAME},
    group::NamedGroup,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminRemoveUserFromGroupRequest {
    username: Option<String>,
    #[serde(flatten)]
    group: NamedGroup,
}

#[derive(Serialize)]
pub(super) struct AdminRemoveUserFromGroupResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminRemoveUserFromGroupRequest,
) -> Result<AdminRemoveUserFromGroupResponse, Exception> {
    let mut constraints = Constraints::default();
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let (pool_id, name) = input.group.read(constraints)?;
    pool.check_id(&pool_id)?;
    pool.admin_remove_user_from_group(username, name).await?;
    Ok(AdminRemoveUserFromGroupResponse {})
}
