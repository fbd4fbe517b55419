//! The identities of an identity pool.

use async_trait::async_trait;
use aws_sdk_cognitoidentity::{
    Client, Config,
    error::ProvideErrorMetadata,
    types::{ErrorCode, UnprocessedIdentityId},
};
use aws_types::SdkConfig;
use notewarden_aws::{Deferred, Failure, Tuning, store_error};
use notewarden_domain::{
    IdentityId, StoreError,
    ports::{IdentityBroker, LoginOutcome},
};

const GET_ID: &str = "GetId";
const DELETE: &str = "DeleteIdentities";

/// The longest name of a login provider that `GetId` takes, in characters.
const MAX_PROVIDER_CHARS: usize = 128;
/// The longest token that `GetId` takes, in characters.
const MAX_TOKEN_CHARS: usize = 50_000;

/// The identities of an identity pool. Clones share one client.
#[derive(Clone, Debug)]
pub struct CognitoIdentities {
    client: Deferred<Client>,
    pool_id: String,
}

impl CognitoIdentities {
    /// The identities of the pool `pool_id`, `<region>:<uuid>`, in the region of `config`.
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
}

#[async_trait]
impl IdentityBroker for CognitoIdentities {
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError> {
        if !is_askable(provider, MAX_PROVIDER_CHARS) || !is_askable(token, MAX_TOKEN_CHARS) {
            return Ok(LoginOutcome::Refused);
        }
        let asked = self.client.get_id().identity_pool_id(&self.pool_id);
        match asked.logins(provider, token).send().await {
            Ok(answer) => {
                let id = answer.identity_id().unwrap_or_default();
                let id = id.parse().map_err(|invalid| {
                    StoreError::corrupt(format!("identity `{id:.100}`"), invalid)
                })?;
                Ok(LoginOutcome::Identity(id))
            }
            // Tokens are refused by the first; the second is for what cannot be the name of a provider.
            Err(error)
                if matches!(
                    error.code(),
                    Some("NotAuthorizedException" | "InvalidParameterException")
                ) =>
            {
                let reason = error.message().unwrap_or_default();
                tracing::debug!(provider, reason, "the identity pool refuses a login");
                Ok(LoginOutcome::Refused)
            }
            Err(error) => Err(store_error(GET_ID, &error)),
        }
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        let asked = self.client.delete_identities();
        let answer = asked.identity_ids_to_delete(identity.as_str()).send().await;
        let answer = answer.map_err(|error| store_error(DELETE, &error))?;
        match answer.unprocessed_identity_ids() {
            [] => Ok(()),
            [unprocessed, ..] => Err(of_unprocessed(unprocessed)),
        }
    }
}

/// Whether the service takes a text as long as this to judge; it takes no empty one.
fn is_askable(text: &str, most: usize) -> bool {
    !text.is_empty() && text.chars().nth(most).is_none()
}

fn of_unprocessed(unprocessed: &UnprocessedIdentityId) -> StoreError {
    match unprocessed.error_code() {
        Some(ErrorCode::AccessDenied) => StoreError::Denied,
        other => {
            let code = other.map_or("no error code", ErrorCode::as_str);
            let cause = format!("the identity was not processed: {code}");
            StoreError::unavailable(Failure::new(DELETE, cause))
        }
    }
}
