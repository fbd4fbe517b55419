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
        AppClient, AuthFlow, ClientSettings, PasswordProof, Progress, SrpChallenge, Tokens,
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
}

impl Pool {
    pub fn new() -> Self {
        let data = DataDirectory::new();
        let heard = Arc::default();
        Self {
            pool: open(&data, &heard),
            data,
            heard,
        }
    }

    /// A pool with Alice, who has confirmed her address.
    pub async fn with_alice() -> Self {
        let pool = Self::new();
        pool.sign_up(ALICE).await;
        let code = pool.last_code();
        pool.pool.confirm_sign_up(WEB, ALICE, &code).await.unwrap();
        pool
    }

    /// Opens it again, as another process would.
    pub fn restart(self) -> Self {
        let Self {
            mut data,
            pool,
            heard,
        } = self;
        drop(pool);
        data.restart();
        Self {
            pool: open(&data, &heard),
            data,
            heard,
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

fn open(data: &DataDirectory, heard: &Arc<Mutex<Vec<Message>>>) -> UserPool {
    let heard = Arc::clone(heard);
    UserPool::open(
        settings(),
        data.database(),
        &data.path().join("user-pool.key"),
        data.clock(),
        data.ids(),
        Arc::new(move |message| heard.lock().unwrap().push(message.clone())),
    )
    .unwrap()
}
