//! SRP-6a as Amazon Cognito speaks it: RFC 5054's 3,072-bit group, SHA-256, and Cognito's own way of
//! hashing numbers, of deriving the key and of proving it.
//!
//! The pool keeps a verifier and a salt, never the password. Arithmetic on secrets takes the same time
//! whatever they are.

mod group;
mod number;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use notewarden_domain::ports::IdSource;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::group::{Element, Exponent};
pub use self::number::InvalidNumber;

/// Who somebody claims to be in an exchange: what the hashes of both sides start with.
#[derive(Clone, Copy, Debug)]
pub struct Claimant<'a> {
    /// The pool's id after its `_`.
    pub pool_name: &'a str,
    /// `USER_ID_FOR_SRP`.
    pub user_id: &'a str,
}

/// 16 bytes that make verifiers of the same password differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A salt from 16 random bytes.
    ///
    /// Clients read it as a number, and some lose its leading zeros: the first byte is never zero.
    pub const fn new(mut bytes: [u8; 16]) -> Self {
        let [first, ..] = &mut bytes;
        *first = *first % 255 + 1;
        Self(bytes)
    }

    /// The salt that was kept as `bytes`.
    pub const fn from_kept(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// What is kept.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// `SALT`: lower-case hexadecimal.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

/// `v = g^x`: what a password is checked against.
#[derive(Clone, Copy)]
pub struct Verifier(Element);

impl Verifier {
    /// Bytes of a kept verifier.
    pub const LENGTH: usize = group::LENGTH;

    /// The verifier of `password` for `claimant`.
    pub fn new(claimant: Claimant<'_>, salt: Salt, password: &str) -> Self {
        let identity = Sha256::new()
            .chain_update(claimant.pool_name)
            .chain_update(claimant.user_id)
            .chain_update(":")
            .chain_update(password)
            .finalize();
        let x = Sha256::new()
            .chain_update(number::padded(&salt.0))
            .chain_update(identity)
            .finalize();
        Self(Element::generator_to(&Exponent::from_be_slice(&x)))
    }

    /// The verifier that was kept as `bytes`, unless they are no element of the group.
    pub fn from_kept(bytes: &[u8; Self::LENGTH]) -> Option<Self> {
        Element::from_bytes(bytes).map(Self)
    }

    /// What is kept.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0.to_bytes()
    }

    /// Whether both are of one password, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.to_bytes().ct_eq(&other.to_bytes()).into()
    }
}

/// `A`, the client's public number: never zero modulo the group's prime.
#[derive(Clone, Copy, Debug)]
pub struct ClientPublic(Element);

impl ClientPublic {
    /// Bytes of a kept number.
    pub const LENGTH: usize = group::LENGTH;

    /// Reads `SRP_A`.
    ///
    /// # Errors
    /// It is no hexadecimal number, is zero (which would make the key known to everybody), or is not less
    /// than the group's prime.
    pub fn from_hex(text: &str) -> Result<Self, InvalidNumber> {
        let bytes = number::from_hex::<{ group::LENGTH }>(text)?;
        Self::from_kept(&bytes).ok_or(InvalidNumber)
    }

    /// The number that was kept as `bytes`.
    pub fn from_kept(bytes: &[u8; Self::LENGTH]) -> Option<Self> {
        Element::from_bytes(bytes).map(Self)
    }

    /// What is kept.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0.to_bytes()
    }
}

/// The server's secret number of one exchange.
#[derive(Clone, Copy)]
pub struct ServerSecret([u8; Self::LENGTH]);

impl ServerSecret {
    /// 256 bits: twice the strength that a group of this size has.
    pub const LENGTH: usize = 32;

    /// A new secret.
    pub fn generate(ids: &dyn IdSource) -> Self {
        let mut bytes = [0; Self::LENGTH];
        ids.fill(&mut bytes);
        Self(bytes)
    }

    /// The secret that was kept as `bytes`.
    pub const fn from_kept(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// What is kept.
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// `B = k·v + g^b`, as `SRP_B` shows it.
    pub fn public(&self, verifier: &Verifier) -> ServerPublic {
        ServerPublic(Element::masked(
            &verifier.0,
            &Element::generator_to(&self.exponent()),
        ))
    }

    /// The key of the exchange: `S = (A·v^u)^b`, derived as Cognito does.
    pub fn session_key(
        &self,
        verifier: &Verifier,
        client: &ClientPublic,
        scrambler: &Scrambler,
    ) -> SessionKey {
        derive(&client.0, scrambler, &verifier.0, &self.exponent())
    }

    fn exponent(&self) -> Exponent {
        Exponent::from_be_slice(&self.0)
    }
}

/// `B`, the server's public number.
#[derive(Clone, Copy, Debug)]
pub struct ServerPublic(Element);

impl ServerPublic {
    /// `SRP_B`: lower-case hexadecimal.
    pub fn to_hex(self) -> String {
        hex::encode(self.0.to_bytes())
    }

