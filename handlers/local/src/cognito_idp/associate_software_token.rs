//! `AssociateSoftwareToken`: a secret to set an authenticator up with, for somebody signed in or signing in.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{Constraints, SESSION, TOKEN},
    exception::invalid_parameter,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssociateSoftwareTokenRequest {
    access_token: Option<String>,
    session: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssociateSoftwareTokenResponse {
    secret_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: AssociateSoftwareTokenRequest,
) -> Result<AssociateSoftwareTokenResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.optional("accessToken", input.access_token.as_deref(), TOKEN);
    let session = constraints.optional("session", input.session.as_deref(), SESSION);
    constraints.check()?;
    let association = match (token, session) {
        (Some(token), None) => pool.associate_software_token(token).await?,
        (None, Some(session)) => pool.associate_software_token_at_sign_in(session)?,
        _ => return Err(invalid_parameter(ONE_OF_BOTH)),
    };
    Ok(AssociateSoftwareTokenResponse {
        secret_code: association.secret_code.expose().to_owned(),
        session: association
            .session
            .map(|session| session.expose().to_owned()),
    })
}

/// Whoever sets an authenticator up is either signed in or signing in.
pub(super) const ONE_OF_BOTH: &str = "Either an access token or a session must be given.";
