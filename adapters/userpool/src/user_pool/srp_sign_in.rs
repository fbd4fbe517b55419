//! Signing in by SRP: the password is proved and never sent.

use base64::{Engine, prelude::BASE64_STANDARD};
use uuid::Uuid;

use super::{
    AppClient, AuthFlow, ClientSettings, Progress, UserPool, UserPoolError,
    sign_in::{Passed, compute},
};
use crate::{
    attempts::Tried,
    challenges::{Challenge, Step},
    passwords::KeptPassword,
    srp::{ClientPublic, Scrambler, ServerSecret},
    vault::SealError,
};

/// `PASSWORD_VERIFIER`, in Cognito's terms.
#[derive(Clone, Debug)]
pub struct SrpChallenge {
    /// `USERNAME` and `USER_ID_FOR_SRP`.
    pub user_id: Uuid,
    /// `SALT`, in hexadecimal.
    pub salt: String,
    /// `SRP_B`, in hexadecimal.
    pub server_public: String,
    /// `SECRET_BLOCK`, in base64.
    pub secret_block: String,
}

/// The answer to [`SrpChallenge`].
#[derive(Clone, Copy)]
pub struct PasswordProof<'a> {
    /// `PASSWORD_CLAIM_SECRET_BLOCK`, in base64.
    pub secret_block: &'a str,
    /// `TIMESTAMP`, which the signature covers.
    pub timestamp: &'a str,
    /// `PASSWORD_CLAIM_SIGNATURE`, in base64.
    pub signature: &'a str,
}

impl UserPool {
    /// Asks whoever is or seems to be `username` to prove the password.
    ///
    /// # Errors
    /// `SRP_A` is no public number, or the client does not allow it. An unknown user is asked like any other,
    /// unless the client may know.
    pub async fn begin_srp(
        &self,
        client: AppClient<'_>,
        username: &str,
        client_public: &str,
    ) -> Result<SrpChallenge, UserPoolError> {
        let flow = AuthFlow::UserSrp;
        let settings = self.client(client.id)?.allowing(flow)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        self.ask_for_proof(settings, flow, username, client_public)
            .await
    }

    /// Asks for the proof in a sign-in by `flow`, which the client allows.
    pub(super) async fn ask_for_proof(
        &self,
        settings: &ClientSettings,
        flow: AuthFlow,
        username: &str,
        client_public: &str,
    ) -> Result<SrpChallenge, UserPoolError> {
        let client_public =
            ClientPublic::from_hex(client_public).map_err(|_| UserPoolError::InvalidSrpNumber)?;
        let subject = self.subject(username)?;
        if subject.user.is_none() && !settings.prevents_user_existence_errors {
            return Err(UserPoolError::UserNotFound);
        }
        let (salt, password) = (subject.password.salt(), subject.password);
        let (pool, secret) = (self.clone(), ServerSecret::generate(self.ids()));
        let server_public = compute(move || {
            let verifier = password.verifier(&pool.shared.vault)?;
            Ok::<_, SealError>(secret.public(&verifier))
        });
        let server_public = server_public.await??;
        let step = Step::PasswordVerifier {
            client_public: client_public.to_bytes(),
            server_secret: *secret.as_bytes(),
            scrambler: *server_public.scrambler(&client_public).as_bytes(),
        };
        let challenge = self.session(settings, subject.id, flow, step)?;
        Ok(SrpChallenge {
            user_id: subject.id,
            salt: salt.to_hex(),
            server_public: server_public.to_hex(),
            secret_block: challenge.expose().to_owned(),
        })
    }

    /// Checks the proof of a password. A challenge is answered once, rightly or wrongly.
    ///
    /// # Errors
    /// Wrong credentials, too many of them, or a user who may not sign in.
    pub async fn answer_srp(
        &self,
        client: AppClient<'_>,
        username: &str,
        proof: PasswordProof<'_>,
    ) -> Result<Progress, UserPoolError> {
        let settings = self.client(client.id)?;
        settings.check_secret_hash(username, client.secret_hash)?;
        let challenge = self
            .challenge(settings, proof.secret_block)
            .map_err(|_| UserPoolError::WrongCredentials)?;
        settings.allowing(challenge.flow)?;
        if self.subject(username)?.id != challenge.user {
            return Err(UserPoolError::WrongCredentials);
        }
        self.check_attempts(Tried::Password, challenge.user)?;
        let subject = self.subject_with_id(challenge.user)?;
        let is_proved = self.is_proved(&challenge, subject.password, proof).await?;
        let is_right = is_proved && subject.user.is_some();
        let concluded = self.conclude_attempt(Tried::Password, challenge.user, is_right);
        let concluded = concluded.await;
        match subject.user {
            Some(user) if is_right && concluded.is_ok() => {
                let passed = Passed {
                    answered: Some(&challenge),
                    ..Passed::first_factor(challenge.flow)
                };
                self.proceed(settings, user, passed).await
            }
            _ => {
                self.spend(&challenge).await?;
                Err(concluded.err().unwrap_or(UserPoolError::WrongCredentials))
            }
        }
    }

    async fn is_proved(
        &self,
        challenge: &Challenge,
        password: KeptPassword,
        proof: PasswordProof<'_>,
    ) -> Result<bool, UserPoolError> {
        let Step::PasswordVerifier {
            client_public,
            server_secret,
            scrambler,
        } = challenge.step
        else {
            return Ok(false);
        };
        let decode = |text: &str| BASE64_STANDARD.decode(text);
        let (Ok(block), Ok(signature)) = (decode(proof.secret_block), decode(proof.signature))
        else {
            return Ok(false);
        };
        let (pool, user, timestamp) = (self.clone(), challenge.user, proof.timestamp.to_owned());
        let is_proved = compute(move || {
            let verifier = password.verifier(&pool.shared.vault)?;
            let client = ClientPublic::from_kept(&client_public).ok_or(SealError)?;
            let secret = ServerSecret::from_kept(server_secret);
            let key = secret.session_key(&verifier, &client, &Scrambler::from_kept(scrambler));
            Ok::<_, SealError>(pool.with_claimant(user, |claimant| {
                key.proves(claimant, &block, &timestamp, &signature)
            }))
        });
        Ok(is_proved.await??)
    }
}
