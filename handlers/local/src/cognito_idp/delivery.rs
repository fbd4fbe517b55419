//! `CodeDeliveryDetailsType`: where a code went.

use notewarden_userpool::user_pool::Delivery;
use serde::Serialize;

/// Where a code went.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CodeDeliveryDetails {
    destination: String,
    delivery_medium: &'static str,
    attribute_name: &'static str,
}

impl From<Delivery> for CodeDeliveryDetails {
    fn from(delivery: Delivery) -> Self {
        Self {
            destination: delivery.destination,
            delivery_medium: "EMAIL",
            attribute_name: "email",
        }
    }
}
