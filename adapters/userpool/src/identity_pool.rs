//! The Identity Pool: takes the tokens of login providers, and gives a person their identity id and
//! temporary credentials of a role that lets that identity in.

mod login;
mod user_pool;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use notewarden_domain::{IdentityId, StoreError};

pub use self::{
    login::{LoginError, LoginVerifier, VerifiedLogin},
    user_pool::UserPoolLogin,
};
use crate::{
    credentials::{Credential, Credentials},
    identities::{Identities, Identity, Login, ResolveError},
    principal::{COGNITO_SESSION_NAME, CognitoIdentity, Principal},
    roles::{Role, Roles},
};

/// How long credentials of the pool live.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What a pool's owner decides.
#[derive(Clone, Debug)]
pub struct IdentityPoolSettings {
    /// `<region>:<uuid>`.
    pub id: String,
    /// The ARN of the role for people who have signed in.
    pub authenticated_role: String,
    /// The ARN of the role for guests; without it there are no guests.
    pub unauthenticated_role: Option<String>,
}

/// Why the pool refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityPoolError {
    /// There is no such pool.
    #[error("there is no identity pool `{0}`")]
    PoolNotFound(String),
    /// There is no such identity.
    #[error("there is no identity `{0}`")]
    IdentityNotFound(String),
    /// No login was shown, and the pool takes no guests.
    #[error("the identity pool takes no guests")]
    GuestsRefused,
    /// No login was shown for an identity that somebody has signed in as.
    #[error("no login of the identity `{0}` was shown")]
    LoginRequired(IdentityId),
    /// The logins are of somebody else.
    #[error("none of the logins is one of this identity")]
    LoginsDoNotMatch,
    /// The logins belong to different identities.
    #[error("the logins are linked to different identities")]
    LoginsConflict,
    /// The pool does not know the provider.
    #[error("the identity pool has no login provider `{0}`")]
    UnknownProvider(String),
    /// The token is not one that the provider gave to a client of this pool.
    #[error("the login token is refused")]
    Login(#[source] LoginError),
    /// The logins do not let the caller choose the role that it asked for.
    #[error("the logins do not give the role `{0}`")]
    RoleNotOffered(String),
    /// The role does not exist, or its trust policy does not let the identity in.
    #[error("the role `{0}` does not let the identity in")]
    RoleRefused(String),
    /// The database cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ResolveError> for IdentityPoolError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Conflict => Self::LoginsConflict,
            ResolveError::Store(error) => Self::Store(error),
        }
    }
}

/// The tokens that a caller shows, by the provider's name.
pub type Logins = BTreeMap<String, String>;

/// The login providers of a pool, by the name that callers use for them.
pub type Providers = BTreeMap<String, Arc<dyn LoginVerifier>>;

/// An Identity Pool. Clones share its identities and credentials.
#[derive(Clone)]
pub struct IdentityPool {
    settings: Arc<IdentityPoolSettings>,
    providers: Arc<Providers>,
    roles: Arc<Roles>,
    identities: Identities,
    credentials: Credentials,
}

impl IdentityPool {
    /// The pool of `settings`, which trusts `providers` and gives sessions of `roles`.
    pub fn new(
        settings: IdentityPoolSettings,
        providers: Providers,
        roles: Arc<Roles>,
        identities: Identities,
        credentials: Credentials,
    ) -> Self {
        Self {
            settings: Arc::new(settings),
            providers: Arc::new(providers),
            roles,
            identities,
            credentials,
        }
    }

    /// `<region>:<uuid>`.
    pub fn id(&self) -> &str {
        &self.settings.id
    }

    /// The identity of the person who shows `logins` to the pool `pool_id`: made, and durable, when they
    /// are new. Without logins, a new guest.
    ///
    /// # Errors
    /// The pool is another, a token is refused, or guests are.
    pub async fn get_id(
        &self,
        pool_id: &str,
        logins: &Logins,
    ) -> Result<IdentityId, IdentityPoolError> {
        if pool_id != self.settings.id {
            return Err(IdentityPoolError::PoolNotFound(pool_id.to_owned()));
        }
        if logins.is_empty() && self.settings.unauthenticated_role.is_none() {
            return Err(IdentityPoolError::GuestsRefused);
        }
        let shown = self.verify(logins).await?;
        Ok(self.identities.resolve(&logins_of(&shown)).await?)
    }

