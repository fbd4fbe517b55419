//! `UpdateUserAttributes`: changes attributes, and sends a code to a changed address.

use notewarden_userpool::UserPool;
use serde::{Deserialize, Serialize};

use super::{
    attributes::{self, Attribute},
    constraints::{Constraints, TOKEN},
    delivery::CodeDeliveryDetails,
};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateUserAttributesRequest {
    access_token: Option<String>,
    user_attributes: Option<Vec<Attribute>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateUserAttributesResponse {
    code_delivery_details_list: Vec<CodeDeliveryDetails>,
}

pub(super) async fn handle(
    pool: &UserPool,
    input: UpdateUserAttributesRequest,
) -> Result<UpdateUserAttributesResponse, Exception> {
    let mut constraints = Constraints::default();
    let token = constraints.required("accessToken", input.access_token.as_deref(), TOKEN);
    constraints.present("userAttributes", input.user_attributes.is_some());
    constraints.check()?;
    let attributes = attributes::read("userAttributes", input.user_attributes)?;
    let delivery = pool.update_user_attributes(token, &attributes).await?;
    Ok(UpdateUserAttributesResponse {
        code_delivery_details_list: delivery.into_iter().map(Into::into).collect(),
    })
}
