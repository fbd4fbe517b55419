//! Verification of JSON Web Tokens of any OpenID Connect issuer.
//!
//! A [`Verifier`] takes the tokens of one issuer: it gets the issuer's keys through the port [`Fetch`], keeps them, and
//! follows their rotation. The parts it is made of ([`Jws`], [`VerificationKey`], [`Rules`]) serve whoever has keys of
//! their own.
//!
//! ```
//! use std::{collections::BTreeSet, sync::Arc, time::Duration};
//!
//! use notewarden_domain::ports::Clock;
//! use notewarden_oidc::{Algorithm, HttpFetch, IssuerSettings, TokenUse, Verifier};
//!
//! fn google(clock: Arc<dyn Clock>) -> Result<Verifier, Box<dyn std::error::Error>> {
//!     let settings = IssuerSettings {
//!         issuer: "https://accounts.google.com".to_owned(),
//!         aliases: vec!["accounts.google.com".to_owned()],
//!         audiences: vec!["1234.apps.googleusercontent.com".to_owned()],
//!         algorithms: BTreeSet::from([Algorithm::Rs256]),
//!         leeway: Duration::from_secs(30),
//!         token_use: TokenUse::Id,
//!         keys: None,
//!     };
//!     Ok(Verifier::new(settings, Arc::new(HttpFetch::new()?), clock)?)
//! }
//! ```
#![warn(missing_docs)]

mod algorithm;
mod claims;
mod discovery;
mod error;
mod fetch;
mod issuer_keys;
mod issuers;
mod json;
mod jws;
mod key;
mod key_set;
mod verifier;

pub use self::{
    algorithm::{Algorithm, UnknownAlgorithm},
    claims::{Rules, TokenUse, VerifiedToken},
    error::TokenError,
    fetch::{
        DocumentUrl, Fetch, FetchError, Fetched, HttpFetch, InvalidUrl, MAX_DOCUMENT, TlsError,
    },
    issuer_keys::{KeysUnavailable, LONGEST_KEPT, REFETCH_INTERVAL, SHORTEST_KEPT, STALE_IF_ERROR},
    issuers::Issuers,
    json::object as strict_object,
    jws::{Jws, JwsError, MAX_TOKEN_LENGTH},
    key::{BadSignature, JwkError, VerificationKey},
    key_set::{KeySet, KeySetError},
    verifier::{IssuerSettings, MAX_LEEWAY, SettingsError, Verifier},
};
