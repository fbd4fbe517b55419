//! `CreateGroup`: a group without members.

use notewarden_userpool::UserPool;

use super::group::{DescribedGroup, GroupAnswer};
use crate::json_protocol::Exception;

pub(super) async fn handle(
    pool: &UserPool,
    input: DescribedGroup,
) -> Result<GroupAnswer, Exception> {
    let (pool_id, name, settings) = input.read()?;
    pool.check_id(&pool_id)?;
    let group = pool.create_group(name, settings).await?;
    Ok(GroupAnswer::new(pool_id, group))
}
