//! `GetUserAttributeVerificationCode`: another code, to the address that is to be verified.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    constraints::{ATTRIBUTE_NAME, Constraints, TOKEN},
    delivery::CodeDeliveryDetails,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserAttributeVerificationCodeRequest {
    access_token: Option<String>,
    attribute_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetUserAttributeVerificationCodeResponse {
    code_delivery_details: CodeDeliveryDetails,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: GetUserAttributeVerificationCodeRequest,
) -> Result<GetUserAttributeVerificationCodeResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    let name = input.attribute_name.as_deref();
    let name = constraints.required("attributeName", name, ATTRIBUTE_NAME);
    constraints.check()?;
    let delivery = pool.send_verification_code(token, name).await?;
    Ok(GetUserAttributeVerificationCodeResponse {
        code_delivery_details: delivery.into(),
    })
}
