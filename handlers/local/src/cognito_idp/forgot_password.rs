//! `ForgotPassword`: a code to choose another password with, or what looks like one.

use notewarden_userpool::{UserPool, user_pool::AppClient};
use serde::{Deserialize, Serialize};

use super::{
    constraints::{CLIENT_ID, Constraints, SECRET_HASH, USERNAME},
    delivery::CodeDeliveryDetails,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ForgotPasswordRequest {
    client_id: Option<String>,
    secret_hash: Option<String>,
    username: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ForgotPasswordResponse {
    code_delivery_details: CodeDeliveryDetails,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: ForgotPasswordRequest,
) -> Result<ForgotPasswordResponse, Exception> {
    let mut constraints = Constraints::default();
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    let hash = constraints.optional("secretHash", input.secret_hash.as_deref(), SECRET_HASH);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    constraints.check()?;
    let client = AppClient {
        id: client_id,
        secret_hash: hash,
    };
    let delivery = pool.forgot_password(client, username).await?;
    Ok(ForgotPasswordResponse {
        code_delivery_details: delivery.into(),
    })
}
