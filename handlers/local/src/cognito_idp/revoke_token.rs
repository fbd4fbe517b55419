//! `RevokeToken`: ends the session of a refresh token.

use notewarden_userpool::{UserPool, UserPoolError};
use serde::{Deserialize, Serialize};

use super::constraints::{CLIENT_ID, Constraints, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeTokenRequest {
    token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

#[derive(Serialize)]
pub(super) struct RevokeTokenResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: RevokeTokenRequest,
) -> Result<RevokeTokenResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("token", input.token.as_deref(), TOKEN);
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    constraints.check()?;
    let revoked = pool.revoke_token(client_id, input.client_secret.as_deref(), token);
    match revoked.await {
        // The operation has a refusal of its own for clients.
        Err(UserPoolError::ClientNotFound(_) | UserPoolError::ClientNotProved { .. }) => {
            Err(UserPoolError::ForeignToken.into())
        }
        revoked => Ok(revoked.map(|()| RevokeTokenResponse {})?),
    }
}