    /// Temporary credentials of `identity_id` for the person who shows `logins`, of whom at least one must
    /// be linked to it already; the others are linked now. `role_arn` asks for one of the roles that the
    /// logins offer, in place of the pool's.
    ///
    /// # Errors
    /// The identity is somebody else's, a token is refused, or the role's trust policy does not let it in.
    pub async fn get_credentials(
        &self,
        identity_id: &str,
        logins: &Logins,
        role_arn: Option<&str>,
    ) -> Result<Arc<Credential>, IdentityPoolError> {
        let identity = self.describe(identity_id)?;
        let shown = self.verify(logins).await?;
        let role = if shown.is_empty() {
            self.guest_role(&identity)?
        } else {
            self.claim(&identity, &shown).await?;
            &self.settings.authenticated_role
        };
        if let Some(asked) = role_arn
            && (asked != role || shown.is_empty())
        {
            return Err(IdentityPoolError::RoleNotOffered(asked.to_owned()));
        }
        let session = CognitoIdentity {
            identity_id: identity.id.clone(),
            identity_pool_id: self.settings.id.clone(),
            amr: authentication_methods(&shown),
        };
        let role = self.assumable(role, &session)?;
        let principal = Principal::session(
            &role.account_id,
            &role.name,
            &role.role_id,
            COGNITO_SESSION_NAME,
            Some(session),
        );
        // Deleting an identity ends the credentials that it has by then: there must be none after.
        let id = identity.id;
        self.credentials
            .issue_session_if(principal, SESSION_LIFETIME, move |transaction| {
                Identities::check_exists(transaction, &id)
            })
            .await
            .map_err(|error| match error {
                StoreError::NotFound => IdentityPoolError::IdentityNotFound(identity_id.to_owned()),
                other => IdentityPoolError::Store(other),
            })
    }

    /// What is known of `identity_id`.
    ///
    /// # Errors
    /// There is no such identity.
    pub fn describe(&self, identity_id: &str) -> Result<Identity, IdentityPoolError> {
        let not_found = || IdentityPoolError::IdentityNotFound(identity_id.to_owned());
        let id: IdentityId = identity_id.parse().map_err(|_| not_found())?;
        self.identities.find(&id)?.ok_or_else(not_found)
    }

    /// Forgets `identity` and ends its credentials.
    ///
    /// # Errors
    /// There is no such identity.
    pub async fn delete(&self, identity: &IdentityId) -> Result<(), IdentityPoolError> {
        let was_there = self.identities.delete(identity).await?;
        self.credentials.revoke_identity(identity).await?;
        if was_there {
            Ok(())
        } else {
            Err(IdentityPoolError::IdentityNotFound(identity.to_string()))
        }
    }

    /// Verifies every token: one that is refused spoils the others.
    async fn verify(&self, logins: &Logins) -> Result<Vec<Shown>, IdentityPoolError> {
        let mut shown = Vec::with_capacity(logins.len());
        for (provider, token) in logins {
            let verifier = self
                .providers
                .get(provider)
                .ok_or_else(|| IdentityPoolError::UnknownProvider(provider.clone()))?;
            let VerifiedLogin { subject, method } =
                verifier.verify(token).await.map_err(|error| match error {
                    LoginError::Store(error) => IdentityPoolError::Store(error),
                    refused => IdentityPoolError::Login(refused),
                })?;
            let login = Login {
                provider: provider.clone(),
                subject,
            };
            shown.push(Shown { login, method });
        }
        Ok(shown)
    }

    /// The role of `identity` when no login is shown for it.
    fn guest_role(&self, identity: &Identity) -> Result<&String, IdentityPoolError> {
        if !identity.is_guest() {
            return Err(IdentityPoolError::LoginRequired(identity.id.clone()));
        }
        self.settings
            .unauthenticated_role
            .as_ref()
            .ok_or(IdentityPoolError::GuestsRefused)
    }

    /// Makes sure that whoever shows these logins is `identity`.
    async fn claim(&self, identity: &Identity, shown: &[Shown]) -> Result<(), IdentityPoolError> {
        if !shown.iter().any(|shown| identity.has(&shown.login)) {
            return Err(IdentityPoolError::LoginsDoNotMatch);
        }
        if shown.iter().all(|shown| identity.has(&shown.login)) {
            return Ok(());
        }
        let owner = self.identities.resolve(&logins_of(shown)).await?;
        if owner == identity.id {
            Ok(())
        } else {
            Err(IdentityPoolError::LoginsConflict)
        }
    }

    /// The role `arn`, if its trust policy lets `session` in.
    fn assumable(&self, arn: &str, session: &CognitoIdentity) -> Result<&Role, IdentityPoolError> {
        self.roles
            .by_arn(arn)
            .filter(|role| role.trusts(session))
            .ok_or_else(|| IdentityPoolError::RoleRefused(arn.to_owned()))
    }
}

/// A login whose token was found good.
struct Shown {
    login: Login,
    method: String,
}

fn logins_of(shown: &[Shown]) -> Vec<Login> {
    shown.iter().map(|shown| shown.login.clone()).collect()
}

/// `cognito-identity.amazonaws.com:amr` of somebody who showed these logins.
fn authentication_methods(shown: &[Shown]) -> Vec<String> {
    if shown.is_empty() {
        return vec!["unauthenticated".to_owned()];
    }
    let logins = shown
        .iter()
        .flat_map(|shown| [&shown.login.provider, &shown.method]);
    ["authenticated".to_owned()]
        .into_iter()
        .chain(logins.cloned())
        .collect()
}
