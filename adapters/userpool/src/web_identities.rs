//! Whose token somebody shows to assume a role by themselves (`AssumeRoleWithWebIdentity`): the Identity Pool's, or
//! that of a login provider.

use std::collections::{BTreeMap, BTreeSet};

use notewarden_oidc::{Jws, TokenError};
use serde_json::Value;

use crate::{
    identity_pool::{
        AMAZON, FACEBOOK, IdentityPool, LoginError, OPEN_ID_ISSUER, VerifiedLogin, is_tag_name,
        tags,
    },
    principal::{COGNITO, CognitoIdentity, WebIdentity},
};

/// Providers that trust policies name as such, and not by the ARN of what the account has added.
const KNOWN_BY_NAME: [&str; 3] = ["accounts.google.com", FACEBOOK, AMAZON];

/// How callers name the provider whose issuer is `issuer`: its host and path.
pub fn provider_name(issuer: &str) -> &str {
    let name = issuer
        .strip_prefix("https://")
        .or_else(|| issuer.strip_prefix("http://"));
    let name = name.unwrap_or(issuer);
    name.strip_suffix('/').unwrap_or(name)
}

/// Somebody whose token was found good.
#[derive(Clone, Debug)]
pub struct Identified {
    /// Who they are, as policies see them.
    pub person: WebIdentity,
    /// The identity, if the Identity Pool gave the token.
    pub identity: Option<CognitoIdentity>,
    /// The token's `sub`.
    pub subject: String,
    /// The client that the token was given to.
    pub audience: String,
    /// Who issued it: its `iss`, or the name of a provider whose tokens have none.
    pub issuer: String,
    /// The tags that it gives the session.
    pub tags: BTreeMap<String, String>,
    /// Those of them that further sessions have too.
    pub transitive_tags: BTreeSet<String>,
}

/// Why nobody is identified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebIdentityError {
    /// No provider of that name, or with that issuer, is known.
    #[error("no such provider is known")]
    UnknownProvider,
    /// The token is not good.
    #[error("the token is refused")]
    Token(#[source] LoginError),
    /// The tags in the token are none.
    #[error("the token carries tags that are none")]
    Tags,
}

impl From<LoginError> for WebIdentityError {
    fn from(error: LoginError) -> Self {
        Self::Token(error)
    }
}

impl IdentityPool {
    /// Who shows `token`: of the provider `provider`, where tokens do not say whose they are.
    ///
    /// # Errors
    /// See [`WebIdentityError`].
    pub async fn recognize(
        &self,
        token: &str,
        provider: Option<&str>,
    ) -> Result<Identified, WebIdentityError> {
        if let Some(provider) = provider {
            if ![FACEBOOK, AMAZON].contains(&provider) {
                return Err(WebIdentityError::UnknownProvider);
            }
            let login = self.verify_login(provider, token).await;
            let login = login.ok_or(WebIdentityError::UnknownProvider)??;
            // What these providers tell is not theirs to tag with.
            return Ok(self.of_provider(provider, provider.to_owned(), login));
        }
        let malformed = |error| LoginError::from(TokenError::from(error));
        let jws = Jws::parse(token).map_err(malformed)?;
        let issuer = jws.alleged_issuer();
        let issuer = issuer.ok_or(LoginError::MissingClaim("iss"))?;
        if issuer == OPEN_ID_ISSUER {
            return self.of_pool(token);
        }
        let provider = provider_name(&issuer).to_owned();
        let verified = self.verify_login(&provider, token).await;
        let login = verified.ok_or(WebIdentityError::UnknownProvider)??;
        let carried = tags::of_claim(&login.claims).ok_or(WebIdentityError::Tags)?;
        let identified = self.of_provider(&provider, issuer, login);
        Ok(identified.with_tags(carried))
    }

    fn of_pool(&self, token: &str) -> Result<Identified, WebIdentityError> {
        let verified = self.verify_open_id_token(token).map_err(LoginError::from)?;
        let list = verified.claims.get("amr").and_then(Value::as_array);
        let amr = list.map(Vec::as_slice).unwrap_or_default();
        let identity = CognitoIdentity {
            identity_id: verified
                .subject
                .parse()
                .map_err(|_| LoginError::MissingClaim("sub"))?,
            identity_pool_id: verified.audience.clone(),
            amr: amr
                .iter()
                .filter_map(|method| Some(method.as_str()?.to_owned()))
                .collect(),
        };
        let carried = tags::of_claim(&verified.claims).ok_or(WebIdentityError::Tags)?;
        let identified = Identified {
            person: WebIdentity::from(&identity),
            identity: Some(identity),
            subject: verified.subject,
            audience: verified.audience,
            issuer: COGNITO.to_owned(),
            tags: BTreeMap::new(),
            transitive_tags: BTreeSet::new(),
        };
        Ok(identified.with_tags(carried))
    }

    fn of_provider(&self, provider: &str, issuer: String, login: VerifiedLogin) -> Identified {
        let key = |(name, value): (&str, String)| (format!("{provider}:{name}"), value);
        let principal = if KNOWN_BY_NAME.contains(&provider) {
            provider.to_owned()
        } else {
            format!(
                "arn:aws:iam::{}:oidc-provider/{provider}",
                self.account_id()
            )
        };
        Identified {
            person: WebIdentity {
                provider: principal,
                keys: login.keys.into_iter().map(key).collect(),
                lists: BTreeMap::new(),
            },
            identity: None,
            subject: login.subject,
            audience: login.audience,
            issuer,
            tags: BTreeMap::new(),
            transitive_tags: BTreeSet::new(),
        }
    }
}

impl Identified {
    fn with_tags(mut self, (tags, transitive): (BTreeMap<String, String>, Vec<String>)) -> Self {
        let is_known = |name: &String| is_tag_name(name) && tags.contains_key(name);
        self.transitive_tags = transitive.into_iter().filter(is_known).collect();
        self.tags = tags;
        self
    }
}
