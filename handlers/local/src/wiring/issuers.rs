//! The issuers whose tokens the API takes: the user pool of this server, whose documents need no network, and those of
//! the file of login providers.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use notewarden_domain::ports::Clock;
use notewarden_infra::{TokenApiSettings, TokenAuth};
use notewarden_oidc::{
    Algorithm, DocumentUrl, Fetch, FetchError, Fetched, HttpFetch, IssuerSettings, SettingsError,
    TokenUse, Verifier,
};
use notewarden_userpool::UserPool;

use super::WiringError;

/// How far another issuer's clock may be from this machine's.
const LEEWAY: Duration = Duration::from_secs(30);

/// For how long the pool's keys are taken for known: a new one is asked for sooner, by its id.
const KEPT: Duration = Duration::from_secs(60);

/// Gets the user pool's documents from the pool, and others over the network.
pub(super) struct Documents {
    user_pool: UserPool,
    network: HttpFetch,
}

impl Documents {
    pub(super) fn new(user_pool: UserPool) -> Result<Self, WiringError> {
        let network = HttpFetch::new()?;
        Ok(Self { user_pool, network })
    }
}

#[async_trait]
impl Fetch for Documents {
    async fn get(&self, url: &DocumentUrl) -> Result<Fetched, FetchError> {
        let issuer = self.user_pool.issuer();
        let asked = url.uri().to_string();
        let document = match asked.strip_prefix(issuer) {
            Some("/.well-known/openid-configuration") => self.user_pool.openid_configuration(),
            Some("/.well-known/jwks.json") => {
                let keys = self.user_pool.jwks().await;
                keys.map_err(|source| FetchError::Unreachable {
                    host: url.host().to_owned(),
                    source: Box::new(source),
                })?
            }
            _ => return self.network.get(url).await,
        };
        Ok(Fetched {
            body: Bytes::from(document.to_string()),
            max_age: Some(KEPT),
        })
    }
}

/// The verifier of the user pool's tokens for its `client`, ID and access tokens.
pub(super) fn of_user_pool(
    user_pool: &UserPool,
    client: &str,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Verifier, SettingsError> {
    let audiences = vec![client.to_owned()];
    verifier(user_pool.issuer(), audiences, Duration::ZERO, fetch, clock)
}

/// The verifiers that API Gateway has for its JWT authorizers, by their issuers.
pub(super) fn of_gateway(
    settings: &TokenApiSettings,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<(String, Arc<Verifier>)>, SettingsError> {
    let routes = settings.routes.iter();
    let authorizers = routes.filter_map(|route| match &route.auth {
        TokenAuth::Jwt { issuer, audiences } => Some((issuer, audiences)),
        _ => None,
    });
    authorizers
        .map(|(issuer, audiences)| {
            let verifier = verifier(issuer, audiences.clone(), Duration::ZERO, fetch, clock)?;
            Ok((issuer.clone(), Arc::new(verifier)))
        })
        .collect()
}

fn verifier(
    issuer: &str,
    audiences: Vec<String>,
    leeway: Duration,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Verifier, SettingsError> {
    let settings = IssuerSettings {
        issuer: issuer.to_owned(),
        aliases: Vec::new(),
        audiences,
        algorithms: BTreeSet::from([Algorithm::Rs256]),
        leeway,
        token_use: TokenUse::Api,
        keys: None,
    };
    Verifier::new(settings, Arc::clone(fetch), Arc::clone(clock))
}

/// The verifier of an issuer's tokens for the API: a login provider that is also trusted for that.
pub(super) fn of_provider(
    settings: IssuerSettings,
    api_audiences: Vec<String>,
    fetch: &Arc<dyn Fetch>,
    clock: &Arc<dyn Clock>,
) -> Result<Verifier, SettingsError> {
    let mut audiences = settings.audiences;
    audiences.extend(api_audiences);
    let settings = IssuerSettings {
        audiences,
        leeway: settings.leeway.min(LEEWAY),
        token_use: TokenUse::Api,
        ..settings
    };
    Verifier::new(settings, Arc::clone(fetch), Arc::clone(clock))
}
