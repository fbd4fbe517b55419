//! `InitiateAuth`: signing in, by a flow that the client allows.

use notewarden_userpool::UserPool;
use serde::Deserialize;

use super::{
    auth_result::AuthAnswer,
    constraints::{CLIENT_ID, Constraints},
    flow::{self, Beginner, FLOWS},
    parameters::Parameters,
};
use crate::json_protocol::Exception;

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
    let flow = input.auth_flow.as_deref().unwrap_or_default();
    flow::begin(pool, Beginner::User, client_id, flow, &parameters).await
}
