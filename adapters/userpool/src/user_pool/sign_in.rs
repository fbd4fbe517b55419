//! Signing in: the password, what is asked for after it, and the tokens that come of it.

use std::time::Duration;

use notewarden_domain::{StoreError, Timestamp};
use tokio::task;
use uuid::Uuid;

use super::{
    AuthFlow, ClientSettings, Delivery, FirstFactor, SrpChallenge, UserPool, UserPoolError,
    attributes::{Changes, Writer},
};
use crate::{
    attempts::Tried,
    challenges::{Challenge, Proved, Step},
    factors::{Demand, Factor},
    secret::Secret,
    sessions::{self, RefreshToken, Session, SessionId},
    tokens::Issue,
    triggers::Source,
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
    /// The user must choose the first factor: `SELECT_CHALLENGE`.
    ChoiceRequired {
        /// What the client answers with.
        session: Secret,
        /// What there is to choose from.
        available: Vec<FirstFactor>,
    },
    /// The user must prove the password: `PASSWORD_VERIFIER`.
    ProofRequired(SrpChallenge),
    /// The user must choose a password first: `NEW_PASSWORD_REQUIRED`.
    NewPasswordRequired {
        /// What the client answers with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// The user's attributes.
        attributes: Vec<(String, String)>,
    },
    /// The user must show a code of the authenticator: `SOFTWARE_TOKEN_MFA`.
    SoftwareTokenRequired {
        /// What the client answers with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// What the user calls the authenticator.
        device: Option<String>,
    },
    /// The user must show the code that was sent: `EMAIL_OTP`.
    EmailCodeRequired {
        /// What the client answers with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// Where the code went.
        delivery: Delivery,
    },
    /// The user must choose the second factor: `SELECT_MFA_TYPE`.
    FactorChoiceRequired {
        /// What the client answers with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// What there is to choose from.
        factors: Vec<Factor>,
    },
    /// The user must set a second factor up: `MFA_SETUP`.
    SetUpRequired {
        /// What an authenticator is set up with.
        session: Secret,
        /// The user.
        user_id: Uuid,
        /// What can be set up.
        factors: Vec<Factor>,
    },
}

/// What somebody has come with, who goes on with a sign-in.
#[derive(Clone, Copy)]
pub(super) struct Passed<'a> {
    /// How the sign-in began.
    pub(super) flow: AuthFlow,
    /// Whether a second factor was shown.
    pub(super) has_second_factor: bool,
    /// The challenge that was answered, if it is still to be spent.
    pub(super) answered: Option<&'a Challenge>,
}

