//! A pool over a data directory, with the template's settings, and a user who has signed up.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use notewarden_userpool::{
    Secret, UserPool, UserPoolError, UserPoolSettings,
    inbox::Message,
    passwords::PasswordPolicy,
    user_pool::{
        AppClient, AuthFlow, ClientSettings, MfaRequirement, MfaSettings, PasswordProof, Progress,
        SrpChallenge, Tokens,
    },
};

pub use super::srp_client::POOL;
use super::srp_client::SrpClient;
use crate::data_directory::DataDirectory;

pub const PASSWORD: &str = "Passw0rd!";
pub const ALICE: &str = "alice@example.com";
/// The template's client.
pub const WEB: AppClient<'_> = client("web");
/// A client whose users sign in with passwords only, and which may learn who is a user.
pub const LEGACY: AppClient<'_> = client("legacy");
/// A client with a secret.
pub const CONFIDENTIAL: &str = "confidential";
pub const CLIENT_SECRET: &str = "the-secret-of-the-confidential-client";

const HOUR: Duration = Duration::from_secs(3_600);

pub const fn client(id: &str) -> AppClient<'_> {
    AppClient {
        id,
        secret_hash: None,
    }
}

fn settings() -> UserPoolSettings {
    let client = |id: &str| ClientSettings {
        id: id.to_owned(),
        secret: None,
        flows: BTreeSet::from([
            AuthFlow::UserSrp,
            AuthFlow::UserPassword,
            AuthFlow::AdminUserPassword,
            AuthFlow::UserChoice,
            AuthFlow::RefreshToken,
        ]),
        prevents_user_existence_errors: true,
        revokes_tokens: true,
        id_token_lifetime: HOUR,
        access_token_lifetime: HOUR,
        refresh_token_lifetime: 30 * 24 * HOUR,
    };
    UserPoolSettings {
        id: POOL.to_owned(),
        password_policy: PasswordPolicy {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
        },
        temporary_password_lifetime: 7 * 24 * HOUR,
        custom_attributes: Vec::new(),
        keeps_email_until_verified: false,
        mfa: MfaSettings::default(),
        allows_email_sign_in: false,
        clients: vec![
            client(WEB.id),
            ClientSettings {
                flows: BTreeSet::from([AuthFlow::UserPassword]),
                prevents_user_existence_errors: false,
                ..client(LEGACY.id)
            },
            ClientSettings {
                secret: Some(Secret::new(CLIENT_SECRET)),
                ..client(CONFIDENTIAL)
            },
        ],
    }
}

/// A pool, and the messages that its listener heard of.
pub struct Pool {
    pub data: DataDirectory,
    pub pool: UserPool,
    pub heard: Arc<Mutex<Vec<Message>>>,
    settings: UserPoolSettings,
}

impl Pool {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// A pool with other settings than the template's.
    pub fn with(change: impl FnOnce(&mut UserPoolSettings)) -> Self {
        let data = DataDirectory::new();
        let heard = Arc::default();
        let mut settings = settings();
        change(&mut settings);
        Self {
            pool: open(&settings, &data, &heard),
            data,
            heard,
            settings,
        }
    }

    /// A pool with second factors of both kinds.
    pub fn with_factors(requirement: MfaRequirement) -> Self {
        Self::with(|settings| {
            settings.mfa = MfaSettings {
                requirement,
                software_token: true,
                email: true,
            };
        })
    }

    /// A pool with Alice, who has confirmed her address.
    pub async fn with_alice() -> Self {
        Self::new().and_alice().await
    }

    /// Alice signs up and confirms her address.
    pub async fn and_alice(self) -> Self {
        self.and_user(ALICE).await;
        self
    }

    /// Somebody signs up and confirms the address.
    pub async fn and_user(&self, email: &str) {
        self.sign_up(email).await;
        let code = self.last_code();
        self.pool.confirm_sign_up(WEB, email, &code).await.unwrap();
    }

    /// Opens it again, as another process would.
    pub fn restart(self) -> Self {
        let Self {
            mut data,
            pool,
            heard,
            settings,
        } = self;
        drop(pool);
        data.restart();
        Self {
            pool: open(&settings, &data, &heard),
            data,
            heard,
            settings,
        }
    }

    pub async fn sign_up(&self, email: &str) {
        self.pool.sign_up(WEB, email, PASSWORD, &[]).await.unwrap();
    }

    pub fn last_code(&self) -> String {
        self.pool
            .inbox()
            .unwrap()
            .first()
            .unwrap()
            .code
            .expose()
            .to_owned()
    }

    pub async fn sign_in(&self) -> Tokens {
        let progress = self.pool.sign_in_with_password(WEB, ALICE, PASSWORD).await;
        signed_in(progress.unwrap())
    }

    pub async fn sign_in_with(&self, password: &str) -> Result<Progress, UserPoolError> {
        self.pool.sign_in_with_password(WEB, ALICE, password).await
    }

    /// A whole sign-in by SRP.
    pub async fn sign_in_by_srp(
        &self,
        username: &str,
        password: &str,
    ) -> Result<Progress, UserPoolError> {
        let client = SrpClient::new(b"a secret of the client");
        let challenge = self.pool.begin_srp(WEB, username, &client.public()).await?;
        let signature = client.prove(&challenge, password);
        self.answer(username, &challenge, &signature).await
    }

    pub async fn answer(
        &self,
        username: &str,
        challenge: &SrpChallenge,
        signature: &str,
    ) -> Result<Progress, UserPoolError> {
        let proof = PasswordProof {
            secret_block: &challenge.secret_block,
            timestamp: super::srp_client::TIMESTAMP,
            signature,
        };
        self.pool.answer_srp(WEB, username, proof).await
    }
}

pub fn signed_in(progress: Progress) -> Tokens {
    match progress {
        Progress::SignedIn(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn open(
    settings: &UserPoolSettings,
    data: &DataDirectory,
    heard: &Arc<Mutex<Vec<Message>>>,
) -> UserPool {
    let heard = Arc::clone(heard);
    UserPool::open(
        settings.clone(),
        data.database(),
        &data.path().join("user-pool.key"),
        data.clock(),
        data.ids(),
        Arc::new(move |message| heard.lock().unwrap().push(message.clone())),
    )
    .unwrap()
}
