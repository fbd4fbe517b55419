//! `DeleteIdentities`: forgets identities and ends their credentials at once.

use notewarden_domain::IdentityId;
use notewarden_userpool::identity_pool::{IdentityPool, IdentityPoolError};
use serde::{Deserialize, Serialize};

use super::{constraints::Constraints, exception};
use crate::json_protocol::Exception;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteIdentitiesInput {
    identity_ids_to_delete: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteIdentitiesResponse {
    unprocessed_identity_ids: Vec<UnprocessedIdentityId>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnprocessedIdentityId {
    identity_id: IdentityId,
    error_code: &'static str,
}

pub(super) async fn handle(
    pool: &IdentityPool,
    input: DeleteIdentitiesInput,
) -> Result<DeleteIdentitiesResponse, Exception> {
    let mut constraints = Constraints::default();
    constraints.count(
        "identityIdsToDelete",
        input.identity_ids_to_delete.as_deref(),
        60,
    );
    let asked = input.identity_ids_to_delete.unwrap_or_default();
    for id in &asked {
        constraints.id("identityIdsToDelete", Some(id));
    }
    constraints.check()?;
    let mut unprocessed = Vec::new();
    // An id that has the form of one but cannot be an identity's is of none that there is.
    for identity_id in asked.iter().filter_map(|id| id.parse::<IdentityId>().ok()) {
        match pool.delete(&identity_id).await {
            Ok(()) | Err(IdentityPoolError::IdentityNotFound(_)) => {}
            Err(error) => {
                // The exception is only for the log that making it writes: AWS names the id, not the cause.
                drop(exception::of_pool(error));
                unprocessed.push(UnprocessedIdentityId {
                    identity_id,
                    error_code: "InternalServerError",
                });
            }
        }
    }
    Ok(DeleteIdentitiesResponse {
        unprocessed_identity_ids: unprocessed,
    })
}
