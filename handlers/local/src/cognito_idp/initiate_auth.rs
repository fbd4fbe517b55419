//! `InitiateAuth`: signing in by SRP, by password or by refresh token.

use notewarden_userpool::{UserPool, user_pool::AppClient};
use serde::Deserialize;

use super::{
    auth_result::AuthAnswer,
    constraints::{CLIENT_ID, Constraints},
    exception::invalid_parameter,
    parameters::Parameters,
};
use crate::json_protocol::Exception;

/// `AuthFlowType`
const FLOWS: [&str; 8] = [
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InitiateAuthRequest {
    auth_flow: Option<String>,
    client_id: Option<String>,
    auth_parameters: Option<Parameters>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: InitiateAuthRequest,
) -> Result<AuthAnswer, Exception> {
    let mut constraints = Constraints::default();
    constraints.one_of("authFlow", input.auth_flow.as_deref(), &FLOWS);
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    constraints.check()?;
    let parameters = input.auth_parameters.unwrap_or_default();
    let client = AppClient {
        id: client_id,
        secret_hash: parameters.optional("SECRET_HASH"),
    };
    match input.auth_flow.as_deref().unwrap_or_default() {
        "USER_SRP_AUTH" => {
            let username = parameters.required("USERNAME")?;
            let client_public = parameters.required("SRP_A")?;
            Ok(pool
                .begin_srp(client, username, client_public)
                .await?
                .into())
        }
        "USER_PASSWORD_AUTH" => {
            let username = parameters.required("USERNAME")?;
            let password = parameters.required("PASSWORD")?;
            let progress = pool.sign_in_with_password(client, username, password);
            progress.await?.try_into()
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
            let token = parameters.required("REFRESH_TOKEN")?;
            Ok(pool.refresh(client, token).await?.into())
        }
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            Err(invalid_parameter("Initiate Auth method not supported"))
        }
        flow => Err(invalid_parameter(format!(
            "{flow} flow not enabled for this client"
        ))),
    }
}