impl Passed<'_> {
    /// The first factor of a sign-in by `flow`, without a challenge to spend.
    pub(super) const fn first_factor(flow: AuthFlow) -> Self {
        Self {
            flow,
            has_second_factor: false,
            answered: None,
        }
    }
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
        let flow = AuthFlow::UserPassword;
        self.check_password(settings, flow, username, password)
            .await
    }

    /// As [`sign_in_with_password`](Self::sign_in_with_password), for a server that is permitted to sign users
    /// in.
    ///
    /// # Errors
    /// Wrong credentials, too many of them, or a user who may not sign in.
    pub async fn admin_sign_in_with_password(
        &self,
        client: AppClient<'_>,
        username: &str,
        password: &str,
    ) -> Result<Progress, UserPoolError> {
        let flow = AuthFlow::AdminUserPassword;
        let settings = self.client(client.id)?.allowing(flow)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        self.check_password(settings, flow, username, password)
            .await
    }

    /// Signs in by `flow`, which the client allows, with the password of `username`.
    pub(super) async fn check_password(
        &self,
        client: &ClientSettings,
        flow: AuthFlow,
        username: &str,
        password: &str,
    ) -> Result<Progress, UserPoolError> {
        let subject = self.subject(username)?;
        self.check_attempts(Tried::Password, subject.id)?;

        let (pool, password) = (self.clone(), Secret::new(password));
        let (id, kept) = (subject.id, subject.password);
        let matches = compute(move || {
            pool.with_claimant(id, |claimant| {
                kept.matches(claimant, password.expose(), &pool.shared.vault)
            })
        });
        let matches = matches.await??;
        // The password of somebody who does not exist is right for nobody.
        let is_right = matches && subject.user.is_some();
        self.conclude_attempt(Tried::Password, id, is_right).await?;
        match subject.user {
            Some(user) if matches => self.proceed(client, user, Passed::first_factor(flow)).await,
            None if !client.prevents_user_existence_errors => Err(UserPoolError::UserNotFound),
            _ => Err(UserPoolError::WrongCredentials),
        }
    }

    /// Answers `NEW_PASSWORD_REQUIRED`: the user chooses a password, and goes on.
    ///
    /// # Errors
    /// The challenge is not under way, the password too weak, or an attribute not the client's to write.
    pub async fn choose_password(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        password: &str,
        attributes: &[(String, String)],
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let Step::NewPassword(proved) = &challenge.step else {
            return Err(UserPoolError::InvalidChallenge);
        };
        let user = self.challenged_user(&challenge, proved)?;
        self.shared.settings.password_policy.check(password)?;
        let schema = &self.shared.settings.custom_attributes;
        let changes = Changes::of_new_user(schema, attributes, &user.email, Writer::Client)?;
        changes.check(schema, &user)?;
        let kept = self.keep_password(user.id, password).await?;
        let (before, now) = (user.password.clone(), self.now());
        let choose = move |user: &mut User| {
            let must_change = matches!(user.state, UserState::MustChangePassword { .. });
            if !must_change || user.password != before {
                return Err(UserPoolError::InvalidChallenge);
            }
            user.set_password(kept, None, now);
            changes.apply_others(user);
            Ok(user.clone())
        };
        let user = self.answer(&challenge, choose).await?;
        let flow = challenge.flow;
        self.proceed(settings, user, Passed::first_factor(flow))
            .await
    }

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

    /// Lets `user` go on, who has `passed` at least the first factor: to the next thing that is asked for, or in.
    pub(super) async fn proceed(
        &self,
        client: &ClientSettings,
        user: User,
        passed: Passed<'_>,
    ) -> Result<Progress, UserPoolError> {
        if !user.is_enabled {
            return Err(UserPoolError::Disabled);
        }
        match user.state {
            UserState::Confirmed => {}
            UserState::Unconfirmed { .. } => return Err(UserPoolError::NotConfirmed),
            UserState::MustResetPassword => return Err(UserPoolError::PasswordResetRequired),
            UserState::MustChangePassword { until } if self.now() >= until => {
                return Err(UserPoolError::TemporaryPasswordExpired);
            }
            UserState::MustChangePassword { .. } => {
                let session = self.ask(client, &user, passed, Step::NewPassword).await?;
                return Ok(Progress::NewPasswordRequired {
                    session,
                    user_id: user.id,
                    attributes: user.attributes_with_email(),
                });
            }
        }
        if passed.has_second_factor {
            return self.open_session(client, user, passed.answered).await;
        }
        let settings = &self.shared.settings.mfa;
        match user.factors.demand(settings, user.is_email_verified) {
            Demand::Nothing => self.open_session(client, user, passed.answered).await,
            Demand::Code(factor) => self.ask_for_code(client, user, passed, factor).await,
            Demand::Choice(factors) => Ok(Progress::FactorChoiceRequired {
                session: self.ask(client, &user, passed, Step::SecondFactor).await?,
                user_id: user.id,
                factors,
            }),
            Demand::SetUp(factors) => Ok(Progress::SetUpRequired {
                session: self.ask(client, &user, passed, Step::SetUp).await?,
                user_id: user.id,
                factors,
            }),
        }
    }

    /// The challenge to take a further `step`, for `user`, who has `passed` the first factor.
    pub(super) async fn ask(
        &self,
        client: &ClientSettings,
        user: &User,
        passed: Passed<'_>,
        step: impl FnOnce(Proved) -> Step,
    ) -> Result<Secret, UserPoolError> {
        if let Some(challenge) = passed.answered {
            self.spend(challenge).await?;
        }
        let proved = Proved::now(&self.shared.vault, &user.password);
        self.session(client, user.id, passed.flow, step(proved))
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
        let sign = self.sign_tokens(client, user, id, now, Source::Authentication);
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
        source: Source,
    ) -> Result<Tokens, UserPoolError> {
        let keys = self.keys().await?;
        let groups = self.group_claims(user.id)?;
        let changes = self.before_tokens(source, &client.id, &user, &groups);
        let changes = changes.await?;
        let (pool, client) = (self.clone(), client.clone());
        let lifetime = client.access_token_lifetime;
        let pair = compute(move || {
            let issue = Issue {
                issuer: pool.issuer(),
                client_id: &client.id,
                user: &user,
                groups: changes.groups().unwrap_or(&groups),
                changes: &changes,
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
