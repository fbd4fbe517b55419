//! The verification of one issuer's tokens.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use notewarden_domain::ports::Clock;

use crate::{
    Algorithm,
    claims::{Rules, TokenUse, VerifiedToken},
    discovery,
    error::TokenError,
    fetch::{DocumentUrl, Fetch, InvalidUrl},
    issuer_keys::{IssuerKeys, KeysLocation},
    jws::{Jws, JwsError},
};

/// The most that clocks may be apart.
pub const MAX_LEEWAY: Duration = Duration::from_secs(5 * 60);

/// Whose tokens are taken, and which.
#[derive(Clone, Debug)]
pub struct IssuerSettings {
    /// `iss`, letter by letter, and where the discovery document is: an `https` URL, or an `http` one of a loopback
    /// address.
    pub issuer: String,
    /// What else `iss` may be: Google writes its own with and without the scheme.
    pub aliases: Vec<String>,
    /// Who tokens must be for: at least one.
    pub audiences: Vec<String>,
    /// How they must be signed: at least one.
    pub algorithms: BTreeSet<Algorithm>,
    /// How far the issuer's clock may be from ours: [`MAX_LEEWAY`] at most.
    pub leeway: Duration,
    /// What the tokens are for.
    pub token_use: TokenUse,
    /// Where the keys are, if discovery is not to be asked.
    pub keys: Option<String>,
}

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Nobody could show a token.
    #[error("no audience is named")]
    NoAudience,
    /// No token could be signed.
    #[error("no algorithm is named")]
    NoAlgorithm,
    /// Clocks are not that far apart.
    #[error("a leeway of {0} seconds is more than 300")]
    Leeway(u64),
    /// The issuer, or the place of its keys.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
}

/// Verifies the tokens of one issuer. It keeps the issuer's keys, so there should be one for all requests.
pub struct Verifier {
    algorithms: BTreeSet<Algorithm>,
    rules: Rules,
    keys: IssuerKeys,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// The verifier of the tokens that `settings` describe. Nothing is fetched until a token comes.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn new(
        settings: IssuerSettings,
        fetch: Arc<dyn Fetch>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        if settings.audiences.is_empty() {
            return Err(SettingsError::NoAudience);
        }
        if settings.algorithms.is_empty() {
            return Err(SettingsError::NoAlgorithm);
        }
        if settings.leeway > MAX_LEEWAY {
            return Err(SettingsError::Leeway(settings.leeway.as_secs()));
        }
        let location = match &settings.keys {
            Some(url) => KeysLocation::At(DocumentUrl::parse(url)?),
            None => KeysLocation::Discovered {
                issuer: settings.issuer.clone(),
                document: discovery::document_of(&settings.issuer)?,
            },
        };
        let mut issuers = settings.aliases;
        issuers.insert(0, settings.issuer);
        Ok(Self {
            algorithms: settings.algorithms,
            rules: Rules {
                issuers,
                audiences: settings.audiences,
                leeway: settings.leeway,
                token_use: settings.token_use,
            },
            keys: IssuerKeys::new(location, fetch, clock.clone()),
            clock,
        })
    }

    /// Whether the issuer calls itself `name`.
    pub fn is_of(&self, name: &str) -> bool {
        self.rules.issuers.iter().any(|issuer| issuer == name)
    }

    /// What `token` says, if the issuer says it, now, to one of the audiences.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let token = Jws::parse(token)?;
        if !self.algorithms.contains(&token.algorithm()) {
            return Err(JwsError::Unsupported.into());
        }
        let key = self.keys.find(token.key_id()).await?;
        let claims = token.verify(&key.ok_or(JwsError::UnknownKey)?)?;
        self.rules.judge(&token, claims, self.clock.now())
    }
}
