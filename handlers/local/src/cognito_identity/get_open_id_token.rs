//! `GetOpenIdToken`: a token with which an identity assumes a role by itself, if the pool gives any.

use notewarden_domain::IdentityId;
use notewarden_userpool::identity_pool::{IdentityPool, Logins};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetOpenIdTokenInput {
    identity_id: Option<String>,
    #[serde(default)]
    logins: Option<Logins>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetOpenIdTokenResponse {
    identity_id: IdentityId,
    token: String,
}

pub(super) async fn handle(
    pool: &IdentityPool,
    input: GetOpenIdTokenInput,
) -> Result<GetOpenIdTokenResponse, Exception> {
    let logins = input.logins.unwrap_or_default();
    let mut constraints = Constraints::default();
    constraints.id("identityId", input.identity_id.as_deref());
    constraints.logins(&logins);
    constraints.check()?;
    let asked = input.identity_id.unwrap_or_default();
    let given = pool.get_open_id_token(&asked, &logins).await;
    let (identity_id, token) = given.map_err(exception::of_pool)?;
    Ok(GetOpenIdTokenResponse { identity_id, token })
}
