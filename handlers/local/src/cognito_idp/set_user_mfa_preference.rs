//! `SetUserMFAPreference`: chooses the second factors.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, TOKEN},
    mfa_settings::MfaSettings,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetUserMFAPreferenceRequest {
    access_token: Option<String>,
    #[serde(flatten)]
    settings: MfaSettings,
}

#[derive(Serialize)]
pub(super) struct SetUserMFAPreferenceResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: SetUserMFAPreferenceRequest,
) -> Result<SetUserMFAPreferenceResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.check()?;
    let preferences = input.settings.preferences()?;
    pool.set_mfa_preference(token, preferences).await?;
    Ok(SetUserMFAPreferenceResponse {})
}
