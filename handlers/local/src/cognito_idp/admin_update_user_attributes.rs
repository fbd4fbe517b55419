//! `AdminUpdateUserAttributes`: changes attributes of a user, and says which are verified.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{Constraints, USER_POOL_ID, USERNAME},
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminUpdateUserAttributesRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    user_attributes: Option<Vec<Attribute>>,
}

#[derive(Serialize)]
pub(super) struct AdminUpdateUserAttributesResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminUpdateUserAttributesRequest,
) -> Result<AdminUpdateUserAttributesResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.present("userAttributes", input.user_attributes.is_some());
    constraints.check()?;
    pool.check_id(pool_id)?;
    let attributes = attributes::read("userAttributes", input.user_attributes)?;
    pool.admin_update_user_attributes(username, &attributes)
        .await?;
    Ok(AdminUpdateUserAttributesResponse {})
}
