//! `GetTokensFromRefreshToken`: new ID and access tokens.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    auth_result::AuthenticationResult,
    constraints::{CLIENT_ID, Constraints, TOKEN},
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTokensFromRefreshTokenRequest {
    refresh_token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTokensFromRefreshTokenResponse {
    authentication_result: AuthenticationResult,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: GetTokensFromRefreshTokenRequest,
) -> Result<GetTokensFromRefreshTokenResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("refreshToken", input.refresh_token.as_deref(), TOKEN);
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    constraints.check()?;
    let secret = input.client_secret.as_deref();
    let tokens = pool.refresh_with_secret(client_id, secret, token).await?;
    Ok(GetTokensFromRefreshTokenResponse {
        authentication_result: tokens.into(),
    })
}
