//! The User Pool: who people are. Its operations are in the modules below; each answers when what it has
//! done is durable.

mod account;
mod admin;
mod attempt;
mod attributes;
mod challenge;
mod change_attributes;
mod change_password;
mod choice;
mod decoy;
mod error;
mod groups;
mod listing;
mod lookup;
mod messages;
mod mfa;
mod open_session;
mod outbound;
mod refresh;
mod second_factor;
mod settings;
mod sign_in;
mod sign_ins;
mod sign_up;
mod srp_sign_in;

use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use notewarden_domain::{
    StoreError, Timestamp,
    ports::{Clock, IdSource},
};
use notewarden_embedded::{Database, database::Fault};
use redb::WriteTransaction;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

pub use self::{
    account::Profile,
    admin::NewUser,
    choice::{Choice, FirstFactor},
    error::{RefreshTokenFault, SecretHashFault, UserPoolError},
    groups::{GroupPage, MemberPage},
    listing::{InvalidPosition, ListPosition, UserPage},
    messages::Delivery,
    mfa::{Association, AuthFactors, MfaPreferences, Preference},
    outbound::ClientData,
    settings::{
        AttributeValues, AuthFlow, ClientSettings, CustomAttribute, MfaRequirement, MfaSettings,
        UserPoolSettings,
    },
    sign_in::{AppClient, Progress, Tokens},
    sign_up::SignedUp,
    srp_sign_in::{PasswordProof, SrpChallenge},
};
use self::{decoy::Decoy, outbound::Outbound};
use crate::{
    attempts::Attempts,
    credentials::Credentials,
    groups::Groups,
    inbox::{self, Message},
    sessions::Sessions,
    signing_keys::{self, KeySet, RotateKeysError, SigningKeys},
    tokens::{IdClaims, TokenError},
    users::Users,
    vault::{Vault, VaultError},
};

/// Hears of every message that the pool sends, once it is kept.
pub type MessageListener = Arc<dyn Fn(&Message) + Send + Sync>;

