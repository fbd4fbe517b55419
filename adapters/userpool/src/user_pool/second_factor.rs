//! The second factor of a sign-in: a code of the authenticator, or one that was sent.

use super::{
    AppClient, ClientSettings, Progress, UserPool, UserPoolError,
    choice::{keep_sign_in_code, while_signing_in},
    sign_in::Passed,
};
use crate::{
    attempts::Tried,
    challenges::{Challenge, Step},
    codes,
    factors::{Authenticator, Demand, Factor},
    inbox::MessagePurpose,
    totp::SharedSecret,
    users::User,
    vault::Purpose,
};

impl UserPool {
    /// Asks `user`, who has `passed` the first factor, for a code of `factor`.
    pub(super) async fn ask_for_code(
        &self,
        client: &ClientSettings,
        user: User,
        passed: Passed<'_>,
        factor: Factor,
    ) -> Result<Progress, UserPoolError> {
        let user_id = user.id;
        match factor {
            Factor::SoftwareToken => Ok(Progress::SoftwareTokenRequired {
                session: self.ask(client, &user, passed, Step::SoftwareToken).await?,
                user_id,
                device: user.factors.authenticator.and_then(|found| found.name),
            }),
            Factor::Email => {
                let session = self.ask(client, &user, passed, Step::Email).await?;
                let purpose = MessagePurpose::SignIn;
                let sent = self.send_code(user_id, user.email, purpose, keep_sign_in_code);
                Ok(Progress::EmailCodeRequired {
                    session,
                    user_id,
                    delivery: sent.await.map_err(while_signing_in)?,
                })
            }
        }
    }

    /// Answers `SELECT_MFA_TYPE`.
    ///
    /// # Errors
    /// The challenge is not under way, or the factor is not one that it gave.
    pub async fn choose_second_factor(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        factor: Factor,
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let Step::SecondFactor(proved) = &challenge.step else {
            return Err(UserPoolError::InvalidChallenge);
        };
        let user = self.challenged_user(&challenge, proved)?;
        let mfa = &self.shared.settings.mfa;
        let is_given = match user.factors.demand(mfa, user.is_email_verified) {
            Demand::Choice(factors) => factors.contains(&factor),
            Demand::Code(only) => only == factor,
            Demand::Nothing | Demand::SetUp(_) => false,
        };
        if !is_given {
            return Err(UserPoolError::InvalidChoice);
        }
        let passed = Passed::first_factor(challenge.flow);
        self.ask_for_code(settings, user, passed, factor).await
    }

    /// Answers `SOFTWARE_TOKEN_MFA`. A wrong code can be followed by a right one, and a right one by none.
    ///
    /// # Errors
    /// The challenge is not under way, or the code is wrong, used, or one of too many.
    pub async fn answer_software_token(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        code: &str,
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let Step::SoftwareToken(proved) = &challenge.step else {
            return Err(UserPoolError::InvalidChallenge);
        };
        let user = self.challenged_user(&challenge, proved)?;
        let missing = UserPoolError::FactorNotSetUp(Factor::SoftwareToken);
        let authenticator = user.factors.authenticator.ok_or(missing)?;
        let step = self
            .check_software_token(
                user.id,
                &authenticator.secret,
                authenticator.last_step,
                code,
            )
            .await?
            .map_err(|wrong| match wrong {
                WrongToken::Other => UserPoolError::WrongCode,
                WrongToken::Used => UserPoolError::CodeUsed,
            })?;
        let take = move |user: &mut User| match &mut user.factors.authenticator {
            Some(found) if found.secret != authenticator.secret => {
                Err(UserPoolError::InvalidChallenge)
            }
            // Another sign-in may have been first.
            Some(found) if found.last_step >= step => Err(UserPoolError::CodeUsed),
            Some(found) => {
                found.last_step = step;
                Ok(user.clone())
            }
            None => Err(UserPoolError::InvalidChallenge),
        };
        let user = self.answer(&challenge, take).await?;
        self.proceed(settings, user, both(&challenge)).await
    }

    /// Answers `EMAIL_OTP`, as the first factor or as the second.
    ///
    /// # Errors
    /// The challenge is not under way, or the code is wrong, too old, or one of too many.
    pub async fn answer_email_code(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        code: &str,
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let proved = match &challenge.step {
            Step::EmailInPlaceOfPassword => {
                return self.answer_first_code(settings, &challenge, code).await;
            }
            Step::Email(proved) => proved,
            _ => return Err(UserPoolError::InvalidChallenge),
        };
        let user = self.challenged_user(&challenge, proved)?;
        let digest = codes::digest(&self.shared.vault, user.id, code);
        let user = self.take_sign_in_code(&challenge, digest).await?;
        self.proceed(settings, user, both(&challenge)).await
    }

    /// Answers `MFA_SETUP` with the session that the set-up gave.
    ///
    /// # Errors
    /// The challenge is not under way, or nothing was set up.
    pub async fn answer_set_up(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let Step::SetUpDone(proved) = &challenge.step else {
            return Err(UserPoolError::InvalidChallenge);
        };
        let user = self.challenged_user(&challenge, proved)?;
        if user.factors.authenticator.is_none() {
            return Err(UserPoolError::InvalidChallenge);
        }
        let passed = Passed {
            answered: Some(&challenge),
            ..both(&challenge)
        };
        self.proceed(settings, user, passed).await
    }

    /// Checks `code` against the sealed `secret`, and counts it: the step that it is of, which must come after
    /// `last_step`.
    pub(super) async fn check_software_token(
        &self,
        user: uuid::Uuid,
        secret: &[u8],
        last_step: u64,
        code: &str,
    ) -> Result<Result<u64, WrongToken>, UserPoolError> {
        let tried = Tried::SoftwareToken;
        let too_many = |error| match error {
            UserPoolError::LockedOut => UserPoolError::TooManyCodes,
            other => other,
        };
        self.check_attempts(tried, user).map_err(too_many)?;
        let secret = self.shared.vault.unseal(Purpose::SoftwareToken, secret)?;
        let found = SharedSecret::from_kept(secret).step_of(code, self.now());
        let checked = match found {
            Some(step) if step > last_step => Ok(step),
            Some(_) => Err(WrongToken::Used),
            None => Err(WrongToken::Other),
        };
        let concluded = self.conclude_attempt(tried, user, checked.is_ok()).await;
        concluded.map_err(too_many)?;
        Ok(checked)
    }
}

/// What is wrong with a code of an authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrongToken {
    /// It is another.
    Other,
    /// It, or a later one, was taken before.
    Used,
}

/// Both factors, shown in `challenge` and before.
const fn both(challenge: &Challenge) -> Passed<'_> {
    Passed {
        flow: challenge.flow,
        has_second_factor: true,
        answered: None,
    }
}

impl Authenticator {
    /// One that has shown the code of `step`.
    pub(super) const fn new(secret: Vec<u8>, step: u64, name: Option<String>) -> Self {
        Self {
            secret,
            last_step: step,
            name,
        }
    }
}
