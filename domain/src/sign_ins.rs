//! From a token to the owner of data. The owner is always an identity id, whichever way a person came in: an ID token is
//! exchanged for it once, and the link is kept, which later tokens of the same person at the same issuer are led by.

use std::{fmt, sync::Arc};

use crate::{
    IdentityId, Invalid, StoreError,
    ports::{IdentityBroker, IdentityLinks, LoginOutcome},
};

/// The most bytes of an issuer: what a DynamoDB key has room for beside the longest subject.
const MAX_ISSUER: usize = 512;
/// OpenID Connect allows no longer one.
const MAX_SUBJECT: usize = 255;

/// A person as an issuer of tokens knows them: what `iss` and `sub` of a verified token say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Login {
    issuer: Box<str>,
    subject: Box<str>,
}

impl Login {
    /// The person whom `issuer` calls `subject`.
    ///
    /// # Errors
    /// One of them is empty, too long, or has a character that no such name has.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, Invalid> {
        if !is_name(issuer, MAX_ISSUER) || issuer.contains(' ') {
            return Err(Invalid::new("iss", "must be the name of an issuer"));
        }
        if !is_name(subject, MAX_SUBJECT) {
            return Err(Invalid::new("sub", "must be the name of a person"));
        }
        Ok(Self {
            issuer: issuer.into(),
            subject: subject.into(),
        })
    }

    /// `iss`, without blanks.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The name under which an identity pool knows the issuer: its URL without the scheme, and without a slash at the
    /// end, which Auth0's issuers have and the names of their providers have not.
    pub fn provider(&self) -> &str {
        let without_scheme = self.issuer.split_once("://");
        let name = without_scheme.map_or(&*self.issuer, |(_, name)| name);
        name.strip_suffix('/').unwrap_or(name)
    }
}

fn is_name(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// The one spelling of both: an issuer has no blank, so no two logins are spelled alike.
impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.issuer, self.subject)
    }
}

/// Who people with tokens are.
#[derive(Clone)]
pub struct SignIns {
    links: Arc<dyn IdentityLinks>,
    broker: Arc<dyn IdentityBroker>,
}

impl SignIns {
    /// By the kept links, and by the broker for whom there is none yet.
    pub fn new(links: Arc<dyn IdentityLinks>, broker: Arc<dyn IdentityBroker>) -> Self {
        Self { links, broker }
    }

    /// The identity of `login`, which a verified token names. `id_token` is that token, if it is an ID token; the broker
    /// verifies it again by itself.
    pub async fn identify(
        &self,
        login: &Login,
        id_token: Option<&str>,
    ) -> Result<IdentityId, SignInError> {
        if let Some(identity) = self.links.find(login).await? {
            return Ok(identity);
        }
        let token = id_token.ok_or(SignInError::Unknown)?;
        match self.broker.identify(login.provider(), token).await? {
            LoginOutcome::Identity(identity) => Ok(self.links.link(login, &identity).await?),
            LoginOutcome::Refused => Err(SignInError::Refused),
        }
    }

    /// Forgets every link to the identity, whose account ends.
    pub async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        self.links.forget(identity).await
    }
}

/// Why nobody is known by a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// There is no link yet, and the token cannot make one.
    #[error(
        "this account is not known here yet: come once with its ID token, after that other tokens do"
    )]
    Unknown,
    /// The identity pool does not take the ID token.
    #[error("the identity pool does not take this ID token")]
    Refused,
    /// A store failed.
    #[error("a store failed")]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_two_logins_are_spelled_alike(
            first in ("[!-~]{1,9}", "[ -~]{1,9}"), second in ("[!-~]{1,9}", "[ -~]{1,9}"),
        ) {
            let [one, other] = [&first, &second].map(|(iss, sub)| Login::new(iss, sub).unwrap());
            prop_assert_eq!(one.to_string() == other.to_string(), first == second);
        }
    }

    #[test]
    fn a_provider_is_called_by_its_issuers_host_and_path() {
        for (issuer, provider) in [
            ("https://accounts.google.com", "accounts.google.com"),
            ("accounts.google.com", "accounts.google.com"),
            ("https://example.auth0.com/", "example.auth0.com"),
            (
                "https://example.okta.com/oauth2/default",
                "example.okta.com/oauth2/default",
            ),
        ] {
            assert_eq!(Login::new(issuer, "x").unwrap().provider(), provider);
        }
    }

    #[test]
    fn what_names_nobody_is_refused() {
        assert!(Login::new("https://issuer.example", "auth0|1").is_ok());
        let long = "x".repeat(256);
        for (issuer, subject) in [
            ("", "x"),
            ("x", ""),
            ("a b", "x"),
            ("x", "a\nb"),
            ("x", &long),
        ] {
            assert!(
                Login::new(issuer, subject).is_err(),
                "{issuer:?} {subject:?}"
            );
        }
    }
}
