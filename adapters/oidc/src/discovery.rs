//! Discovery documents (OpenID Connect Discovery 1.0): where an issuer's keys are.

use serde_json::{Map, Value};

use crate::{
    fetch::{DocumentUrl, InvalidUrl},
    json,
};

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// Why a discovery document does not say where the keys are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// It is no JSON object, or one that could be read in two ways.
    #[error("the discovery document is no json object")]
    Malformed,
    /// It is another issuer's.
    #[error("the discovery document is not of `{0}`")]
    OtherIssuer(String),
    /// It does not say where the keys are.
    #[error("the discovery document has no `jwks_uri`")]
    NoKeys,
    /// The keys are where they are not got from.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// An issuer elsewhere has its keys on this machine.
    #[error("the discovery document leads to this machine")]
    LeadsHere,
}

/// Where the discovery document of `issuer` is.
///
/// # Errors
/// It is no `https` URL, nor one of a loopback address.
pub fn document_of(issuer: &str) -> Result<DocumentUrl, InvalidUrl> {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    DocumentUrl::parse(&format!("{base}{WELL_KNOWN}"))
}

/// Where the keys of `issuer` are, as its discovery document `body`, got from `document`, says.
pub(crate) fn keys_location(
    body: &[u8],
    issuer: &str,
    document: &DocumentUrl,
) -> Result<DocumentUrl, DiscoveryError> {
    let members: Map<String, Value> = json::object(body).map_err(|_| DiscoveryError::Malformed)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if text("issuer") != Some(issuer) {
        return Err(DiscoveryError::OtherIssuer(issuer.to_owned()));
    }
    let location = DocumentUrl::parse(text("jwks_uri").ok_or(DiscoveryError::NoKeys)?)?;
    if location.is_local() && !document.is_local() {
        return Err(DiscoveryError::LeadsHere);
    }
    Ok(location)
}
