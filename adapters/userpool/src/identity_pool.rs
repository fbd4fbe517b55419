//! The Identity Pool: takes the tokens of login providers, and gives a person their identity id and
//! temporary credentials of a role that lets that identity in.

mod error;
mod login;
mod oidc;
mod opaque;
mod open_id_token;
mod role_mapping;
mod settings;
mod shown;
pub(crate) mod tags;
mod user_pool;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use notewarden_domain::{IdentityId, StoreError, ports::Clock};
use notewarden_oidc::{TokenError, VerifiedToken};

pub use self::{
    error::IdentityPoolError,
    login::{LoginError, LoginVerifier, VerifiedLogin},
    oidc::{MethodForm, OidcLogin},
    opaque::{AMAZON, AMAZON_ENDPOINT, AmazonLogin, FACEBOOK, FACEBOOK_ENDPOINT, FacebookLogin},
    open_id_token::{ISSUER as OPEN_ID_ISSUER, LIFETIME as OPEN_ID_TOKEN_LIFETIME},
    role_mapping::{AmbiguousRole, ClaimComparison, MappingRule, RoleMapping, RoleSource},
    settings::IdentityPoolSettings,
    tags::{TagMapping, is_tag_name, is_tag_value},
    user_pool::UserPoolLogin,
};
use self::{open_id_token::OpenIdTokens, shown::Shown};
use crate::{
    credentials::{Credential, Credentials},
    identities::{Identities, Identity, IdentityPage, Login},
    principal::{COGNITO_SESSION_NAME, CognitoIdentity, Principal, SessionScope, WebIdentity},
    roles::{Luggage, Roles},
};

/// How long credentials of the pool live.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What AWS lets guests reach with the pool's credentials, whatever their role allows: of the services that the
/// enhanced flow's session policy names, those that an application like this has.
const GUESTS_REACH: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "ServicesForGuests", "Effect": "Allow",
    "Action": ["appsync:*", "cognito-identity:*", "cognito-idp:*", "execute-api:*", "lambda:*", "s3:*"],
    "Resource": "*"}]}"#;

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
    tokens: OpenIdTokens,
    clock: Arc<dyn Clock>,
}

/// Credentials, and whose they are.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The identity: another than the one asked for, if that was a guest's, who has signed in as somebody known.
    pub identity_id: IdentityId,
    /// The credentials.
    pub credential: Arc<Credential>,
}

impl IdentityPool {
    /// The pool of `settings`, which trusts `providers` and gives sessions of `roles`.
    pub fn new(
        settings: IdentityPoolSettings,
        providers: Providers,
        roles: Arc<Roles>,
        identities: Identities,
        credentials: Credentials,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            settings: Arc::new(settings),
            providers: Arc::new(providers),
            roles,
            identities,
            credentials,
            tokens: OpenIdTokens::default(),
            clock,
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
        self.check_is_here(pool_id)?;
        if logins.is_empty() && !self.settings.allows_guests {
            return Err(IdentityPoolError::GuestsRefused);
        }
        let shown = self.verify(logins).await?;
        Ok(self.identities.resolve(&shown.logins()).await?)
    }

    /// Temporary credentials of `identity_id` for the person who shows `logins`, of whom at least one must
    /// be linked to it already; the others are linked now. A guest's becomes theirs. `role_arn` asks for one of the
    /// roles that the logins offer, in place of the one that they give.
    ///
    /// # Errors
    /// The identity is somebody else's, a token is refused, or the role's trust policy does not let it in.
    pub async fn get_credentials(
        &self,
        identity_id: &str,
        logins: &Logins,
        role_arn: Option<&str>,
    ) -> Result<Issued, IdentityPoolError> {
        let identity = self.describe(identity_id)?;
        let shown = self.verify(logins).await?;
        let role_arn = match (shown.is_empty(), role_arn) {
            (true, Some(asked)) => {
                return Err(IdentityPoolError::RoleNotOffered(asked.to_owned()));
            }
            (true, None) => None,
            (false, asked) => Some(shown.role(&self.settings, asked)?),
        };
        let id = self.claim(identity, &shown).await?;
        let role_arn = match role_arn {
            Some(role_arn) => role_arn,
            None => self.role_of_guests()?,
        };
        let session = CognitoIdentity {
            identity_id: id.clone(),
            identity_pool_id: self.settings.id.clone(),
            amr: shown.methods(),
        };
        let mut scope = SessionScope {
            tags: shown.tags(&self.settings),
            ..SessionScope::default()
        };
        if shown.is_empty() {
            scope.policies.push(GUESTS_REACH.to_owned());
        }
        let luggage = Luggage {
            session_name: COGNITO_SESSION_NAME,
            tags: &scope.tags,
        };
        let role = self
            .roles
            .admit(&role_arn, &WebIdentity::from(&session), luggage)?;
        let principal = Principal::session(
            &role.account_id,
            &role.name,
            &role.role_id,
            COGNITO_SESSION_NAME,
            Some(session),
        )
        .within(scope);
        let credential = self.issue(principal, id.clone(), shown.logins()).await?;
        Ok(Issued {
            identity_id: id,
            credential,
        })
    }

