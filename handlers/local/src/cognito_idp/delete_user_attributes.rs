//! `DeleteUserAttributes`: removes attributes.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::constraints::{Constraints, TOKEN};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteUserAttributesRequest {
    access_token: Option<String>,
    user_attribute_names: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct DeleteUserAttributesResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: DeleteUserAttributesRequest,
) -> Result<DeleteUserAttributesResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    let names = constraints.names("userAttributeNames", input.user_attribute_names);
    constraints.check()?;
    pool.delete_user_attributes(token, &names).await?;
    Ok(DeleteUserAttributesResponse {})
}
