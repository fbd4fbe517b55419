//! The form of the file that describes login providers.
//!
//! ```json
//! { "providers": [
//!     { "kind": "google", "clientIds": ["1234.apps.googleusercontent.com"] },
//!     { "kind": "apple", "clientIds": ["com.example.app"] },
//!     { "kind": "amazon", "clientIds": ["amzn1.application-oa2-client.1234"] },
//!     { "kind": "facebook", "appId": "1234", "appSecret": "…" },
//!     { "kind": "oidc", "issuer": "https://example.auth0.com/", "clientIds": ["1234"], "algorithms": ["RS256"] }
//! ] }
//! ```

use std::{collections::BTreeSet, time::Duration};

use notewarden_oidc::{Algorithm, MAX_LEEWAY, strict_object};
use notewarden_userpool::identity_pool::{AMAZON_ENDPOINT, FACEBOOK_ENDPOINT};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// A provider, as the file describes it.
pub(super) enum Entry {
    Google(Issuer),
    Apple(Issuer),
    Oidc(Issuer),
    Facebook(FacebookApp),
    Amazon(AmazonClients),
}

impl Entry {
    /// The issuer whose tokens are JSON Web Tokens.
    pub(super) const fn issuer(&self) -> Option<&Issuer> {
        match self {
            Self::Google(issuer) | Self::Apple(issuer) | Self::Oidc(issuer) => Some(issuer),
            Self::Facebook(_) | Self::Amazon(_) => None,
        }
    }
}

/// An issuer of ID tokens.
#[derive(Clone)]
pub(super) struct Issuer {
    pub(super) issuer: String,
    pub(super) client_ids: Vec<String>,
    /// Who else its tokens may be for, if they come to the API by themselves.
    pub(super) api_audiences: Vec<String>,
    pub(super) algorithms: BTreeSet<Algorithm>,
    pub(super) leeway: Duration,
    pub(super) jwks_uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FacebookApp {
    pub(super) app_id: String,
    pub(super) app_secret: String,
    #[serde(default = "facebook")]
    pub(super) endpoint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AmazonClients {
    pub(super) client_ids: Vec<String>,
    #[serde(default = "amazon")]
    pub(super) endpoint: String,
}

fn facebook() -> String {
    FACEBOOK_ENDPOINT.to_owned()
}

fn amazon() -> String {
    AMAZON_ENDPOINT.to_owned()
}

/// An issuer that is known: only its clients need to be said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KnownIssuer {
    client_ids: Vec<String>,
    #[serde(default)]
    api_audiences: Vec<String>,
    leeway_seconds: Option<u64>,
    jwks_uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AnyIssuer {
    issuer: String,
    client_ids: Vec<String>,
    #[serde(default)]
    api_audiences: Vec<String>,
    algorithms: Option<Vec<String>>,
    leeway_seconds: Option<u64>,
    jwks_uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    providers: Vec<Value>,
}

/// The entries of the file, or what is wrong with it, by the name of the member.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Entry>, String> {
    let document = strict_object(text).map_err(|error| error.to_string())?;
    let document: Document = of(document.into())?;
    let entries = document.providers.into_iter().enumerate();
    entries
        .map(|(index, value)| {
            entry(value).map_err(|message| format!("`providers[{index}]`: {message}"))
        })
        .collect()
}

fn entry(mut value: Value) -> Result<Entry, String> {
    let members = value.as_object_mut().ok_or("must be an object")?;
    let kind = members.shift_remove("kind").ok_or("has no `kind`")?;
    match kind.as_str() {
        Some("google") => Ok(Entry::Google(known("https://accounts.google.com", value)?)),
        Some("apple") => Ok(Entry::Apple(known("https://appleid.apple.com", value)?)),
        Some("facebook") => Ok(Entry::Facebook(of(value)?)),
        Some("amazon") => Ok(Entry::Amazon(clients(of(value)?)?)),
        Some("oidc") => Ok(Entry::Oidc(any(of(value)?)?)),
        _ => Err(format!(
            "`kind` is {kind}, and must be `google`, `apple`, `facebook`, `amazon` or `oidc`"
        )),
    }
}

fn of<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn clients(clients: AmazonClients) -> Result<AmazonClients, String> {
    if clients.client_ids.is_empty() {
        return Err("`clientIds`: no audience is named".to_owned());
    }
    Ok(clients)
}

fn known(issuer: &str, value: Value) -> Result<Issuer, String> {
    let known: KnownIssuer = of(value)?;
    Ok(Issuer {
        issuer: issuer.to_owned(),
        client_ids: known.client_ids,
        api_audiences: known.api_audiences,
        algorithms: BTreeSet::from([Algorithm::Rs256]),
        leeway: leeway(known.leeway_seconds),
        jwks_uri: known.jwks_uri,
    })
}

fn any(any: AnyIssuer) -> Result<Issuer, String> {
    let algorithms = match any.algorithms {
        None => BTreeSet::from([Algorithm::Rs256]),
        Some(names) => names
            .iter()
            .map(|name| name.parse::<Algorithm>())
            .collect::<Result<_, _>>()
            .map_err(|error| format!("`algorithms`: {error}"))?,
    };
    Ok(Issuer {
        issuer: any.issuer,
        client_ids: any.client_ids,
        api_audiences: any.api_audiences,
        algorithms,
        leeway: leeway(any.leeway_seconds),
        jwks_uri: any.jwks_uri,
    })
}

/// AWS grants five minutes to the clocks of such providers.
fn leeway(seconds: Option<u64>) -> Duration {
    seconds.map_or(MAX_LEEWAY, Duration::from_secs)
}
