//! The User Pool as a login provider of the Identity Pool.

use async_trait::async_trait;

use super::{LoginError, LoginVerifier, VerifiedLogin};
use crate::{tokens::TokenError, user_pool::UserPool};

/// Takes the ID tokens that a user pool gave to one of its clients, and whose user has not signed out since.
pub struct UserPoolLogin {
    user_pool: UserPool,
    client_ids: Vec<String>,
}

impl UserPoolLogin {
    /// The tokens of `user_pool` for the clients `client_ids`.
    pub fn new(user_pool: UserPool, client_ids: Vec<String>) -> Self {
        Self {
            user_pool,
            client_ids,
        }
    }

    /// The name of `user_pool` as a login provider: `cognito-idp.<region>.amazonaws.com/<pool id>`.
    pub fn provider_name(user_pool: &UserPool) -> &str {
        let issuer = user_pool.issuer();
        issuer.strip_prefix("https://").unwrap_or(issuer)
    }
}

#[async_trait]
impl LoginVerifier for UserPoolLogin {
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError> {
        let claims = self.user_pool.verify_id_token(token).await?;
        if !self.client_ids.contains(&claims.client_id) {
            return Err(LoginError::WrongAudience);
        }
        let provider = Self::provider_name(&self.user_pool);
        let subject = claims.subject.to_string();
        Ok(VerifiedLogin {
            method: format!("{provider}:CognitoSignIn:{subject}"),
            keys: vec![("aud", claims.client_id.clone()), ("sub", subject.clone())],
            audience: claims.client_id,
            claims: claims.all,
            subject,
        })
    }
}

impl From<TokenError> for LoginError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired { expired_at, now } => Self::Expired { expired_at, now },
            TokenError::MissingClaim(claim) => Self::MissingClaim(claim),
            TokenError::WrongIssuer => Self::WrongIssuer,
            TokenError::WrongClient => Self::WrongAudience,
            TokenError::Revoked => Self::Revoked,
            TokenError::Store(error) => Self::Store(error),
            TokenError::Invalid | TokenError::NotYetValid | TokenError::WrongUse => Self::Invalid,
        }
    }
}
