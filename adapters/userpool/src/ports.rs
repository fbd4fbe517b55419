//! The ports that the pools implement for use cases in the same process: what Cognito is to them on AWS.

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError,
    ports::{Accounts, IdentityBroker, LoginOutcome},
};
use uuid::Uuid;

use crate::{
    identity_pool::{IdentityPool, IdentityPoolError, LoginError, Logins},
    user_pool::{UserPool, UserPoolError},
};

#[async_trait]
impl IdentityBroker for IdentityPool {
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError> {
        let logins = Logins::from([(provider.to_owned(), token.to_owned())]);
        match self.get_id(self.id(), &logins).await {
            Ok(id) => Ok(LoginOutcome::Identity(id)),
            Err(IdentityPoolError::Store(error)) => Err(error),
            Err(IdentityPoolError::Login(LoginError::Store(error))) => Err(error),
            Err(IdentityPoolError::Login(LoginError::Unavailable(error))) => {
                Err(StoreError::Unavailable { source: error })
            }
            Err(IdentityPoolError::Login(_) | IdentityPoolError::UnknownProvider(_)) => {
                Ok(LoginOutcome::Refused)
            }
            Err(error) => Err(StoreError::unavailable(error)),
        }
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        match self.delete(identity).await {
            Ok(()) | Err(IdentityPoolError::IdentityNotFound(_)) => Ok(()),
            Err(IdentityPoolError::Store(error)) => Err(error),
            Err(error) => Err(StoreError::unavailable(error)),
        }
    }
}

#[async_trait]
impl Accounts for UserPool {
    async fn disable(&self, subject: Uuid) -> Result<(), StoreError> {
        ended(self.admin_set_enabled(&subject.to_string(), false).await)
    }

    async fn delete(&self, subject: Uuid) -> Result<(), StoreError> {
        ended(self.admin_delete_user(&subject.to_string()).await)
    }
}

/// Whoever is not there has no account to end.
fn ended(done: Result<(), UserPoolError>) -> Result<(), StoreError> {
    match done {
        Ok(()) | Err(UserPoolError::UserNotFound) => Ok(()),
        Err(UserPoolError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::unavailable(error)),
    }
}
