//! `AdminGetUser`: one user.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{Constraints, USER_POOL_ID, USERNAME},
    mfa_settings::FactorsInUse,
    user::UserState,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminGetUserRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminGetUserResponse {
    username: String,
    user_attributes: Vec<Attribute>,
    #[serde(flatten)]
    state: UserState,
    #[serde(flatten)]
    in_use: FactorsInUse,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminGetUserRequest,
) -> Result<AdminGetUserResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.check()?;
    pool.check_id(pool_id)?;
    let profile = pool.admin_get_user(username)?;
    Ok(AdminGetUserResponse {
        state: (&profile).into(),
        in_use: (&profile).into(),
        username: profile.id.to_string(),
        user_attributes: attributes::of(profile.attributes),
    })
}
