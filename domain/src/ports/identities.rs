//! From a login to an identity.

use async_trait::async_trait;

use crate::{IdentityId, StoreError};

/// What a broker makes of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum LoginOutcome {
    /// It is a login of this identity.
    Identity(IdentityId),
    /// It is nobody's: the provider is not one that the broker trusts, or the token is not an ID token that the
    /// provider gave, has ended or was revoked, or is for another client.
    Refused,
}

/// Knows which identity a login is of: the same for one person for ever, and no two people share one.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait IdentityBroker: Send + Sync {
    /// The identity of the person whom `token`, an ID token of the login provider named `provider`, names; made now
    /// if the person is new. The token is verified by the broker and need not have been before.
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError>;

    /// Forgets the identity: its logins, shown again, make a new one. An identity that is not there counts as
    /// forgotten.
    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError>;
}
