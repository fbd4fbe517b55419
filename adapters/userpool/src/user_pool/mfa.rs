//! Setting second factors up, and choosing among them.

use super::{Profile, UserPool, UserPoolError, choice::FirstFactor, second_factor::WrongToken};
use crate::{
    challenges::{Challenge, Proved, Step},
    factors::{Authenticator, Demand, Factor, Pending},
    secret::Secret,
    totp::SharedSecret,
    user_pool::MfaRequirement,
    users::{self, User},
    vault::Purpose,
};

/// The longest name of an authenticator, in characters.
const MAX_NAME: usize = 256;

/// Whether a second factor is to be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// At all.
    pub is_enabled: bool,
    /// Before others.
    pub is_preferred: bool,
}

/// Which second factors are to be asked for: those that are not named stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MfaPreferences {
    /// The authenticator.
    pub software_token: Option<Preference>,
    /// Codes sent to the address.
    pub email: Option<Preference>,
}

/// A secret to set an authenticator up with.
#[derive(Debug)]
pub struct Association {
    /// In base32, as authenticators take it.
    pub secret_code: Secret,
    /// What the next answer comes with, if there is a sign-in under way.
    pub session: Option<Secret>,
}

/// What a user can sign in with.
#[derive(Clone, Debug)]
pub struct AuthFactors {
    /// The user.
    pub profile: Profile,
    /// The first factors.
    pub first: Vec<FirstFactor>,
}

