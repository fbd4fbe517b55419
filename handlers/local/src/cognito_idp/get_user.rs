//! `GetUser`: whom an access token is of.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{Constraints, TOKEN},
    mfa_settings::FactorsInUse,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserRequest {
    access_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserResponse {
    username: String,
    user_attributes: Vec<Attribute>,
    #[serde(flatten)]
    in_use: FactorsInUse,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: GetUserRequest,
) -> Result<GetUserResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.check()?;
    let profile = pool.get_user(token).await?;
    Ok(GetUserResponse {
        in_use: (&profile).into(),
        username: profile.id.to_string(),
        user_attributes: attributes::of(profile.attributes),
    })
}
