//! `VerifyUserAttribute`: verifies an address with the code that was sent to it.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{ATTRIBUTE_NAME, CODE, Constraints, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyUserAttributeRequest {
    access_token: Option<String>,
    attribute_name: Option<String>,
    code: Option<String>,
}

#[derive(Serialize)]
pub(super) struct VerifyUserAttributeResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: VerifyUserAttributeRequest,
) -> Result<VerifyUserAttributeResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    let name = input.attribute_name.as_deref();
    let name = constraints.required("attributeName", name, ATTRIBUTE_NAME);
    let code = constraints.required("code", input.code.as_deref(), CODE);
    constraints.check()?;
    pool.verify_user_attribute(token, name, code).await?;
    Ok(VerifyUserAttributeResponse {})
}
