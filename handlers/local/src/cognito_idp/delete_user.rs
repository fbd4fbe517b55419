//! `DeleteUser`: forgets whoever asks for it.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteUserRequest {
    access_token: Option<String>,
}

#[derive(Serialize)]
pub(super) struct DeleteUserResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: DeleteUserRequest,
) -> Result<DeleteUserResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.check()?;
    pool.delete_user(token).await?;
    Ok(DeleteUserResponse {})
}
