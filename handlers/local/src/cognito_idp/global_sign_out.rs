//! `GlobalSignOut`: ends every session of whoever has the access token.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GlobalSignOutRequest {
    access_token: Option<String>,
}

#[derive(Serialize)]
pub(super) struct GlobalSignOutResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: GlobalSignOutRequest,
) -> Result<GlobalSignOutResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.check()?;
    pool.global_sign_out(token).await?;
    Ok(GlobalSignOutResponse {})
}
