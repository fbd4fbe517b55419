//! `GetGroup`: what is said of a group.

use notewarden_userpool::UserPool;

use super::{
    constraints::Constraints,
    group::{GroupAnswer, NamedGroup},
};
use crate::json_protocol::Exception;

pub(super) async fn handle(pool: &UserPool, input: NamedGroup) -> Result<GroupAnswer, Exception> {
    let (pool_id, name) = input.read(Constraints::default())?;
    pool.check_id(&pool_id)?;
    let group = pool.group(name)?;
    Ok(GroupAnswer::new(pool_id, group))
}
