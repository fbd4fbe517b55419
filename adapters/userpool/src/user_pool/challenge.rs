//! Challenges under way: made, shown again by their clients, and answered once.

use uuid::Uuid;

use super::{AppClient, AuthFlow, ClientSettings, UserPool, UserPoolError};
use crate::{
    challenges::{Challenge, Proved, Step},
    secret::Secret,
    sessions,
    users::{self, User},
};

impl UserPool {
    /// The challenge that `client` answers for `username`, if it can still be answered.
    pub(super) fn answered(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
    ) -> Result<(&ClientSettings, Challenge), UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let challenge = self.challenge(settings, session)?;
        settings.allowing(challenge.flow)?;
        if self.subject(username)?.id == challenge.user {
            Ok((settings, challenge))
        } else {
            Err(UserPoolError::InvalidChallenge)
        }
    }

    /// The user who has `proved` the first factor of `challenge`, if that still counts.
    pub(super) fn challenged_user(
        &self,
        challenge: &Challenge,
        proved: &Proved,
    ) -> Result<User, UserPoolError> {
        let user = self.shared.users.find(challenge.user)?;
        user.filter(|user| {
            user.is_enabled && proved.still_holds(&self.shared.vault, &user.password)
        })
        .ok_or(UserPoolError::InvalidChallenge)
    }

    /// Changes the user of `challenge`, who has answered it: if `change` takes the answer, no other is taken.
    pub(super) async fn answer<T: Send + 'static>(
        &self,
        challenge: &Challenge,
        change: impl FnOnce(&mut User) -> Result<T, UserPoolError> + Send + 'static,
    ) -> Result<T, UserPoolError> {
        let (user, id, expires_at) = (challenge.user, challenge.id, challenge.expires_at);
        let now = self.now();
        let changed = self.commit(move |transaction| {
            if !sessions::check_unspent(transaction, id, expires_at)? {
                return Ok(Err(UserPoolError::InvalidChallenge));
            }
            let changed = users::update(transaction, user, change)?;
            if changed.is_ok() {
                sessions::spend(transaction, id, expires_at, now)?;
            }
            Ok(changed)
        });
        changed.await?
    }

    /// The challenge of this client that a client shows, if it can still be answered.
    pub(super) fn challenge(
        &self,
        client: &ClientSettings,
        shown: &str,
    ) -> Result<Challenge, UserPoolError> {
        let challenge = Challenge::unseal(&self.shared.vault, shown)
            .map_err(|_| UserPoolError::InvalidChallenge)?;
        let is_under_way = challenge.client_id == client.id && self.now() < challenge.expires_at;
        if is_under_way {
            Ok(challenge)
        } else {
            Err(UserPoolError::InvalidChallenge)
        }
    }

    /// Makes sure that `challenge` is answered once.
    pub(super) async fn spend(&self, challenge: &Challenge) -> Result<(), UserPoolError> {
        let (id, expires_at, now) = (challenge.id, challenge.expires_at, self.now());
        let is_first = self.commit(move |transaction| {
            let is_first = sessions::check_unspent(transaction, id, expires_at)?;
            if is_first {
                sessions::spend(transaction, id, expires_at, now)?;
            }
            Ok(is_first)
        });
        if is_first.await? {
            Ok(())
        } else {
            Err(UserPoolError::WrongCredentials)
        }
    }

    /// The challenge to take `step`, as its client keeps it.
    pub(super) fn session(
        &self,
        client: &ClientSettings,
        user: Uuid,
        flow: AuthFlow,
        step: Step,
    ) -> Result<Secret, UserPoolError> {
        let challenge = Challenge::new(&client.id, user, flow, step, self.now(), self.ids());
        Ok(Secret::new(challenge.seal(&self.shared.vault, self.ids())?))
    }
}
