//! Attempts to guess, counted.

use uuid::Uuid;

use super::{UserPool, UserPoolError};
use crate::attempts::Tried;

impl UserPool {
    /// Makes sure that what is `tried` of `user` may be tried.
    pub(super) fn check_attempts(&self, tried: Tried, user: Uuid) -> Result<(), UserPoolError> {
        let (attempts, vault) = (&self.shared.attempts, &self.shared.vault);
        let checked = attempts.check(vault, tried, user, self.now());
        checked.map_err(|_| UserPoolError::LockedOut)
    }

    /// Counts what was `tried` of `user` and found right or wrong.
    pub(super) async fn conclude_attempt(
        &self,
        tried: Tried,
        user: Uuid,
        is_right: bool,
    ) -> Result<(), UserPoolError> {
        let (attempts, vault) = (&self.shared.attempts, &self.shared.vault);
        let concluded = attempts.conclude(vault, tried, user, is_right, self.now());
        concluded.await?.map_err(|_| UserPoolError::LockedOut)
    }

    /// Forgets what was `tried` of `user`, who has shown otherwise who they are.
    pub(super) async fn forgive_attempts(
        &self,
        tried: Tried,
        user: Uuid,
    ) -> Result<(), UserPoolError> {
        let (attempts, vault) = (&self.shared.attempts, &self.shared.vault);
        Ok(attempts.forgive(vault, tried, user).await?)
    }
}
