//! JSON Web Signatures in the only form that is taken: compact, of one key that the verifier knows by its id
//! (RFC 7515, RFC 8725).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::{Algorithm, json, key::VerificationKey};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_LENGTH: usize = 16 * 1024;

/// Header members that change how a token must be read, which nothing here does.
const EXTENSIONS: [&str; 4] = ["crit", "b64", "enc", "zip"];

/// Why a text is no signed token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// It is longer than [`MAX_TOKEN_LENGTH`].
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of unpadded base64url, of which two hold a JSON object each that everybody reads alike.
    #[error("not a compact json web signature")]
    Malformed,
    /// Another algorithm than those that are taken, or an extension.
    #[error("signed in a way that is not taken")]
    Unsupported,
    /// The header names no key that is known.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// The signature is not of this token, or not by the algorithm that its key is for.
    #[error("the signature does not match")]
    BadSignature,
}

/// A token that has been taken apart, of which nothing is believed yet.
#[derive(Clone, Debug)]
pub struct Jws<'a> {
    algorithm: Algorithm,
    key_id: String,
    kind: Option<String>,
    signed: &'a str,
    claims: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes `token` apart. What its header offers beside `alg`, `kid` and `typ` (`jwk`, `jku`, `x5c`, `x5u`, …) is
    /// never looked at.
    ///
    /// # Errors
    /// See [`JwsError`].
    pub fn parse(token: &'a str) -> Result<Self, JwsError> {
        if token.len() > MAX_TOKEN_LENGTH {
            return Err(JwsError::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(JwsError::Malformed)?;
        let header = object(header)?;
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        if EXTENSIONS.iter().any(|name| header.contains_key(*name)) {
            return Err(JwsError::Unsupported);
        }
        let algorithm = text("alg").and_then(|name| name.parse().ok());
        let algorithm = algorithm.ok_or(JwsError::Unsupported)?;
        let kind = match header.get("typ") {
            None => None,
            Some(_) => Some(text("typ").ok_or(JwsError::Malformed)?.to_owned()),
        };
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature);
        Ok(Self {
            algorithm,
            key_id: text("kid").ok_or(JwsError::UnknownKey)?.to_owned(),
            kind,
            signed,
            claims,
            signature: signature.map_err(|_| JwsError::Malformed)?,
        })
    }

    /// The algorithm by which it says it is signed.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key by which it says it is signed.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What it says it is, `typ`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Who says that they issued it, which nobody has confirmed: good for nothing but choosing the verifier.
    pub fn alleged_issuer(&self) -> Option<String> {
        let claims = object(self.claims).ok()?;
        Some(claims.get("iss")?.as_str()?.to_owned())
    }

    /// The claims, if `key` has signed them.
    ///
    /// # Errors
    /// It has not, or they are no JSON object.
    pub fn verify(&self, key: &VerificationKey) -> Result<Map<String, Value>, JwsError> {
        if key.id() != self.key_id {
            return Err(JwsError::UnknownKey);
        }
        key.verify(self.algorithm, self.signed.as_bytes(), &self.signature)
            .map_err(|_| JwsError::BadSignature)?;
        object(self.claims)
    }
}

/// The JSON object in a part of a token.
fn object(part: &str) -> Result<Map<String, Value>, JwsError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part);
    let bytes = bytes.map_err(|_| JwsError::Malformed)?;
    json::object(&bytes).map_err(|_| JwsError::Malformed)
}
