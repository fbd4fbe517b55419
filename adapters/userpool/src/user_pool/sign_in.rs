//! Signing in: the password, and what is asked for after it.

use std::time::Duration;

use notewarden_domain::StoreError;
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
    users::{User, UserState},
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
