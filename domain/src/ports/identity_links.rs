//! Which identity a login was exchanged for.

use async_trait::async_trait;

use crate::{IdentityId, StoreError, sign_ins::Login};

/// Remembers identities by login. A login has one identity, an identity may have several logins.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityLinks: Send + Sync {
    /// The identity of the login, if it has one.
    async fn find(&self, login: &Login) -> Result<Option<IdentityId>, StoreError>;

    /// Links the login to `identity`, unless it has one already, and answers the one that it has then.
    async fn link(&self, login: &Login, identity: &IdentityId) -> Result<IdentityId, StoreError>;

    /// Removes every link to `identity`. One that has none is as good as forgotten.
    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError>;
}
