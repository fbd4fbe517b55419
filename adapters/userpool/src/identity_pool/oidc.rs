//! Any OpenID Connect issuer as a login provider: Google, Apple, and whoever else signs ID tokens.

use async_trait::async_trait;
use notewarden_oidc::{TokenError, Verifier};
use serde_json::Value;

use super::{LoginError, LoginVerifier, VerifiedLogin};

/// How the methods of a provider's logins are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodForm {
    /// `<provider>:<audience>:<sub>`: of a provider that pools know by name.
    ByAudience,
    /// `<ARN of the provider>:OIDC:<sub>`: of one that the account has added.
    ByArn(String),
}

/// Takes the ID tokens that an issuer gave to one of its clients.
pub struct OidcLogin {
    provider: String,
    form: MethodForm,
    verifier: Verifier,
}

impl OidcLogin {
    /// The logins that `verifier` finds good, of the provider that callers name `provider`.
    pub fn new(provider: impl Into<String>, form: MethodForm, verifier: Verifier) -> Self {
        Self {
            provider: provider.into(),
            form,
            verifier,
        }
    }
}

#[async_trait]
impl LoginVerifier for OidcLogin {
    async fn verify(&self, token: &str) -> Result<VerifiedLogin, LoginError> {
        let verified = self.verifier.verify(token).await?;
        let (subject, audience) = (verified.subject, verified.audience);
        let method = match &self.form {
            MethodForm::ByAudience => format!("{}:{audience}:{subject}", self.provider),
            MethodForm::ByArn(arn) => format!("{arn}:OIDC:{subject}"),
        };
        let mut keys = vec![("aud", audience.clone()), ("sub", subject.clone())];
        // Of a token that names the party it was issued to, `aud` is that party, and this is the rest.
        if verified.claims.contains_key("azp")
            && let Some(original) = verified.claims.get("aud").and_then(Value::as_str)
        {
            keys.push(("oaud", original.to_owned()));
        }
        Ok(VerifiedLogin {
            subject,
            audience,
            method,
            claims: verified.claims,
            keys,
        })
    }
}

impl From<TokenError> for LoginError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired { expired_at, now } => Self::Expired { expired_at, now },
            TokenError::MissingClaim(claim) => Self::MissingClaim(claim),
            TokenError::WrongIssuer => Self::WrongIssuer,
            TokenError::WrongAudience => Self::WrongAudience,
            TokenError::Unavailable(error) => Self::Unavailable(error.into()),
            _ => Self::Invalid,
        }
    }
}
