//! `GetId`: the identity id of the person who shows these logins.

use notewarden_domain::IdentityId;
use notewarden_userpool::identity_pool::{IdentityPool, Logins};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::json_protocol::Exception;

/// `AccountId` is not needed to find a pool, and AWS ignores it too.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetIdInput {
    identity_pool_id: Option<String>,
    #[serde(default)]
    logins: Option<Logins>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetIdResponse {
    identity_id: IdentityId,
}

pub(super) async fn handle(
    pool: &IdentityPool,
    input: GetIdInput,
) -> Result<GetIdResponse, Exception> {
    let logins = input.logins.unwrap_or_default();
    let mut constraints = Constraints::default();
    constraints.id("identityPoolId", input.identity_pool_id.as_deref());
    constraints.logins(&logins);
    constraints.check()?;
    let pool_id = input.identity_pool_id.unwrap_or_default();
    let resolved = pool.get_id(&pool_id, &logins).await;
    let identity_id = resolved.map_err(exception::of_pool)?;
    Ok(GetIdResponse { identity_id })
}
