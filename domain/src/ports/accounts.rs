//! The accounts that people sign in with.

use async_trait::async_trait;
use uuid::Uuid;

use crate::StoreError;

/// Ends accounts of the user pool. A user is named by their subject, the `sub` of their tokens, and never by an
/// address, which may be somebody else's by now.
///
/// What was signed before is not taken back: a token stays valid until it ends wherever it is checked by its signature
/// alone.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Lets the user sign in no more and ends all of their sessions. A user who is disabled or not there counts as
    /// disabled.
    async fn disable(&self, subject: Uuid) -> Result<(), StoreError>;

    /// Ends all of the user's sessions and forgets the user. A user who is not there counts as deleted.
    async fn delete(&self, subject: Uuid) -> Result<(), StoreError>;
}