/// Why a pool cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenUserPoolError {
    /// The key that its secrets are sealed with cannot be had.
    #[error(transparent)]
    Key(#[from] VaultError),
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A User Pool. Clones share it.
#[derive(Clone)]
pub struct UserPool {
    shared: Arc<Shared>,
    outbound: Outbound,
}

struct Shared {
    settings: UserPoolSettings,
    issuer: String,
    database: Database,
    users: Users,
    groups: Groups,
    sessions: Sessions,
    vault: Arc<Vault>,
    keys: SigningKeys,
    attempts: Arc<Attempts>,
    decoy: Decoy,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    on_message: MessageListener,
    /// Those that end with an account.
    credentials: OnceLock<Credentials>,
}

impl UserPool {
    /// From now on the temporary credentials of a person end with their account. The pool and `credentials` are kept
    /// in one database, so that neither goes without the other.
    pub fn end_with_accounts(&self, credentials: &Credentials) {
        // Whoever was told first stays.
        _ = self.shared.credentials.set(credentials.clone());
    }

    /// Opens the pool in `database`, whose secrets are sealed with the key in the file `key_file`, made now
    /// if nothing is sealed yet.
    ///
    /// # Errors
    /// See [`OpenUserPoolError`].
    pub fn open(
        settings: UserPoolSettings,
        database: Database,
        key_file: &Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        on_message: MessageListener,
    ) -> Result<Self, OpenUserPoolError> {
        let users = Users::new(database.clone());
        let has_secrets = !users.is_empty()? || signing_keys::exist(&database)?;
        let vault = Arc::new(Vault::open(key_file, ids.as_ref(), has_secrets)?);
        let decoy = Decoy::new(&settings, &vault, ids.as_ref(), clock.now())?;
        let shared = Shared {
            issuer: settings.issuer(),
            sessions: Sessions::new(database.clone()),
            groups: Groups::new(database.clone()),
            keys: SigningKeys::new(
                database.clone(),
                Arc::clone(&vault),
                Arc::clone(&clock),
                Arc::clone(&ids),
                settings.longest_token_lifetime(),
            ),
            attempts: Arc::new(Attempts::open(database.clone())?),
            settings,
            database,
            users,
            vault,
            decoy,
            clock,
            ids,
            on_message,
            credentials: OnceLock::new(),
        };
        Ok(Self {
            shared: Arc::new(shared),
            outbound: Outbound::default(),
        })
    }

    /// Makes sure that there are signing keys. A server runs this beside its start; whoever needs a key
    /// before waits for it.
    ///
    /// # Errors
    /// The keys cannot be kept or read.
    pub async fn prepare_keys(&self) -> Result<(), StoreError> {
        self.keys().await.map(drop)
    }

    /// Makes new signing keys, for the tokens from now on. Those signed before stay valid, and the keys that they
    /// are signed with published, until the last has ended.
    ///
    /// # Errors
    /// The keys were rotated too often of late, or cannot be kept.
    pub async fn rotate_keys(&self) -> Result<(), RotateKeysError> {
        // To its end, even if whoever asked goes away: what signs must be what is kept.
        let shared = Arc::clone(&self.shared);
        let rotated = tokio::spawn(async move { shared.keys.rotate().await });
        rotated.await.map_err(StoreError::unavailable)?
    }

    /// [Rotates the keys](Self::rotate_keys) if they are older than `age`; whether they were.
    ///
    /// # Errors
    /// As those of `rotate_keys`.
    pub async fn rotate_keys_if_older(&self, age: Duration) -> Result<bool, RotateKeysError> {
        let shared = Arc::clone(&self.shared);
        let rotated = tokio::spawn(async move { shared.keys.rotate_if_older(age).await });
        rotated.await.map_err(StoreError::unavailable)?
    }

    /// The pool's settings.
    pub fn settings(&self) -> &UserPoolSettings {
        &self.shared.settings
    }

    /// Makes sure that `id` names this pool.
    ///
    /// # Errors
    /// [`UserPoolError::PoolNotFound`]
    pub fn check_id(&self, id: &str) -> Result<(), UserPoolError> {
        if id == self.shared.settings.id {
            Ok(())
        } else {
            Err(UserPoolError::PoolNotFound(id.to_owned()))
        }
    }

    /// `iss` of the pool's tokens.
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// The public signing keys, as a JSON Web Key Set.
    ///
    /// # Errors
    /// The keys cannot be kept or read.
    pub async fn jwks(&self) -> Result<Value, StoreError> {
        Ok(self.keys().await?.jwks(self.now()))
    }

    /// The pool's OpenID Connect discovery document.
    pub fn openid_configuration(&self) -> Value {
        let issuer = self.issuer();
        json!({
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        })
    }

    /// What was sent to users, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn inbox(&self) -> Result<Vec<Message>, StoreError> {
        inbox::newest_first(&self.shared.database, &self.shared.vault)
    }

    /// What `token` says, if it is an ID token of this pool, for one of its clients, whose user has neither
    /// signed out since nor been disabled.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify_id_token(&self, token: &str) -> Result<IdClaims, TokenError> {
        let keys = self.keys().await?;
        let claims = crate::tokens::verify_id(token, &keys, self.issuer(), self.now())?;
        if self.client(&claims.client_id).is_err() {
            return Err(TokenError::WrongClient);
        }
        self.check_session(claims.subject, claims.origin)?;
        match self.shared.users.find(claims.subject)? {
            Some(user) if user.is_enabled => Ok(claims),
            _ => Err(TokenError::Revoked),
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    fn ids(&self) -> &dyn IdSource {
        self.shared.ids.as_ref()
    }

    async fn keys(&self) -> Result<Arc<KeySet>, StoreError> {
        self.shared.keys.current().await
    }

    fn client(&self, id: &str) -> Result<&ClientSettings, UserPoolError> {
        let clients = &self.shared.settings.clients;
        clients
            .iter()
            .find(|client| client.id == id)
            .ok_or_else(|| UserPoolError::ClientNotFound(id.to_owned()))
    }

    /// Does `op` in one durable commit. What `op` refuses, it must refuse before it changes anything.
    async fn commit<T: Send + 'static>(
        &self,
        op: impl FnOnce(&WriteTransaction) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let write = |transaction: &WriteTransaction| Ok(op(transaction)?);
        self.shared.database.write(write).await
    }
}

/// Whether two texts are equal, in constant time.
fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
