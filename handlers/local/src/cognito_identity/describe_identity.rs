//! `DescribeIdentity`: when an identity was made, and by which providers it signs in.

use notewarden_domain::IdentityId;
use notewarden_userpool::{Identity, identity_pool::IdentityPool};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::json_protocol::{Exception, epoch_seconds};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeIdentityInput {
    identity_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdentityDescription {
    identity_id: IdentityId,
    /// The providers' names.
    logins: Vec<String>,
    creation_date: f64,
    last_modified_date: f64,
}

impl From<Identity> for IdentityDescription {
    fn from(identity: Identity) -> Self {
        Self {
            identity_id: identity.id,
            logins: identity.logins.into_keys().collect(),
            creation_date: epoch_seconds(identity.created_at),
            last_modified_date: epoch_seconds(identity.modified_at),
        }
    }
}

pub(super) fn handle(
    pool: &IdentityPool,
    input: DescribeIdentityInput,
) -> Result<IdentityDescription, Exception> {
    let mut constraints = Constraints::default();
    constraints.id("identityId", input.identity_id.as_deref());
    constraints.check()?;
    let identity = pool
        .describe(&input.identity_id.unwrap_or_default())
        .map_err(exception::of_pool)?;
    Ok(identity.into())
}
