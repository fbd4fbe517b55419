//! Several issuers, of whom a token names its own.

use crate::{claims::VerifiedToken, error::TokenError, jws::Jws, verifier::Verifier};

/// The verifiers of several issuers.
#[derive(Default)]
pub struct Issuers(Vec<Verifier>);

impl Issuers {
    /// What `token` says, if the issuer that it names is one of these and says it. Keys of one issuer are never tried
    /// on what claims to be another's.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let issuer = Jws::parse(token)?.alleged_issuer();
        let issuer = issuer.ok_or(TokenError::MissingClaim("iss"))?;
        let mut verifiers = self.0.iter();
        let verifier = verifiers.find(|verifier| verifier.is_of(&issuer));
        verifier.ok_or(TokenError::WrongIssuer)?.verify(token).await
    }
}

impl FromIterator<Verifier> for Issuers {
    fn from_iter<I: IntoIterator<Item = Verifier>>(verifiers: I) -> Self {
        Self(verifiers.into_iter().collect())
    }
}
