//! Signing in with a password, and the tokens that come of it.

use std::time::Duration;

use notewarden_domain::{StoreError, Timestamp};
use tokio::task;
use uuid::Uuid;

use super::{AuthFlow, ClientSettings, Shared, UserPool, UserPoolError};
use crate::{
    challenges::{Challenge, Step},
    secret::Secret,
    sessions::{self, RefreshToken, Session, SessionId},
    tokens::Issue,
    users::{self, User, UserState},
};

/// The client that asks, and its proof if it has a secret.
#[derive(Clone, Copy, Debug)]
pub struct AppClient<'a> {
    /// `ClientId`.
    pub id: &'a str,
    /// `SECRET_HASH`.
    pub secret_hash: Option<&'a str>,
}

/// What a sign-in has come to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// It is done.
    SignedIn(Tokens),
    /// The user must choose a password first: `NEW_PASSWORD_REQUIRED`.
    NewPasswordRequired {
        /// What the client answers with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// The user's attributes.
        attributes: Vec<(String, String)>,
    },
}

/// The tokens of a session.
#[derive(Debug)]
pub struct Tokens {
    /// Says who the user is.
    pub id: Secret,
    /// Lets the user see and change themself.
    pub access: Secret,
    /// Gets new ones of the other two; none when it was a refresh token that got these.
    pub refresh: Option<Secret>,
    /// How long the access token lives.
    pub lifetime: Duration,
}

impl UserPool {
    /// Signs in with the password itself.
    ///
    /// # Errors
    /// Wrong credentials, too many of them, or a user who may not sign in.
    pub async fn sign_in_with_password(
        &self,
        client: AppClient<'_>,
        username: &str,
        password: &str,
    ) -> Result<Progress, UserPoolError> {
        let settings = self.client(client.id)?.allowing(AuthFlow::UserPassword)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let subject = self.subject(username)?;
        self.check_attempts(subject.id)?;

        let (pool, password) = (self.clone(), Secret::new(password));
        let (id, kept) = (subject.id, subject.password);
        let matches = compute(move || {
            pool.with_claimant(id, |claimant| {
                kept.matches(claimant, password.expose(), &pool.shared.vault)
            })
        });
        let matches = matches.await??;
        // The password of somebody who does not exist is right for nobody.
        self.conclude_attempt(id, matches && subject.user.is_some())?;
        match subject.user {
            Some(user) if matches => self.admit(settings, user, None).await,
            None if !settings.prevents_user_existence_errors => Err(UserPoolError::UserNotFound),
            _ => Err(UserPoolError::WrongCredentials),
        }
    }

