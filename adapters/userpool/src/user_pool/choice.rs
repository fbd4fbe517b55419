//! `USER_AUTH`: the user chooses the first factor, and it need not be a password.

use super::{
    AppClient, AuthFlow, ClientSettings, Progress, UserPool, UserPoolError, lookup::Subject,
    messages::NewCode, sign_in::Passed,
};
use crate::{
    challenges::{Challenge, Step},
    codes::{self, CodeError, SIGN_IN_CODE_LIFETIME, SentCodes},
    factors::Demand,
    inbox::MessagePurpose,
    users::User,
};

const SIGN_IN: MessagePurpose = MessagePurpose::SignIn;

/// A first factor that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstFactor {
    /// The password is proved and never sent.
    Proof,
    /// The password is sent.
    Password,
    /// A code sent to the verified address.
    EmailCode,
}

impl FirstFactor {
    /// Cognito's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proof => "PASSWORD_SRP",
            Self::Password => "PASSWORD",
            Self::EmailCode => "EMAIL_OTP",
        }
    }
}

/// A first factor, and what it begins with.
#[derive(Clone, Copy)]
pub enum Choice<'a> {
    /// By SRP, with `SRP_A`.
    Proof(&'a str),
    /// With the password.
    Password(&'a str),
    /// With a code that is to be sent.
    EmailCode,
}

impl UserPool {
    /// Begins a sign-in whose first factor the user chooses: by `choice`, if that can be, and by asking
    /// otherwise.
    ///
    /// # Errors
    /// The client does not allow it, or the choice leads to an error at once.
    pub async fn begin_choice(
        &self,
        client: AppClient<'_>,
        username: &str,
        choice: Option<Choice<'_>>,
    ) -> Result<Progress, UserPoolError> {
        let settings = self.client(client.id)?.allowing(AuthFlow::UserChoice)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        match choice {
            Some(Choice::EmailCode) if !self.shared.settings.allows_email_sign_in => {}
            Some(choice) => return self.take_choice(settings, username, choice).await,
            None => {}
        }
        let subject = self.subject(username)?;
        if subject.user.is_none() && !settings.prevents_user_existence_errors {
            return Err(UserPoolError::UserNotFound);
        }
        let flow = AuthFlow::UserChoice;
        Ok(Progress::ChoiceRequired {
            session: self.session(settings, subject.id, flow, Step::FirstFactor)?,
            available: self.first_factors(),
        })
    }

    /// Answers `SELECT_CHALLENGE`.
    ///
    /// # Errors
    /// The challenge is not under way, the choice is not to be had, or it leads to an error at once.
    pub async fn choose_first_factor(
        &self,
        client: AppClient<'_>,
        username: &str,
        session: &str,
        choice: Choice<'_>,
    ) -> Result<Progress, UserPoolError> {
        let (settings, challenge) = self.answered(client, username, session)?;
        let Step::FirstFactor = challenge.step else {
            return Err(UserPoolError::InvalidChallenge);
        };
        self.take_choice(settings, username, choice).await
    }

    /// What there is to choose from: for everybody the same, or it would tell who is a user.
    fn first_factors(&self) -> Vec<FirstFactor> {
        let code = self.shared.settings.allows_email_sign_in;
        [FirstFactor::Proof, FirstFactor::Password]
            .into_iter()
            .chain(code.then_some(FirstFactor::EmailCode))
            .collect()
    }

    async fn take_choice(
        &self,
        client: &ClientSettings,
        username: &str,
        choice: Choice<'_>,
    ) -> Result<Progress, UserPoolError> {
        let flow = AuthFlow::UserChoice;
        match choice {
            Choice::Proof(client_public) => {
                let asked = self.ask_for_proof(client, flow, username, client_public);
                Ok(Progress::ProofRequired(asked.await?))
            }
            Choice::Password(password) => {
                self.check_password(client, flow, username, password).await
            }
            Choice::EmailCode if self.shared.settings.allows_email_sign_in => {
                self.send_first_code(client, username).await
            }
            Choice::EmailCode => Err(UserPoolError::InvalidChoice),
        }
    }

    async fn send_first_code(
        &self,
        client: &ClientSettings,
        username: &str,
    ) -> Result<Progress, UserPoolError> {
        let subject = self.subject(username)?;
        let id = subject.id;
        let sent = match self.with_code(subject) {
            Some(user) => {
                self.send_code(user.id, user.email, SIGN_IN, keep_sign_in_code)
                    .await
            }
            None if client.prevents_user_existence_errors => {
                let lifetime = SIGN_IN_CODE_LIFETIME;
                self.pretend_to_send_code(id, username, SIGN_IN, lifetime)
                    .await
            }
            None => Err(UserPoolError::UserNotFound),
        };
        let (flow, step) = (AuthFlow::UserChoice, Step::EmailInPlaceOfPassword);
        Ok(Progress::EmailCodeRequired {
            delivery: sent.map_err(while_signing_in)?,
            session: self.session(client, id, flow, step)?,
            user_id: id,
        })
    }

    /// The user whom a code signs in, in place of the password: one who needs no second factor, as the code
    /// would have to be the first and might have to be the second.
    fn with_code(&self, subject: Subject) -> Option<User> {
        let settings = &self.shared.settings;
        subject.user.filter(|user| {
            let demand = user.factors.demand(&settings.mfa, user.is_email_verified);
            settings.allows_email_sign_in && user.can_use_address() && demand == Demand::Nothing
        })
    }

    /// Answers `EMAIL_OTP` where it is the first factor.
    pub(super) async fn answer_first_code(
        &self,
        client: &ClientSettings,
        challenge: &Challenge,
        code: &str,
    ) -> Result<Progress, UserPoolError> {
        let subject = self.subject_with_id(challenge.user)?;
        let is_sent = |user: &User| user.sign_in_codes.is_some();
        let Some(user) = self.with_code(subject).filter(is_sent) else {
            let wrong = self.check_shadow_code(challenge.user, SIGN_IN).await?;
            return Err(while_signing_in(wrong.into()));
        };
        let digest = codes::digest(&self.shared.vault, user.id, code);
        let user = self.take_sign_in_code(challenge, digest).await?;
        self.proceed(client, user, Passed::first_factor(challenge.flow))
            .await
    }

    /// Takes the code that was sent for `challenge`, once; counts it if it is wrong.
    pub(super) async fn take_sign_in_code(
        &self,
        challenge: &Challenge,
        digest: [u8; 32],
    ) -> Result<User, UserPoolError> {
        let now = self.now();
        let take = move |user: &mut User| {
            SentCodes::take(&mut user.sign_in_codes, &digest, now)?;
            Ok(user.clone())
        };
        self.answer(challenge, take).await.map_err(while_signing_in)
    }
}

/// Keeps a code that signs in.
pub(super) fn keep_sign_in_code(user: &mut User, code: NewCode) -> Result<(), UserPoolError> {
    let NewCode { digest, now } = code;
    Ok(SentCodes::send(
        &mut user.sign_in_codes,
        digest,
        now,
        SIGN_IN_CODE_LIFETIME,
    )?)
}

/// A refusal of a code as sign-ins tell it.
pub(super) fn while_signing_in(error: UserPoolError) -> UserPoolError {
    match error {
        UserPoolError::Code(CodeError::LimitExceeded) => UserPoolError::TooManyCodes,
        UserPoolError::Code(CodeError::Mismatch) => UserPoolError::WrongCode,
        other => other,
    }
}
