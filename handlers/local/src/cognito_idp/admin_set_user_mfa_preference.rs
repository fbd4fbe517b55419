//! `AdminSetUserMFAPreference`: chooses the second factors of a user.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, USER_POOL_ID, USERNAME},
    mfa_settings::MfaSettings,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminSetUserMFAPreferenceRequest {
    user_pool_id: Option<String>,
    username: Option<String>,
    #[serde(flatten)]
    settings: MfaSettings,
}

#[derive(Serialize)]
pub(super) struct AdminSetUserMFAPreferenceResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminSetUserMFAPreferenceRequest,
) -> Result<AdminSetUserMFAPreferenceResponse, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.check()?;
    pool.check_id(pool_id)?;
    let preferences = input.settings.preferences()?;
    pool.admin_set_mfa_preference(username, preferences).await?;
    Ok(AdminSetUserMFAPreferenceResponse {})
}
