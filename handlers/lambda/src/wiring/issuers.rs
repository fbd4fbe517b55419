//! The issuers whose tokens the authorizer takes: the user pool, and another one if the deployment names it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use notewarden_domain::ports::Clock;
use notewarden_oidc::{
    Algorithm, Fetch, HttpFetch, IssuerSettings, Issuers, SettingsError, TlsError, TokenUse,
    UnknownAlgorithm, Verifier,
};
use thiserror::Error;

use crate::environment::AuthorizerSettings;

/// How far another issuer's clock may be from AWS's.
const LEEWAY: Duration = Duration::from_secs(30);

/// Why issuers cannot be trusted.
#[derive(Debug, Error)]
pub(crate) enum IssuersError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("`TOKEN_ALGORITHMS`")]
    Algorithm(#[from] UnknownAlgorithm),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The issuers, of whom nothing is fetched before one of their tokens comes.
pub(super) fn issuers(
    settings: &AuthorizerSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Issuers, IssuersError> {
    let fetch: Arc<dyn Fetch> = Arc::new(HttpFetch::new()?);
    let issuer = |issuer: &str, audiences, algorithms, leeway| IssuerSettings {
        issuer: issuer.to_owned(),
        aliases: Vec::new(),
        audiences,
        algorithms,
        leeway,
        token_use: TokenUse::Api,
        keys: None,
    };
    let pool = issuer(
        &settings.user_pool_issuer,
        vec![settings.user_pool_client.clone()],
        BTreeSet::from([Algorithm::Rs256]),
        Duration::ZERO,
    );
    let mut all = vec![pool];
    if let Some(name) = &settings.issuer {
        let algorithms = settings.algorithms.iter().map(|name| name.parse());
        let algorithms = algorithms.collect::<Result<_, UnknownAlgorithm>>()?;
        all.push(issuer(name, settings.audiences.clone(), algorithms, LEEWAY));
    }
    let verifiers = all
        .into_iter()
        .map(|settings| Verifier::new(settings, Arc::clone(&fetch), Arc::clone(clock)));
    Ok(verifiers.collect::<Result<_, _>>()?)
}
