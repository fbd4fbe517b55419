//! The identity pool, of whose client a start makes nothing: only a person's first request with a token of their own
//! needs it.

use std::sync::OnceLock;

use async_trait::async_trait;
use aws_types::SdkConfig;
use notewarden_cognito::CognitoIdentities;
use notewarden_domain::{
    IdentityId, StoreError,
    ports::{IdentityBroker, LoginOutcome},
};

/// The identities of a pool, connected when they are first asked for.
pub(super) struct LazyIdentities {
    config: SdkConfig,
    pool_id: String,
    made: OnceLock<CognitoIdentities>,
}

impl LazyIdentities {
    pub(super) const fn new(config: SdkConfig, pool_id: String) -> Self {
        Self {
            config,
            pool_id,
            made: OnceLock::new(),
        }
    }

    fn get(&self) -> &CognitoIdentities {
        let make = || CognitoIdentities::new(&self.config, &self.pool_id);
        self.made.get_or_init(make)
    }
}

#[async_trait]
impl IdentityBroker for LazyIdentities {
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError> {
        self.get().identify(provider, token).await
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        self.get().forget(identity).await
    }
}
