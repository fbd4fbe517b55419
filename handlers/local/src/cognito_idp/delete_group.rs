//! `DeleteGroup`: ends a group, and no user.

use notewarden_userpool::UserPool;
use serde::Serialize;

use super::{constraints::Constraints, group::NamedGroup};
use crate::json_protocol::Exception;

#[derive(Serialize)]
pub(super) struct DeleteGroupResponse {}

pub(super) async fn handle(
    pool: &UserPool,
    input: NamedGroup,
) -> Result<DeleteGroupResponse, Exception> {
    let (pool_id, name) = input.read(Constraints::default())?;
    pool.check_id(&pool_id)?;
    pool.delete_group(name).await?;
    Ok(DeleteGroupResponse {})
}
