//! `AdminInitiateAuth`: signing in, by a server for its user.

use notewarden_userpool::UserPool;
use serde::Deserialize;

use super::{
    auth_result::AuthAnswer,
    constraints::{CLIENT_ID, Constraints, USER_POOL_ID},
    flow::{self, Beginner, FLOWS},
    parameters::Parameters,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminInitiateAuthRequest {
    user_pool_id: Option<String>,
    auth_flow: Option<String>,
    client_id: Option<String>,
    auth_parameters: Option<Parameters>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: AdminInitiateAuthRequest,
) -> Result<AuthAnswer, Exception> {
    let mut constraints = Constraints::default();
    let pool_id = constraints.required("userPoolId", input.user_pool_id.as_deref(), USER_POOL_ID);
    constraints.one_of("authFlow", input.auth_flow.as_deref(), &FLOWS);
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    constraints.check()?;
    pool.check_id(pool_id)?;
    let parameters = input.auth_parameters.unwrap_or_default();
    let flow = input.auth_flow.as_deref().unwrap_or_default();
    flow::begin(pool, Beginner::Server, client_id, flow, &parameters).await
}
