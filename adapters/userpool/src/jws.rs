//! JSON Web Signatures as the pool makes them, and the only form it takes back: compact, RS256, by a key of
//! its own (RFC 7515, RFC 8725).

mod strict_json;

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The longest token that is looked at.
pub(crate) const MAX_LENGTH: usize = 16 * 1024;

/// An RSA key that signs tokens.
pub(crate) struct SigningKey {
    id: String,
    header: String,
    pair: RsaKeyPair,
}

/// The library of cryptography refused: keys or memory are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key does not work")]
pub(crate) struct KeyError;

impl SigningKey {
    /// A new key of 2,048 bits. Takes a tenth of a second or more.
    pub(crate) fn generate() -> Result<Self, KeyError> {
        Self::new(RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError)?)
    }

    /// The key that was kept as `pkcs8`.
    pub(crate) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Self::new(RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError)?)
    }

    /// What is kept.
    pub(crate) fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError)?;
        Ok(der.as_ref().to_vec())
    }

    fn new(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let id = BASE64_STANDARD.encode(Sha256::digest(pair.public_key().as_ref()));
        let header =
            serde_json::to_vec(&json!({ "kid": id, "alg": "RS256" })).map_err(|_| KeyError)?;
        Ok(Self {
            id,
            header: BASE64_URL_SAFE_NO_PAD.encode(header),
            pair,
        })
    }

    /// The key's id, `kid`.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The public key as a JSON Web Key (RFC 7517).
    pub(crate) fn jwk(&self) -> Value {
        let public = PublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({
            "alg": "RS256",
            "e": BASE64_URL_SAFE_NO_PAD.encode(public.e),
            "kid": self.id,
            "kty": "RSA",
            "n": BASE64_URL_SAFE_NO_PAD.encode(public.n),
            "use": "sig",
        })
    }

    /// The token with these claims. Takes about half a millisecond.
    pub(crate) fn sign(&self, claims: &Map<String, Value>) -> Result<String, KeyError> {
        let claims = serde_json::to_vec(claims).map_err(|_| KeyError)?;
        let mut token = format!("{}.{}", self.header, BASE64_URL_SAFE_NO_PAD.encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| KeyError)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(message, signature)
            .is_ok()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a text is no token of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JwsError {
    /// Not three parts of unpadded base64url, of which two hold a JSON object each.
    #[error("not a compact json web signature")]
    Malformed,
    /// Another algorithm than RS256, or an extension that the header declares critical.
    #[error("signed in a way that is not taken")]
    Unsupported,
    /// The header names no key that is known.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// The signature is not of this token.
    #[error("the signature does not match")]
    BadSignature,
}

/// A token that one of the pool's keys has signed.
#[derive(Debug)]
pub(crate) struct Verified<'a> {
    pub(crate) key: &'a SigningKey,
    pub(crate) claims: Map<String, Value>,
}

/// Verifies `token` with the one of `keys` that its header names. Whatever else the header offers (`jwk`,
/// `jku`, `x5u`, …) is never looked at.
pub(crate) fn verify<'a>(
    token: &str,
    keys: impl IntoIterator<Item = &'a SigningKey>,
) -> Result<Verified<'a>, JwsError> {
    if token.len() > MAX_LENGTH {
        return Err(JwsError::Malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(JwsError::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(JwsError::Malformed)?;
    let header = object(header)?;
    if header.get("alg") != Some(&Value::from("RS256"))
        || header.contains_key("crit")
        || header.contains_key("b64")
        || header.contains_key("enc")
    {
        return Err(JwsError::Unsupported);
    }
    let id = header.get("kid").and_then(Value::as_str);
    let key = keys
        .into_iter()
        .find(|key| Some(key.id()) == id)
        .ok_or(JwsError::UnknownKey)?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| JwsError::Malformed)?;
    if !key.has_signed(signed.as_bytes(), &signature) {
        return Err(JwsError::BadSignature);
    }
    let claims = object(claims)?;
    Ok(Verified { key, claims })
}

/// The JSON object in a part of a token.
fn object(part: &str) -> Result<Map<String, Value>, JwsError> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| JwsError::Malformed)?;
    strict_json::object(&bytes).map_err(|_| JwsError::Malformed)
}
