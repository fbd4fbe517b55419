//! `ConfirmForgotPassword`: another password for whoever shows the code.

use notewarden_userpool::{UserPool, user_pool::AppClient};
use serde::{Deserialize, Serialize};

use super::constraints::{CLIENT_ID, CODE, Constraints, PASSWORD, SECRET_HASH, USERNAME};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmForgotPasswordRequest {
    client_id: Option<String>,
    secret_hash: Option<String>,
    username: Option<String>,
    confirmation_code: Option<String>,
    password: Option<String>,
}

#[derive(Serialize)]
pub(super) struct ConfirmForgotPasswordResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: ConfirmForgotPasswordRequest,
) -> Result<ConfirmForgotPasswordResponse, Exception> {
    let mut constraints = Constraints::default();
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    let hash = constraints.optional("secretHash", input.secret_hash.as_deref(), SECRET_HASH);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let code = constraints.required("confirmationCode", input.confirmation_code.as_deref(), CODE);
    let password = constraints.required("password", input.password.as_deref(), PASSWORD);
    constraints.check()?;
    let client = AppClient {
        id: client_id,
        secret_hash: hash,
    };
    pool.confirm_forgot_password(client, username, code, password)
        .await?;
    Ok(ConfirmForgotPasswordResponse {})
}
