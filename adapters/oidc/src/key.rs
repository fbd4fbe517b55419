//! Public keys that verify signatures, read from JSON Web Keys (RFC 7517, RFC 7518, RFC 8037).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::{Map, Value};

use crate::Algorithm;

/// An RSA modulus has this many bits at least, and at most.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// Longer exponents make verification slow, and nobody uses one.
const RSA_EXPONENT_BYTES: usize = 4;

/// A public key with its id.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationKey {
    id: String,
    /// The only algorithm that it is for, if it says so.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        n: Box<[u8]>,
        e: Box<[u8]>,
    },
    /// Uncompressed points.
    P256(Box<[u8]>),
    P384(Box<[u8]>),
    Ed25519(Box<[u8]>),
}

/// Why a JSON Web Key verifies no token here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwkError {
    /// A member is missing, or is not what it must be.
    #[error("`{0}` is missing or is not what it must be")]
    Member(&'static str),
    /// It is of a kind, on a curve, or for an algorithm or a use that no token here has.
    #[error("`{0}` makes it a key for something else")]
    ForSomethingElse(&'static str),
}

/// The signature is not of this message by this key and algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct BadSignature;

impl VerificationKey {
    /// The RSA key of the modulus `n` and the exponent `e`, in big-endian bytes, for `algorithm` alone.
    ///
    /// # Errors
    /// The modulus has fewer than 2,048 or more than 8,192 bits, or the exponent more than 32.
    pub fn rsa(
        id: impl Into<String>,
        algorithm: Algorithm,
        n: &[u8],
        e: &[u8],
    ) -> Result<Self, JwkError> {
        Ok(Self {
            id: id.into(),
            algorithm: Some(algorithm),
            material: rsa(n, e)?,
        })
    }

    /// Reads a JSON Web Key. What a set may hold beside keys for signatures is an error to be passed over.
    ///
    /// # Errors
    /// See [`JwkError`].
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, JwkError> {
        let text = |name: &'static str| {
            let value = jwk.get(name).and_then(Value::as_str);
            value.ok_or(JwkError::Member(name))
        };
        if jwk.contains_key("use") && text("use")? != "sig" {
            return Err(JwkError::ForSomethingElse("use"));
        }
        if let Some(operations) = jwk.get("key_ops") {
            let operations = operations.as_array().ok_or(JwkError::Member("key_ops"))?;
            if !operations.contains(&Value::from("verify")) {
                return Err(JwkError::ForSomethingElse("key_ops"));
            }
        }
        let algorithm = match jwk.get("alg") {
            None => None,
            Some(_) => {
                let algorithm = text("alg")?.parse();
                Some(algorithm.map_err(|_| JwkError::ForSomethingElse("alg"))?)
            }
        };
        let material = match text("kty")? {
            "RSA" => rsa(&number(text("n")?, "n")?, &number(text("e")?, "e")?)?,
            "EC" => match text("crv")? {
                "P-256" => Material::P256(point(text("x")?, text("y")?, 32)?),
                "P-384" => Material::P384(point(text("x")?, text("y")?, 48)?),
                _ => return Err(JwkError::ForSomethingElse("crv")),
            },
            "OKP" if text("crv")? == "Ed25519" => {
                Material::Ed25519(bytes(text("x")?, "x", 32)?.into())
            }
            "OKP" => return Err(JwkError::ForSomethingElse("crv")),
            _ => return Err(JwkError::ForSomethingElse("kty")),
        };
        let key = Self {
            id: text("kid")?.to_owned(),
            algorithm,
            material,
        };
        match algorithm {
            Some(algorithm) if !key.serves(algorithm) => Err(JwkError::ForSomethingElse("alg")),
            _ => Ok(key),
        }
    }

    /// The key's id, `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it can have made signatures by `algorithm`.
    pub fn serves(&self, algorithm: Algorithm) -> bool {
        if self.algorithm.is_some_and(|own| own != algorithm) {
            return false;
        }
        match self.material {
            Material::Rsa { .. } => rsa_parameters(algorithm).is_some(),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::P384(_) => algorithm == Algorithm::Es384,
            Material::Ed25519(_) => algorithm == Algorithm::EdDsa,
        }
    }

    /// Whether `signature` is this key's of `message` by `algorithm`.
    ///
    /// # Errors
    /// It is not, or the key is for another algorithm.
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        if !self.serves(algorithm) {
            return Err(BadSignature);
        }
        let by = |scheme: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(scheme, key).verify(message, signature)
        };
        let verified = match &self.material {
            Material::Rsa { n, e } => {
                let parameters = rsa_parameters(algorithm).ok_or(BadSignature)?;
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            Material::P256(point) => by(&ECDSA_P256_SHA256_FIXED, point),
            Material::P384(point) => by(&ECDSA_P384_SHA384_FIXED, point),
            Material::Ed25519(key) => by(&ED25519, key),
        };
        verified.map_err(|_| BadSignature)
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => None,
    }
}

fn rsa(n: &[u8], e: &[u8]) -> Result<Material, JwkError> {
    // Some issuers put a sign byte in front.
    let trimmed = |number: &[u8]| -> Box<[u8]> {
        let zeros = number.iter().take_while(|&&byte| byte == 0).count();
        number.get(zeros..).unwrap_or_default().into()
    };
    let (n, e) = (trimmed(n), trimmed(e));
    let unused = n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !RSA_BITS.contains(&(n.len() * 8 - unused)) {
        return Err(JwkError::Member("n"));
    }
    let is_odd = e.last().is_some_and(|byte| byte & 1 == 1);
    if e.len() > RSA_EXPONENT_BYTES || !is_odd || *e == [1] {
        return Err(JwkError::Member("e"));
    }
    Ok(Material::Rsa { n, e })
}

fn number(text: &str, name: &'static str) -> Result<Vec<u8>, JwkError> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(text);
    decoded.map_err(|_| JwkError::Member(name))
}

fn bytes(text: &str, name: &'static str, length: usize) -> Result<Vec<u8>, JwkError> {
    let bytes = number(text, name)?;
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(JwkError::Member(name))
    }
}

/// An uncompressed point of two coordinates of `length` bytes each.
fn point(x: &str, y: &str, length: usize) -> Result<Box<[u8]>, JwkError> {
    let mut point = vec![4];
    point.append(&mut bytes(x, "x", length)?);
    point.append(&mut bytes(y, "y", length)?);
    Ok(point.into())
}
