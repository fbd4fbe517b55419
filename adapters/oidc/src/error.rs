//! Why a token is refused.

use crate::{issuer_keys::KeysUnavailable, jws::JwsError};

/// Why a token is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is no token that this issuer has signed by an algorithm that is taken from it.
    #[error(transparent)]
    Signature(#[from] JwsError),
    /// It lacks a claim, or has it in another form.
    #[error("the token has no valid claim `{0}`")]
    MissingClaim(&'static str),
    /// It has ended.
    #[error("the token expired at {expired_at}, and it is {now}, in seconds since the Unix epoch")]
    Expired {
        /// Its `exp`, in seconds since the Unix epoch.
        expired_at: u64,
        /// The present moment in seconds since the Unix epoch.
        now: u64,
    },
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It is of another issuer.
    #[error("the token is of another issuer")]
    WrongIssuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    WrongAudience,
    /// It says that it is something else than what is wanted: an access token in an ID token's place, for example.
    #[error("the token is of another type")]
    WrongType,
    /// The issuer's keys cannot be had, so nothing can be said about it.
    #[error(transparent)]
    Unavailable(#[from] KeysUnavailable),
}

impl PartialEq for TokenError {
    /// Refusals are alike if a client is told the same.
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}
