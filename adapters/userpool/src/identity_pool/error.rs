//! Why the pool refuses.

use notewarden_domain::{IdentityId, StoreError};

use super::LoginError;
use crate::{identities::ResolveError, roles::RefusedAssumption};

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
    /// No login was shown for an identity that somebody has signed in as, or one that is nobody's any more.
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
    /// The logins give no single role, and the pool wants one.
    #[error("the logins give no single role")]
    AmbiguousRole,
    /// The pool has no role for guests.
    #[error("the identity pool has no role for guests")]
    NoRoleForGuests,
    /// The role does not exist, or its trust policy does not let the identity in.
    #[error("the role `{}` does not let the identity in: {}", .0.role, .0.reason())]
    RoleRefused(Box<RefusedAssumption>),
    /// The pool gives no tokens to assume roles with.
    #[error("the identity pool has the classic flow switched off")]
    ClassicFlowOff,
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

impl From<LoginError> for IdentityPoolError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Store(error) => Self::Store(error),
            refused => Self::Login(refused),
        }
    }
}

impl From<Box<RefusedAssumption>> for IdentityPoolError {
    fn from(refused: Box<RefusedAssumption>) -> Self {
        Self::RoleRefused(refused)
    }
}
