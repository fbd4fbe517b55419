//! The tokens that the pool itself gives (`GetOpenIdToken`), for people who assume a role by themselves: the classic
//! flow.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use notewarden_domain::{StoreError, Timestamp};
use notewarden_oidc::{JwsError, Rules, TokenError, TokenUse, VerifiedToken};
use serde_json::{Map, Value};
use tokio::{sync::OnceCell, task};

use super::tags;
use crate::{
    jws::{Jws, SigningKey, verify},
    principal::CognitoIdentity,
};

/// Who issues them.
pub const ISSUER: &str = "https://cognito-identity.amazonaws.com";
/// How long they are good for.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Makes and verifies the tokens. Their key lives as long as the process: it is nowhere to be stolen from, and whoever
/// had a token before a restart gets another.
#[derive(Clone, Default)]
pub(super) struct OpenIdTokens {
    key: Arc<OnceCell<SigningKey>>,
}

impl OpenIdTokens {
    /// A token for `identity`, with `tags` for its session.
    pub(super) async fn issue(
        &self,
        identity: &CognitoIdentity,
        tags: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let mut claims = Map::from_iter(
            [
                ("sub", Value::from(identity.identity_id.as_str())),
                ("aud", identity.identity_pool_id.as_str().into()),
                ("amr", identity.amr.as_slice().into()),
                ("iss", ISSUER.into()),
                ("exp", now.plus(LIFETIME).as_secs().into()),
                ("iat", now.as_secs().into()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        if !tags.is_empty() {
            claims.insert(tags::TAGS_CLAIM.to_owned(), tags::as_claim(tags));
        }
        let key = self.key.get_or_try_init(|| async {
            // Making one takes a tenth of a second or more.
            let made = task::spawn_blocking(SigningKey::generate).await;
            made.map_err(StoreError::unavailable)?
                .map_err(StoreError::unavailable)
        });
        key.await?.sign(&claims).map_err(StoreError::unavailable)
    }

    /// What `token` says, if it is one of `pool` that has not ended.
    pub(super) fn verify(
        &self,
        token: &str,
        pool: &str,
        now: Timestamp,
    ) -> Result<VerifiedToken, TokenError> {
        let key = self.key.get().ok_or(JwsError::UnknownKey)?;
        let verified = verify(token, [key])?;
        let rules = Rules {
            issuers: vec![ISSUER.to_owned()],
            audiences: vec![pool.to_owned()],
            leeway: Duration::ZERO,
            token_use: TokenUse::Id,
        };
        rules.judge(&Jws::parse(token)?, verified.claims, now)
    }
}
