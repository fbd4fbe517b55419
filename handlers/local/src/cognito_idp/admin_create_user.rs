//! `AdminCreateUser`: a user who must choose a password at the first sign-in, and an invitation.

use notewarden_userpool::{Secret, UserPool, user_pool::NewUser};
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{Constraints, PASSWORD, USER_POOL_ID, USERNAME},
    exception::invalid_parameter,
    user::User,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminCreateUserRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    user_attributes: Option<Vec<Attribute>>,
    temporary_password: Option<String>,
    message_action: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminCreateUserResponse {
    user: User,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminCreateUserRequest,
) -> Result<AdminCreateUserResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let password = input.temporary_password.as_deref();
    let password = constraints.optional("temporaryPassword", password, PASSWORD);
    let action = input.message_action.as_deref();
    if action.is_some() {
        constraints.one_of("messageAction", action, &["RESEND", "SUPPRESS"]);
    }
    constraints.check()?;
    pool.check_id(pool_id)?;
    if action == Some("RESEND") {
        return Err(invalid_parameter(
            "Invitations are not sent again: set a temporary password instead.",
        ));
    }
    let attributes = attributes::read("userAttributes", input.user_attributes)?;
    let password = password.map(Secret::new);
    let new = NewUser {
        username,
        temporary_password: password.as_ref(),
        attributes: &attributes,
        is_invited: action != Some("SUPPRESS"),
    };
    Ok(AdminCreateUserResponse {
        user: pool.admin_create_user(new).await?.into(),
    })
}