    /// `u`, which ties the key to both public numbers.
    pub fn scrambler(&self, client: &ClientPublic) -> Scrambler {
        let u = Sha256::new()
            .chain_update(number::padded(&client.0.to_bytes()))
            .chain_update(number::padded(&self.0.to_bytes()))
            .finalize();
        Scrambler(u.into())
    }
}

/// `u = H(A ‖ B)`.
#[derive(Clone, Copy, Debug)]
pub struct Scrambler([u8; Self::LENGTH]);

impl Scrambler {
    /// Bytes of a kept scrambler.
    pub const LENGTH: usize = 32;

    /// The scrambler that was kept as `bytes`.
    pub const fn from_kept(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// What is kept.
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

/// What both sides know at the end of an exchange.
pub struct SessionKey([u8; 16]);

impl SessionKey {
    /// Whether `signature` proves the key: HMAC-SHA-256 over the claimant, `secret_block` and
    /// `timestamp`. In constant time.
    pub fn proves(
        &self,
        claimant: Claimant<'_>,
        secret_block: &[u8],
        timestamp: &str,
        signature: &[u8],
    ) -> bool {
        let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0) else {
            return false;
        };
        mac.chain_update(claimant.pool_name)
            .chain_update(claimant.user_id)
            .chain_update(secret_block)
            .chain_update(timestamp)
            .verify_slice(signature)
            .is_ok()
    }
}

/// `S` and the key of it, for a server secret of any length.
fn derive<const LIMBS: usize>(
    client: &Element,
    scrambler: &Scrambler,
    verifier: &Element,
    secret: &crypto_bigint::Uint<LIMBS>,
) -> SessionKey {
    let u = Exponent::from_be_slice(scrambler.as_bytes());
    let shared = client.times_power(verifier, &u).to_power(secret);
    let salt = number::padded(scrambler.as_bytes());
    let mut key = [0; 16];
    let filled = Hkdf::<Sha256>::new(Some(&salt), &number::padded(&shared.to_bytes()))
        .expand(b"Caldera Derived Key", &mut key);
    debug_assert!(filled.is_ok(), "16 bytes are within what HKDF gives");
    SessionKey(key)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use crypto_bigint::U1024;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Exchange>,
    }

    #[derive(Deserialize)]
    struct Exchange {
        name: String,
        user_pool_id: String,
        username: String,
        password: String,
        b: String,
        verifier: String,
        hkdf: String,
        #[serde(rename = "SALT")]
        salt: String,
        #[serde(rename = "A")]
        client: String,
        #[serde(rename = "SRP_B")]
        server: String,
        #[serde(rename = "SECRET_BLOCK")]
        secret_block: String,
        #[serde(rename = "TIMESTAMP")]
        timestamp: String,
        #[serde(rename = "PASSWORD_CLAIM_SIGNATURE")]
        signature: String,
    }

    /// The exchanges that other implementations agree on.
    #[test]
    fn published_exchanges_come_out_the_same() {
        let file = include_str!("../tests/data/srp-vectors.json");
        let Vectors { vectors } = serde_json::from_str(file).unwrap();
        assert_eq!(vectors.len(), 3);
        for case in vectors {
            let claimant = Claimant {
                pool_name: case.user_pool_id.split_once('_').unwrap().1,
                user_id: &case.username,
            };
            let salt = Salt(hex::decode(&case.salt).unwrap().try_into().unwrap());
            let verifier = Verifier::new(claimant, salt, &case.password);
            assert_eq!(
                hex::encode(verifier.to_bytes()),
                case.verifier,
                "{}",
                case.name
            );

            let secret = U1024::from_be_hex(&format!("{:0>256}", case.b));
            let server = ServerPublic(Element::masked(
                &verifier.0,
                &Element::generator_to_any(&secret),
            ));
            assert_eq!(server.to_hex(), case.server, "{}", case.name);

            let client = ClientPublic::from_hex(&case.client).unwrap();
            let key = derive(&client.0, &server.scrambler(&client), &verifier.0, &secret);
            assert_eq!(hex::encode(key.0), case.hkdf, "{}", case.name);

            let block = BASE64_STANDARD.decode(&case.secret_block).unwrap();
            let signature = BASE64_STANDARD.decode(&case.signature).unwrap();
            assert!(key.proves(claimant, &block, &case.timestamp, &signature));
            assert!(!key.proves(claimant, &block, "Tue Sep 8 04:05:07 UTC 2026", &signature));
        }
    }

    #[test]
    fn a_multiple_of_the_prime_is_no_public_number() {
        let prime = hex::encode(group::PRIME.to_be_bytes());
        for zero in ["0", "00", &prime, &prime.to_uppercase()] {
            assert!(ClientPublic::from_hex(zero).is_err(), "{zero}");
        }
        let twice = format!("1{prime}");
        assert!(ClientPublic::from_hex(&twice).is_err());
        assert!(ClientPublic::from_hex("2").is_ok());
    }

    #[test]
    fn a_salt_never_starts_with_a_zero() {
        for first in 0..=u8::MAX {
            let mut bytes = [0; 16];
            bytes[0] = first;
            assert_ne!(Salt::new(bytes).0[0], 0);
        }
    }
}
