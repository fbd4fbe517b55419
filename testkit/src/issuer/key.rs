//! Keys that sign, by every algorithm of public keys that issuers use.

use std::{
    fmt::{self, Display},
    sync::LazyLock,
};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeySize, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
        RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key that signs, and its public side.
pub struct SigningKey {
    id: String,
    algorithm: String,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Making RSA keys takes long: tests share them.
static RSA: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    std::array::from_fn(|_| {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("keys can be made");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("a key has an encoding");
        der.as_ref().to_vec()
    })
});

impl SigningKey {
    /// One of the two RSA keys that there are, called `id`, which usually signs by RS256.
    pub fn rsa(id: &str, which: usize) -> Self {
        let pair = RsaKeyPair::from_pkcs8(&RSA[which]).expect("the encoding is of a key");
        Self {
            id: id.to_owned(),
            algorithm: "RS256".to_owned(),
            pair: Pair::Rsa(pair),
        }
    }

    /// A key called `id` for the algorithm of this name in `alg`: a new one, or the first RSA key.
    pub fn of(id: &str, algorithm: impl Display) -> Self {
        let algorithm = algorithm.to_string();
        let of_curve = |algorithm| EcdsaKeyPair::generate(algorithm).expect("keys can be made");
        let pair = match algorithm.as_str() {
            "ES256" => Pair::P256(of_curve(&ECDSA_P256_SHA256_FIXED_SIGNING)),
            "ES384" => Pair::P384(of_curve(&ECDSA_P384_SHA384_FIXED_SIGNING)),
            "EdDSA" => Pair::Ed25519(Ed25519KeyPair::generate().expect("keys can be made")),
            _ => Self::rsa(id, 0).pair,
        };
        Self {
            id: id.to_owned(),
            algorithm,
            pair,
        }
    }

    /// Its `kid`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// By which algorithm it usually signs.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// Its public side (RFC 7517).
    pub fn jwk(&self) -> Value {
        let point = |pair: &EcdsaKeyPair, curve: &str, length: usize| {
            let point = pair.public_key().as_ref();
            let (x, y) = point[1..].split_at(length);
            json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
        };
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let public = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": text(&public.n), "e": text(&public.e) })
            }
            Pair::P256(pair) => point(pair, "P-256", 32),
            Pair::P384(pair) => point(pair, "P-384", 48),
            Pair::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
            }
        };
        jwk["kid"] = self.id.as_str().into();
        jwk
    }

    /// Its public side as certificates have it.
    ///
    /// # Panics
    /// It has no such form.
    pub fn public_der(&self) -> Vec<u8> {
        let der: Result<PublicKeyX509Der<'_>, _> = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::P256(pair) | Pair::P384(pair) => pair.public_key().as_der(),
            Pair::Ed25519(pair) => pair.public_key().as_der(),
        };
        der.expect("a public key has an encoding").as_ref().to_vec()
    }

    /// The header of an honest token that names `algorithm`.
    pub fn header(&self, algorithm: impl Display) -> Value {
        json!({ "alg": algorithm.to_string(), "kid": self.id, "typ": "JWT" })
    }

    /// A token with these claims, as the key usually signs.
    pub fn usual_token(&self, claims: &Value) -> String {
        self.token(&self.algorithm, &self.header(&self.algorithm), claims)
    }

    /// A token with this header and these claims, whatever they say, signed by `algorithm`.
    pub fn token(&self, algorithm: impl Display, header: &Value, claims: &Value) -> String {
        self.token_of_text(algorithm, &header.to_string(), &claims.to_string())
    }

    /// The same of texts that need not be JSON.
    pub fn token_of_text(&self, algorithm: impl Display, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", text(header.as_bytes()), text(claims.as_bytes()));
        let signature = self.sign_bytes(algorithm, signed.as_bytes());
        format!("{signed}.{}", text(&signature))
    }

    /// The signature of `message` by `algorithm`.
    ///
    /// # Panics
    /// The key is of another kind.
    pub fn sign_bytes(&self, algorithm: impl Display, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let scheme: &'static dyn RsaEncoding = match algorithm.to_string().as_str() {
                    "RS256" => &RSA_PKCS1_SHA256,
                    "RS384" => &RSA_PKCS1_SHA384,
                    "RS512" => &RSA_PKCS1_SHA512,
                    "PS256" => &RSA_PSS_SHA256,
                    "PS384" => &RSA_PSS_SHA384,
                    "PS512" => &RSA_PSS_SHA512,
                    other => panic!("an RSA key does not sign by {other}"),
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(scheme, &random, message, &mut signature);
                signed.expect("the key signs");
                signature
            }
            Pair::P256(pair) | Pair::P384(pair) => {
                let signed = pair.sign(&random, message).expect("the key signs");
                signed.as_ref().to_vec()
            }
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} by {})", self.id, self.algorithm)
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
