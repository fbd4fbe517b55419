//! `ChangePassword`: another password for whoever knows the last one.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, PASSWORD, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangePasswordRequest {
    access_token: Option<String>,
    previous_password: Option<String>,
    proposed_password: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ChangePasswordResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: ChangePasswordRequest,
) -> Result<ChangePasswordResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    let previous = input.previous_password.as_deref();
    let previous = constraints.required("previousPassword", previous, PASSWORD);
    let proposed = input.proposed_password.as_deref();
    let proposed = constraints.required("proposedPassword", proposed, PASSWORD);
    constraints.check()?;
    pool.change_password(token, previous, proposed).await?;
    Ok(ChangePasswordResponse {})
}
