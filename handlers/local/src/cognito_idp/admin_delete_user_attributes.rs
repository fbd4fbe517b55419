//! `AdminDeleteUserAttributes`: removes attributes of a user.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, USER_POOL_ID, USERNAME};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminDeleteUserAttributesRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    user_attribute_names: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct AdminDeleteUserAttributesResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminDeleteUserAttributesRequest,
) -> Result<AdminDeleteUserAttributesResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let names = constraints.names("userAttributeNames", input.user_attribute_names);
    constraints.check()?;
    pool.check_id(pool_id)?;
    pool.admin_delete_user_attributes(username, &names).await?;
    Ok(AdminDeleteUserAttributesResponse {})
}
