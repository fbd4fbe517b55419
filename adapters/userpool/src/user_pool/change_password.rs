//! Another password: chosen by its owner who knows the last one, or who reads the address.

use serde_json::Map;

use super::{AppClient, Delivery, UserPool, UserPoolError, messages::NewCode, sign_in::compute};
use crate::{
    attempts::Tried,
    codes::{self, CodeError, RESET_CODE_LIFETIME, SentCodes},
    inbox::MessagePurpose,
    secret::Secret,
    sessions,
    triggers::Source,
    users::{self, User, UserState},
};

const RESET: MessagePurpose = MessagePurpose::PasswordReset;

impl UserPool {
    /// Gives the user who has the access token another password. Every other session of theirs ends: whoever
    /// changes a password may do so because somebody else knows it.
    ///
    /// # Errors
    /// The access token is refused, the previous password wrong, or the new one too weak.
    pub async fn change_password(
        &self,
        access_token: &str,
        previous: &str,
        proposed: &str,
    ) -> Result<(), UserPoolError> {
        let bearer = self.authenticate(access_token).await?;
        self.shared.settings.password_policy.check(proposed)?;
        let (user, session) = (bearer.user, bearer.session);
        let too_many = |error| match error {
            UserPoolError::LockedOut => CodeError::LimitExceeded.into(),
            other => other,
        };
        self.check_attempts(Tried::Password, user.id)
            .map_err(too_many)?;
        let (pool, previous) = (self.clone(), Secret::new(previous));
        let (id, before) = (user.id, user.password.clone());
        let matches = compute(move || {
            pool.with_claimant(id, |claimant| {
                before.matches(claimant, previous.expose(), &pool.shared.vault)
            })
        });
        let matches = matches.await??;
        let concluded = self.conclude_attempt(Tried::Password, id, matches).await;
        concluded.map_err(too_many)?;
        if !matches {
            return Err(UserPoolError::WrongCredentials);
        }
        let kept = self.keep_password(id, proposed).await?;
        let now = self.now();
        let changed = self.commit(move |transaction| {
            let changed = users::update(transaction, id, |found| {
                // Another may have changed it meanwhile, who knew it as well.
                let is_same = found.password == user.password;
                if is_same {
                    found.set_password(kept, None, now);
                }
                is_same
            })?;
            if changed {
                sessions::end_others(transaction, session)?;
            }
            Ok(changed)
        });
        if changed.await? {
            Ok(())
        } else {
            Err(UserPoolError::WrongCredentials)
        }
    }

    /// Sends a code that resets the password. Somebody who cannot have one seems to get one too, unless the
    /// client may know.
    ///
    /// # Errors
    /// Too many codes were sent.
    pub async fn forgot_password(
        &self,
        client: AppClient<'_>,
        username: &str,
    ) -> Result<Delivery, UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let subject = self.subject(username)?;
        match subject.user.map(resettable) {
            Some(Ok(user)) => self.send_reset_code(user, keep_reset_code).await,
            _ if settings.prevents_user_existence_errors => {
                let lifetime = RESET_CODE_LIFETIME;
                self.pretend_to_send_code(subject.id, username, RESET, lifetime)
                    .await
            }
            Some(Err(refused)) => Err(refused),
            None => Err(UserPoolError::UserNotFound),
        }
    }

    /// Gives whoever shows the code another password, and ends every session that the old one opened.
    ///
    /// # Errors
    /// The password is too weak, or the code refused. Of somebody who was sent none, every code is wrong,
    /// unless the client may know.
    pub async fn confirm_forgot_password(
        &self,
        client: AppClient<'_>,
        username: &str,
        code: &str,
        password: &str,
    ) -> Result<(), UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        self.shared.settings.password_policy.check(password)?;
        let subject = self.subject(username)?;
        let id = subject.id;
        let digest = codes::digest(&self.shared.vault, id, code);
        let kept = self.keep_password(id, password).await?;
        let now = self.now();
        match subject.user.map(resettable) {
            // Who was not sent a code is told apart from who was by nothing: see below.
            Some(Ok(user))
                if user.reset_codes.is_some() || !settings.prevents_user_existence_errors =>
            {
                let reset = move |user: &mut User| {
                    if user.reset_codes.is_none() {
                        return Err(UserPoolError::Code(CodeError::Expired));
                    }
                    SentCodes::take(&mut user.reset_codes, &digest, now)?;
                    user.set_password(kept, None, now);
                    Ok(user.clone())
                };
                let (source, client) = (Source::ConfirmForgotPassword, Some(client.id));
                let reset = self.commit(move |transaction| {
                    let reset = users::update(transaction, id, reset)?;
                    if reset.is_ok() {
                        sessions::end_all(transaction, id)?;
                    }
                    Ok(reset)
                });
                let user = reset.await??;
                // Who reads the address need not wait for who guessed at the password.
                self.forgive_attempts(Tried::Password, id).await?;
                self.after_confirmation(source, client, &user, &Map::new())
                    .await
            }
            _ if settings.prevents_user_existence_errors => {
                Err(self.check_shadow_code(id, RESET).await?.into())
            }
            Some(Err(refused)) => Err(refused),
            _ => Err(UserPoolError::UserNotFound),
        }
    }

    /// Ends a user's password and sessions, and sends a code to choose another password with.
    ///
    /// # Errors
    /// There is no such user, or none that a code could be sent to.
    pub async fn admin_reset_user_password(&self, username: &str) -> Result<(), UserPoolError> {
        let user = resettable(self.existing_user(username)?)?;
        let id = user.id;
        // First, so that no session can outlive the password that opened it.
        self.commit(move |transaction| sessions::end_all(transaction, id))
            .await?;
        let end_password = |user: &mut User, code: NewCode| {
            keep_reset_code(user, code)?;
            user.state = UserState::MustResetPassword;
            user.modified_at = code.now;
            Ok(())
        };
        self.send_reset_code(user, end_password).await.map(drop)
    }

    async fn send_reset_code(
        &self,
        user: User,
        keep: impl FnOnce(&mut User, NewCode) -> Result<(), UserPoolError> + Send + 'static,
    ) -> Result<Delivery, UserPoolError> {
        self.send_code(user.id, user.email, RESET, keep).await
    }
}

fn keep_reset_code(user: &mut User, code: NewCode) -> Result<(), UserPoolError> {
    let NewCode { digest, now } = code;
    Ok(SentCodes::send(
        &mut user.reset_codes,
        digest,
        now,
        RESET_CODE_LIFETIME,
    )?)
}

/// `user`, if a code can be sent to them that resets the password.
fn resettable(user: User) -> Result<User, UserPoolError> {
    if user.can_use_address() {
        return Ok(user);
    }
    Err(match user.state {
        _ if !user.is_enabled => UserPoolError::Disabled,
        UserState::MustChangePassword { .. } => UserPoolError::CannotBeReset(user.status()),
        _ => UserPoolError::NoVerifiedEmail,
    })
}
