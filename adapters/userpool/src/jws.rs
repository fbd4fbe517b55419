//! JSON Web Signatures as the pools make them: compact, RS256 (RFC 7515). They are taken back by the verification
//! that issuers everywhere are held to.

use std::fmt;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use notewarden_oidc::{Algorithm, VerificationKey};
pub(crate) use notewarden_oidc::{Jws, JwsError};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// An RSA key that signs tokens.
pub(crate) struct SigningKey {
    id: String,
    header: String,
    pair: RsaKeyPair,
    public: VerificationKey,
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
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let public = VerificationKey::rsa(id.as_str(), Algorithm::Rs256, &n, &e);
        Ok(Self {
            id,
            header: BASE64_URL_SAFE_NO_PAD.encode(header),
            pair,
            public: public.map_err(|_| KeyError)?,
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
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A token that one of the pool's keys has signed.
#[derive(Debug)]
pub(crate) struct Verified<'a> {
    pub(crate) key: &'a SigningKey,
    pub(crate) claims: Map<String, Value>,
}

/// Verifies `token` with the one of `keys` that its header names.
pub(crate) fn verify<'a>(
    token: &str,
    keys: impl IntoIterator<Item = &'a SigningKey>,
) -> Result<Verified<'a>, JwsError> {
    let token = Jws::parse(token)?;
    let key = keys
        .into_iter()
        .find(|key| key.id() == token.key_id())
        .ok_or(JwsError::UnknownKey)?;
    let claims = token.verify(&key.public)?;
    Ok(Verified { key, claims })
}
