//! `VerifySoftwareToken`: takes an authenticator that shows the right code.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    associate_software_token::ONE_OF_BOTH,
    constraints::{Constraints, SESSION, TOKEN, USER_CODE},
    exception::invalid_parameter,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifySoftwareTokenRequest {
    access_token: Option<String>,
    session: Option<String>,
    user_code: Option<String>,
    friendly_device_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifySoftwareTokenResponse {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: VerifySoftwareTokenRequest,
) -> Result<VerifySoftwareTokenResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.optional("accessToken", input.access_token.as_deref(), TOKEN);
    let session = constraints.optional("session", input.session.as_deref(), SESSION);
    let code = constraints.required("userCode", input.user_code.as_deref(), USER_CODE);
    constraints.check()?;
    let name = input.friendly_device_name.as_deref();
    let session = match (token, session) {
        (Some(token), None) => {
            pool.verify_software_token(token, code, name).await?;
            None
        }
        (None, Some(session)) => {
            let verified = pool.verify_software_token_at_sign_in(session, code, name);
            Some(verified.await?.expose().to_owned())
        }
        _ => return Err(invalid_parameter(ONE_OF_BOTH)),
    };
    Ok(VerifySoftwareTokenResponse {
        status: "SUCCESS",
        session,
    })
}