    /// Opens a session of `principal`, unless `id` has been taken from who shows `logins` meanwhile: deleting an
    /// identity, or unlinking its login, ends the credentials that it has by then, and there must be none after.
    async fn issue(
        &self,
        principal: Principal,
        id: IdentityId,
        logins: Vec<Login>,
    ) -> Result<Arc<Credential>, IdentityPoolError> {
        let name = id.to_string();
        self.credentials
            .issue_session_if(principal, SESSION_LIFETIME, move |transaction| {
                Identities::check_is_theirs(transaction, &id, &logins)
            })
            .await
            .map_err(|error| match error {
                StoreError::NotFound => IdentityPoolError::IdentityNotFound(name),
                other => IdentityPoolError::Store(other),
            })
    }

    /// A token with which `identity_id` can assume a role by itself, for the person who shows `logins`.
    ///
    /// # Errors
    /// The pool gives none, the identity is somebody else's, or a token is refused.
    pub async fn get_open_id_token(
        &self,
        identity_id: &str,
        logins: &Logins,
    ) -> Result<(IdentityId, String), IdentityPoolError> {
        if !self.settings.allows_classic_flow {
            return Err(IdentityPoolError::ClassicFlowOff);
        }
        let identity = self.describe(identity_id)?;
        let shown = self.verify(logins).await?;
        let id = self.claim(identity, &shown).await?;
        let session = CognitoIdentity {
            identity_id: id.clone(),
            identity_pool_id: self.settings.id.clone(),
            amr: shown.methods(),
        };
        let tags = shown.tags(&self.settings);
        let token = self.tokens.issue(&session, &tags, self.clock.now()).await?;
        Ok((id, token))
    }

    /// What a token of [`IdentityPool::get_open_id_token`] says.
    pub(crate) fn verify_open_id_token(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        self.tokens
            .verify(token, &self.settings.id, self.clock.now())
    }

    /// That the identity of such a token may still open a session: checked again when it is issued.
    ///
    /// # Errors
    /// See [`Credentials::issue_session`]; [`StoreError::NotFound`] if the identity is gone or nobody's.
    pub async fn issue_classic_session(
        &self,
        principal: Principal,
        lifetime: Duration,
    ) -> Result<Arc<Credential>, StoreError> {
        let id = principal
            .identity()
            .map(|identity| identity.identity_id.clone());
        let is_guest = principal.identity().is_some_and(|identity| {
            identity
                .amr
                .iter()
                .any(|method| method == "unauthenticated")
        });
        self.credentials
            .issue_session_if(principal, lifetime, move |transaction| match id {
                Some(id) => Identities::check_is_alive(transaction, &id, is_guest),
                None => Ok(()),
            })
            .await
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

    /// The identity that `login` is linked to, if anybody has come with it yet.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn of_login(&self, login: &Login) -> Result<Option<Identity>, IdentityPoolError> {
        Ok(self.identities.of_login(login)?)
    }

    /// Up to `limit` identities of the pool `pool_id` from where `after`, a page's `next`, says.
    ///
    /// # Errors
    /// The pool is another.
    pub fn list(
        &self,
        pool_id: &str,
        after: Option<&str>,
        limit: usize,
        hides_disabled: bool,
    ) -> Result<IdentityPage, IdentityPoolError> {
        self.check_is_here(pool_id)?;
        Ok(self.identities.list(after, limit, hides_disabled)?)
    }

