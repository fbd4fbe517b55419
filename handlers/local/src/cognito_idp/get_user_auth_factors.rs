//! `GetUserAuthFactors`: what the user can sign in with.

use notewarden_userpool::{UserPool, user_pool::FirstFactor};
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, TOKEN},
    mfa_settings::FactorsInUse,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserAuthFactorsRequest {
    access_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserAuthFactorsResponse {
    username: String,
    #[serde(flatten)]
    in_use: FactorsInUse,
    configured_user_auth_factors: Vec<&'static str>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: GetUserAuthFactorsRequest,
) -> Result<GetUserAuthFactorsResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.check()?;
    let factors = pool.auth_factors(token).await?;
    Ok(GetUserAuthFactorsResponse {
        username: factors.profile.id.to_string(),
        in_use: (&factors.profile).into(),
        configured_user_auth_factors: factors.first.into_iter().map(FirstFactor::as_str).collect(),
    })
}