impl UserPool {
    /// Gives the user who has the access token a secret for another authenticator. The one before stays until
    /// the new one has shown a code.
    ///
    /// # Errors
    /// The access token is refused, or the pool has no authenticators.
    pub async fn associate_software_token(
        &self,
        access_token: &str,
    ) -> Result<Association, UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        self.check_in_pool(Factor::SoftwareToken)?;
        let (secret_code, sealed) = self.new_secret()?;
        let keep = move |user: &mut User| user.factors.pending = Some(Pending(sealed));
        self.commit(move |transaction| users::update(transaction, user.id, keep))
            .await?;
        Ok(Association {
            secret_code,
            session: None,
        })
    }

    /// Gives whoever must set an authenticator up to sign in a secret for it.
    ///
    /// # Errors
    /// The challenge is not under way, or the pool has no authenticators.
    pub fn associate_software_token_at_sign_in(
        &self,
        session: &str,
    ) -> Result<Association, UserPoolError> {
        let (challenge, proved) = self.setting_up(session)?;
        self.check_in_pool(Factor::SoftwareToken)?;
        let (secret_code, secret) = self.new_secret()?;
        let step = Step::SetUpWith { proved, secret };
        Ok(Association {
            secret_code,
            session: Some(self.next(&challenge, step)?),
        })
    }

    /// Takes the authenticator of the user who has the access token, if it shows the right code.
    ///
    /// # Errors
    /// The access token is refused, there is no secret, or the code is wrong.
    pub async fn verify_software_token(
        &self,
        access_token: &str,
        code: &str,
        name: Option<&str>,
    ) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        self.check_in_pool(Factor::SoftwareToken)?;
        let missing = UserPoolError::FactorNotSetUp(Factor::SoftwareToken);
        let pending = user.factors.pending.ok_or(missing)?;
        let step = self.first_step(user.id, &pending.0, code).await?;
        let authenticator = Authenticator::new(pending.0.clone(), step, named(name)?);
        let keep = move |user: &mut User| {
            if user.factors.pending.as_ref() != Some(&pending) {
                return Err(UserPoolError::AuthenticatorNotProved);
            }
            user.factors.pending = None;
            user.factors.authenticator = Some(authenticator);
            Ok(())
        };
        let id = user.id;
        self.commit(move |transaction| users::update(transaction, id, keep))
            .await?
    }

    /// Takes the authenticator of whoever must set one up to sign in, if it shows the right code: what the
    /// challenge is answered with.
    ///
    /// # Errors
    /// The challenge is not under way, there is no secret, or the code is wrong.
    pub async fn verify_software_token_at_sign_in(
        &self,
        session: &str,
        code: &str,
        name: Option<&str>,
    ) -> Result<Secret, UserPoolError> {
        let (challenge, proved) = self.setting_up(session)?;
        let Step::SetUpWith { secret, .. } = &challenge.step else {
            return Err(UserPoolError::FactorNotSetUp(Factor::SoftwareToken));
        };
        let step = self.first_step(challenge.user, secret, code).await?;
        let authenticator = Authenticator::new(secret.clone(), step, named(name)?);
        let keep = move |user: &mut User| {
            // Of two who set one up at once, the first has.
            if user.factors.authenticator.is_some() {
                return Err(UserPoolError::InvalidChallenge);
            }
            user.factors.authenticator = Some(authenticator);
            user.factors.choose(Factor::SoftwareToken, true, true);
            Ok(())
        };
        self.answer(&challenge, keep).await?;
        self.next(&challenge, Step::SetUpDone(proved))
    }

    /// Chooses the second factors of the user who has the access token.
    ///
    /// # Errors
    /// The access token is refused, or a factor is not in the pool or not set up.
    pub async fn set_mfa_preference(
        &self,
        access_token: &str,
        preferences: MfaPreferences,
    ) -> Result<(), UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        self.choose_factors(user, preferences).await
    }

    /// Chooses the second factors of a user.
    ///
    /// # Errors
    /// There is no such user, or a factor is not in the pool or not set up.
    pub async fn admin_set_mfa_preference(
        &self,
        username: &str,
        preferences: MfaPreferences,
    ) -> Result<(), UserPoolError> {
        let user = self.existing_user(username)?;
        self.choose_factors(user, preferences).await
    }

    /// What the user who has the access token can sign in with.
    ///
    /// # Errors
    /// The access token is refused.
    pub async fn auth_factors(&self, access_token: &str) -> Result<AuthFactors, UserPoolError> {
        let user = self.authenticate(access_token).await?.user;
        let gets_codes = self.shared.settings.allows_email_sign_in && user.is_email_verified;
        let code = gets_codes.then_some(FirstFactor::EmailCode);
        Ok(AuthFactors {
            first: [FirstFactor::Password].into_iter().chain(code).collect(),
            profile: user.into(),
        })
    }

    async fn choose_factors(
        &self,
        user: User,
        preferences: MfaPreferences,
    ) -> Result<(), UserPoolError> {
        let asked = [
            (Factor::SoftwareToken, preferences.software_token),
            (Factor::Email, preferences.email),
        ];
        let asked = asked.map(|(factor, asked)| asked.map(|asked| (factor, asked)));
        let asked: Vec<(Factor, Preference)> = asked.into_iter().flatten().collect();
        let is_first = |(_, asked): &&(Factor, Preference)| asked.is_enabled && asked.is_preferred;
        if asked.iter().filter(is_first).count() > 1 {
            return Err(UserPoolError::SeveralPreferred);
        }
        for (factor, _) in asked.iter().filter(|(_, asked)| asked.is_enabled) {
            self.check_in_pool(*factor)?;
        }
        let choose = move |user: &mut User| {
            for (factor, asked) in &asked {
                let has_factor = match factor {
                    Factor::SoftwareToken => user.factors.authenticator.is_some(),
                    Factor::Email => user.is_email_verified,
                };
                if asked.is_enabled && !has_factor {
                    return Err(UserPoolError::FactorNotSetUp(*factor));
                }
            }
            for (factor, asked) in asked {
                user.factors
                    .choose(factor, asked.is_enabled, asked.is_preferred);
            }
            Ok(())
        };
        self.commit(move |transaction| users::update(transaction, user.id, choose))
            .await?
    }

    /// The challenge to set an authenticator up, if it is still to be done.
    fn setting_up(&self, session: &str) -> Result<(Challenge, Proved), UserPoolError> {
        let challenge = Challenge::unseal(&self.shared.vault, session)
            .map_err(|_| UserPoolError::InvalidChallenge)?;
        let client = self.client(&challenge.client_id);
        let client = client.map_err(|_| UserPoolError::InvalidChallenge)?;
        let challenge = self.challenge(client, session)?;
        let proved = match &challenge.step {
            Step::SetUp(proved) | Step::SetUpWith { proved, .. } => *proved,
            _ => return Err(UserPoolError::InvalidChallenge),
        };
        let user = self.challenged_user(&challenge, &proved)?;
        let mfa = &self.shared.settings.mfa;
        match user.factors.demand(mfa, user.is_email_verified) {
            Demand::SetUp(_) => Ok((challenge, proved)),
            _ => Err(UserPoolError::InvalidChallenge),
        }
    }

    /// What `challenge` leads to.
    fn next(&self, challenge: &Challenge, step: Step) -> Result<Secret, UserPoolError> {
        let client = self.client(&challenge.client_id)?;
        self.session(client, challenge.user, challenge.flow, step)
    }

    /// The step that the first code of an authenticator is of.
    async fn first_step(
        &self,
        user: uuid::Uuid,
        secret: &[u8],
        code: &str,
    ) -> Result<u64, UserPoolError> {
        let checked = self.check_software_token(user, secret, 0, code).await?;
        checked.map_err(|wrong| match wrong {
            WrongToken::Other | WrongToken::Used => UserPoolError::AuthenticatorNotProved,
        })
    }

    /// A secret, as its user gets it and as it is kept.
    fn new_secret(&self) -> Result<(Secret, Vec<u8>), UserPoolError> {
        let secret = SharedSecret::generate(self.ids());
        let sealed =
            self.shared
                .vault
                .seal(Purpose::SoftwareToken, secret.as_bytes(), self.ids())?;
        Ok((secret.to_base32(), sealed))
    }

    fn check_in_pool(&self, factor: Factor) -> Result<(), UserPoolError> {
        let mfa = &self.shared.settings.mfa;
        let is_in_pool = match factor {
            Factor::SoftwareToken => mfa.software_token,
            Factor::Email => mfa.email,
        };
        if is_in_pool && mfa.requirement != MfaRequirement::Off {
            Ok(())
        } else {
            Err(UserPoolError::FactorNotInPool(factor))
        }
    }
}

/// An authenticator's name, if it has one of bearable length.
fn named(name: Option<&str>) -> Result<Option<String>, UserPoolError> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) if name.chars().count() > MAX_NAME => Err(UserPoolError::NameTooLong),
        name => Ok(name.map(str::to_owned)),
    }
}
