//! The accounts of a user pool.

use std::error::Error;

use async_trait::async_trait;
use aws_sdk_cognitoidentityprovider::{
    Client, Config,
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_types::SdkConfig;
use notewarden_aws::{Deferred, Tuning, store_error};
use notewarden_domain::{StoreError, ports::Accounts};
use uuid::Uuid;

const DISABLE: &str = "AdminDisableUser";
const SIGN_OUT: &str = "AdminUserGlobalSignOut";
const DELETE: &str = "AdminDeleteUser";

/// The accounts of a user pool whose users are named by their subject, as those are who sign in with an address.
/// Clones share one client.
#[derive(Clone, Debug)]
pub struct CognitoAccounts {
    client: Deferred<Client>,
    pool_id: String,
}

impl CognitoAccounts {
    /// The accounts of the pool `pool_id`, `<region>_<name>`, in the region of `config`.
    pub fn new(config: &SdkConfig, pool_id: impl Into<String>) -> Self {
        Self::tuned(config, pool_id, &Tuning::default())
    }

    /// The same, where requests are tried as often and as long as `tuning` says.
    pub fn tuned(config: &SdkConfig, pool_id: impl Into<String>, tuning: &Tuning) -> Self {
        let config = Config::new(&tuning.applied_to(config));
        Self {
            client: Deferred::new(|| Client::from_conf(config)),
            pool_id: pool_id.into(),
        }
    }

    async fn sign_out(&self, subject: Uuid) -> Result<(), StoreError> {
        let asked = self.client.admin_user_global_sign_out();
        let asked = asked
            .user_pool_id(&self.pool_id)
            .username(subject.to_string());
        ended(SIGN_OUT, asked.send().await)
    }
}

#[async_trait]
impl Accounts for CognitoAccounts {
    async fn disable(&self, subject: Uuid) -> Result<(), StoreError> {
        let asked = self.client.admin_disable_user();
        let asked = asked
            .user_pool_id(&self.pool_id)
            .username(subject.to_string());
        ended(DISABLE, asked.send().await)?;
        // Now that no new session can begin.
        self.sign_out(subject).await
    }

    async fn delete(&self, subject: Uuid) -> Result<(), StoreError> {
        self.sign_out(subject).await?;
        let asked = self.client.admin_delete_user();
        let asked = asked
            .user_pool_id(&self.pool_id)
            .username(subject.to_string());
        ended(DELETE, asked.send().await)
    }
}

/// Whoever is not there has no account to end, be it that an attempt whose answer was lost has ended it.
fn ended<T, E>(
    operation: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Result<(), StoreError>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match answer {
        Ok(_) => Ok(()),
        Err(error) => match error.code() {
            Some("UserNotFoundException") => Ok(()),
            Some("NotAuthorizedException") => Err(StoreError::Denied),
            _ => Err(store_error(operation, &error)),
        },
    }
}
