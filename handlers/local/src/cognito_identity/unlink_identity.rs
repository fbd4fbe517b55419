//! `UnlinkIdentity`: takes logins from an identity, whose credentials end with it.

use notewarden_userpool::identity_pool::{IdentityPool, Logins};
use serde::Deserialize;

use super::{constraints::Constraints, exception};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UnlinkIdentityInput {
    identity_id: Option<String>,
    logins: Option<Logins>,
    logins_to_remove: Option<Vec<String>>,
}

pub(super) async fn handle(
    pool: &IdentityPool,
    input: UnlinkIdentityInput,
) -> Result<(), Exception> {
    let mut constraints = Constraints::default();
    constraints.id("identityId", input.identity_id.as_deref());
    match &input.logins {
        Some(logins) => constraints.logins(logins),
        None => constraints.missing("logins"),
    }
    if input.logins_to_remove.is_none() {
        constraints.missing("loginsToRemove");
    }
    constraints.check()?;
    pool.unlink(
        &input.identity_id.unwrap_or_default(),
        &input.logins.unwrap_or_default(),
        input.logins_to_remove.unwrap_or_default(),
    )
    .await
    .map_err(exception::of_pool)
}
