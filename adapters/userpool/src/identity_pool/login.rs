//! Login providers: who says that a token names a person.

use std::error::Error;

use async_trait::async_trait;
use notewarden_domain::StoreError;
use serde_json::{Map, Value};

/// A person, as a valid token names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLogin {
    /// The token's `sub`.
    pub subject: String,
    /// The provider's client that the token was given to.
    pub audience: String,
    /// How they signed in, for `cognito-identity.amazonaws.com:amr`: `<provider>:CognitoSignIn:<sub>` from
    /// a user pool, `<provider>:<audience>:<sub>` or `<ARN of the provider>:OIDC:<sub>` from others.
    pub method: String,
    /// Everything that the token says.
    pub claims: Map<String, Value>,
    /// What trust policies that name the provider itself can ask: `<provider>:<name>`.
    pub keys: Vec<(&'static str, String)>,
}

/// Why a login token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// It has ended.
    #[error("the token expired at {expired_at}, and it is {now}, in seconds since the Unix epoch")]
    Expired {
        /// Its `exp`, in seconds since the Unix epoch.
        expired_at: u64,
        /// The present moment in seconds since the Unix epoch.
        now: u64,
    },
    /// It is no ID token that the provider signed.
    #[error("the token is not an id token of the provider")]
    Invalid,
    /// It is signed, and lacks a claim that an ID token has: an access token, for example, names no `aud`.
    #[error("the token has no claim `{0}`")]
    MissingClaim(&'static str),
    /// It is of another issuer.
    #[error("the token is of another issuer")]
    WrongIssuer,
    /// It was given to a client that the pool does not name.
    #[error("the token is for another client")]
    WrongAudience,
    /// Its person has signed out since, is disabled, or is gone.
    #[error("the token has been revoked")]
    Revoked,
    /// The provider does not answer, so nothing can be said about it.
    #[error("the login provider cannot be asked")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// What the provider keeps cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Verifies the tokens of one login provider.
///
/// Contract: answers a person only for a token that the provider gave, as an **ID** token where it has such, to a
/// client that the pool names, and that has not ended; the same person always has the same subject, and no two share
/// one.
#[async_trait]
pub trait LoginVerifier: Send + Sync {
    /// The person whom `token` names.
    ///
    /// # Errors
    /// See [`LoginError`].
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError>;
}
