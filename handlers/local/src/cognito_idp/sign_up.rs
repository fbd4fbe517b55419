//! `SignUp`: a new user, and a code for them.

use std::collections::BTreeMap;

use notewarden_userpool::{
    UserPool,
    user_pool::{AppClient, ClientData, SignedUp},
};
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{CLIENT_ID, Constraints, PASSWORD, SECRET_HASH, USERNAME},
    delivery::CodeDeliveryDetails,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignUpRequest {
    client_id: Option<String>,
    secret_hash: Option<String>,
    username: Option<String>,
    password: Option<String>,
    user_attributes: Option<Vec<Attribute>>,
    validation_data: Option<Vec<Attribute>>,
    client_metadata: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignUpResponse {
    user_confirmed: bool,
    user_sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDeliveryDetails>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: SignUpRequest,
) -> Result<SignUpResponse, Exception> {
    let mut constraints = Constraints::default();
    let client_id = constraints.required("clientId", input.client_id.as_deref(), CLIENT_ID);
    let hash = constraints.optional("secretHash", input.secret_hash.as_deref(), SECRET_HASH);
    let username = constraints.required("username", input.username.as_deref(), USERNAME);
    let password = constraints.required("password", input.password.as_deref(), PASSWORD);
    constraints.check()?;
    let client = AppClient {
        id: client_id,
        secret_hash: hash,
    };
    let attributes = attributes::read("userAttributes", input.user_attributes)?;
    let validation = attributes::read("validationData", input.validation_data)?;
    let metadata = input.client_metadata.unwrap_or_default();
    let said = |(name, value): (String, String)| (name, value.into());
    let data = ClientData {
        validation: validation.into_iter().map(said).collect(),
        metadata: metadata.into_iter().map(said).collect(),
    };
    let SignedUp {
        id,
        is_confirmed,
        delivery,
    } = pool
        .sign_up_with(client, username, password, &attributes, &data)
        .await?;
    Ok(SignUpResponse {
        user_confirmed: is_confirmed,
        user_sub: id.to_string(),
        code_delivery_details: delivery.map(CodeDeliveryDetails::from),
    })
}