    /// Forgets `identity` and ends its credentials.
    ///
    /// # Errors
    /// There is no such identity.
    pub async fn delete(&self, identity: &IdentityId) -> Result<(), IdentityPoolError> {
        let id = identity.clone();
        let deleted = self
            .credentials
            .revoke_identity_with(identity, move |transaction| {
                Identities::delete_within(transaction, &id)
            });
        let (_, was_there) = deleted.await?;
        if was_there {
            Ok(())
        } else {
            Err(IdentityPoolError::IdentityNotFound(identity.to_string()))
        }
    }

    /// Unlinks the logins of `identity_id` at `providers` for the person who shows `logins`, all of it, and ends its
    /// credentials. Unlinked logins, shown again, make a new identity; an identity without any is nobody's.
    ///
    /// # Errors
    /// The identity is somebody else's, or a token is refused.
    pub async fn unlink(
        &self,
        identity_id: &str,
        logins: &Logins,
        providers: Vec<String>,
    ) -> Result<(), IdentityPoolError> {
        let identity = self.describe(identity_id)?;
        let shown = self.verify(logins).await?;
        if shown.is_empty() || shown.linked_to(&identity) < shown.0.len() {
            return Err(IdentityPoolError::LoginsDoNotMatch);
        }
        self.unlink_from(identity.id, providers).await
    }

    async fn unlink_from(
        &self,
        identity: IdentityId,
        providers: Vec<String>,
    ) -> Result<(), IdentityPoolError> {
        let (id, now) = (identity.clone(), self.clock.now());
        let unlinked = self
            .credentials
            .revoke_identity_with(&identity, move |transaction| {
                Identities::unlink_within(transaction, &id, &providers, now)
            });
        unlinked.await.map(|_| ()).map_err(|error| match error {
            StoreError::NotFound => IdentityPoolError::IdentityNotFound(identity.to_string()),
            other => IdentityPoolError::Store(other),
        })
    }

    /// The account of the pool's roles.
    pub(crate) fn account_id(&self) -> &str {
        self.credentials.account_id()
    }

    /// Whether the provider named `provider` finds `token` good; `None` if there is no such provider.
    pub(crate) async fn verify_login(
        &self,
        provider: &str,
        token: &str,
    ) -> Option<Result<VerifiedLogin, LoginError>> {
        let verifier = self.providers.get(provider)?;
        Some(verifier.verify(token).await)
    }

    fn check_is_here(&self, pool_id: &str) -> Result<(), IdentityPoolError> {
        if pool_id == self.settings.id {
            Ok(())
        } else {
            Err(IdentityPoolError::PoolNotFound(pool_id.to_owned()))
        }
    }

    /// Verifies every token: one that is refused spoils the others.
    async fn verify(&self, logins: &Logins) -> Result<Shown, IdentityPoolError> {
        let mut shown = Vec::with_capacity(logins.len());
        for (provider, token) in logins {
            let verified = self.verify_login(provider, token).await;
            let verified =
                verified.ok_or_else(|| IdentityPoolError::UnknownProvider(provider.clone()))?;
            shown.push((provider.clone(), verified?));
        }
        Ok(Shown(shown))
    }

    fn role_of_guests(&self) -> Result<String, IdentityPoolError> {
        let role = self.settings.unauthenticated_role.clone();
        role.ok_or(IdentityPoolError::NoRoleForGuests)
    }

    /// Makes sure that whoever shows these logins, or none, is `identity`, and answers whose they are: a guest's that
    /// signs in as somebody known is theirs.
    async fn claim(
        &self,
        identity: Identity,
        shown: &Shown,
    ) -> Result<IdentityId, IdentityPoolError> {
        if shown.is_empty() {
            return match identity.is_guest() {
                true if self.settings.allows_guests => Ok(identity.id),
                true => Err(IdentityPoolError::GuestsRefused),
                false => Err(IdentityPoolError::LoginRequired(identity.id)),
            };
        }
        if identity.is_disabled {
            return Err(IdentityPoolError::LoginRequired(identity.id));
        }
        if identity.is_guest() {
            return Ok(self.identities.adopt(&identity.id, &shown.logins()).await?);
        }
        match shown.linked_to(&identity) {
            0 => Err(IdentityPoolError::LoginsDoNotMatch),
            all if all == shown.0.len() => Ok(identity.id),
            _ => match self.identities.resolve(&shown.logins()).await? {
                owner if owner == identity.id => Ok(owner),
                _ => Err(IdentityPoolError::LoginsConflict),
            },
        }
    }
}