    /// Answers `NEW_PASSWORD_REQUIRED`: the user chooses a password, and is signed in.
    ///
    /// # Errors
    /// The challenge is not under way, or the password too weak.
    pub async fn choose_password(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        password: &str,
    ) -> Result<Progress, UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let challenge = self.challenge(settings, session)?;
        let subject = self.subject(username)?;
        let user = match (&challenge.step, subject.user) {
            (Step::NewPassword, Some(user)) if user.id == challenge.user => user,
            _ => return Err(UserPoolError::InvalidChallenge),
        };
        self.shared.settings.password_policy.check(password)?;
        let kept = self.keep_password(user.id, password).await?;
        let now = self.now();
        let (before, id, expires_at) = (user.password, challenge.id, challenge.expires_at);
        let user = self
            .commit(move |transaction| {
                if !sessions::check_unspent(transaction, id, expires_at)? {
                    return Ok(Err(UserPoolError::InvalidChallenge));
                }
                let changed = users::update(transaction, user.id, |user| {
                    let must_change = matches!(user.state, UserState::MustChangePassword { .. });
                    if !must_change || user.password != before {
                        return Err(UserPoolError::InvalidChallenge);
                    }
                    user.set_password(kept, None, now);
                    Ok(user.clone())
                })?;
                if changed.is_ok() {
                    sessions::spend(transaction, id, expires_at, now)?;
                }
                Ok(changed)
            })
            .await??;
        self.admit(settings, user, None).await
    }

    /// Makes sure that a password of `user` may be tried.
    pub(super) fn check_attempts(&self, user: Uuid) -> Result<(), UserPoolError> {
        let Shared {
            attempts, vault, ..
        } = &*self.shared;
        let checked = attempts.check(vault, user, self.now());
        checked.map_err(|_| UserPoolError::LockedOut)
    }

    /// Counts a password of `user` that was found right or wrong.
    pub(super) fn conclude_attempt(&self, user: Uuid, is_right: bool) -> Result<(), UserPoolError> {
        let Shared {
            attempts, vault, ..
        } = &*self.shared;
        let concluded = attempts.conclude(vault, user, is_right, self.now());
        concluded.map_err(|_| UserPoolError::LockedOut)
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

    /// Lets `user`, who has proved the password, go on: by answering the challenge `answered`, if there was
    /// one.
    pub(super) async fn admit(
        &self,
        client: &ClientSettings,
        user: User,
        answered: Option<&Challenge>,
    ) -> Result<Progress, UserPoolError> {
        if !user.is_enabled {
            return Err(UserPoolError::Disabled);
        }
        match user.state {
            UserState::Confirmed => self.open_session(client, user, answered).await,
            UserState::Unconfirmed { .. } => Err(UserPoolError::NotConfirmed),
            UserState::MustChangePassword { until } if self.now() >= until => {
                Err(UserPoolError::TemporaryPasswordExpired)
            }
            UserState::MustChangePassword { .. } => {
                if let Some(challenge) = answered {
                    self.spend(challenge).await?;
                }
                let step = Step::NewPassword;
                let next = Challenge::new(&client.id, user.id, step, self.now(), self.ids());
                Ok(Progress::NewPasswordRequired {
                    session: Secret::new(next.seal(&self.shared.vault, self.ids())?),
                    user_id: user.id,
                    attributes: user.attributes_with_email(),
                })
            }
        }
    }

    /// Opens a session and signs its tokens, at once.
    async fn open_session(
        &self,
        client: &ClientSettings,
        user: User,
        answered: Option<&Challenge>,
    ) -> Result<Progress, UserPoolError> {
        let now = self.now();
        let refresh = RefreshToken::generate(user.id, self.ids());
        let expires_at = now.plus(client.refresh_token_lifetime);
        let session = Session::new(&client.id, &refresh, now, expires_at);
        let id = refresh.session;
        let answered = answered.map(|challenge| (challenge.id, challenge.expires_at));
        let proved = user.password.clone();
        let keep = async {
            let kept = self.commit(move |transaction| {
                // Since the proof, the user may have been changed, and the challenge answered.
                let is_same = users::get(transaction, id.user)?
                    .is_some_and(|user| user.is_enabled && user.password == proved);
                let is_first = match answered {
                    Some((id, end)) => sessions::check_unspent(transaction, id, end)?,
                    None => true,
                };
                if !is_same || !is_first {
                    return Ok(Err(UserPoolError::WrongCredentials));
                }
                if let Some((id, end)) = answered {
                    sessions::spend(transaction, id, end, now)?;
                }
                sessions::insert(transaction, id, &session, now)?;
                Ok(Ok(()))
            });
            kept.await?
        };
        let sign = self.sign_tokens(client, user, id, now);
        let (tokens, ()) = tokio::try_join!(sign, keep)?;
        Ok(Progress::SignedIn(Tokens {
            refresh: Some(refresh.to_text()),
            ..tokens
        }))
    }

    /// Signs an ID and an access token of `session`.
    pub(super) async fn sign_tokens(
        &self,
        client: &ClientSettings,
        user: User,
        session: SessionId,
        signed_in_at: Timestamp,
    ) -> Result<Tokens, UserPoolError> {
        let keys = self.keys().await?;
        let groups = self.group_claims(user.id)?;
        let (pool, client) = (self.clone(), client.clone());
        let lifetime = client.access_token_lifetime;
        let pair = compute(move || {
            let issue = Issue {
                issuer: pool.issuer(),
                client_id: &client.id,
                user: &user,
                groups: &groups,
                session,
                signed_in_at,
                now: pool.now(),
                id_lifetime: client.id_token_lifetime,
                access_lifetime: client.access_token_lifetime,
            };
            issue.sign(&keys, pool.ids())
        });
        let pair = pair.await?.map_err(StoreError::unavailable)?;
        Ok(Tokens {
            id: Secret::new(pair.id),
            access: Secret::new(pair.access),
            refresh: None,
            lifetime,
        })
    }
}

impl ClientSettings {
    /// The client, if its users may sign in by `flow`.
    pub(super) fn allowing(&self, flow: AuthFlow) -> Result<&Self, UserPoolError> {
        if self.flows.contains(&flow) {
            Ok(self)
        } else {
            Err(UserPoolError::FlowNotAllowed(flow))
        }
    }
}

/// Runs what takes a processor a millisecond or more beside the runtime's threads, so that short requests
/// need not wait for it.
pub(super) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    task::spawn_blocking(work)
        .await
        .map_err(StoreError::unavailable)
}
