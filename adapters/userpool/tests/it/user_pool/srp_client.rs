//! A client of Cognito's SRP, written from its description with other arithmetic than the server's:
//! `S = (B − k·g^x)^(a + u·x)`.

use base64::{Engine, prelude::BASE64_STANDARD};
use crypto_bigint::{
    BoxedUint, Odd, Resize,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use notewarden_userpool::user_pool::SrpChallenge;
use sha2::{Digest, Sha256};

/// The pool that clients sign in to.
pub const POOL: &str = "us-east-1_AbCdEf123";
/// When they do, they say.
pub const TIMESTAMP: &str = "Tue Sep 8 04:05:06 UTC 2026";

const BITS: u32 = 3_072;

pub struct SrpClient {
    pool_name: String,
    prime: BoxedMontyParams,
    secret: BoxedUint,
    public: BoxedUint,
}

impl SrpClient {
    pub fn new(secret: &[u8]) -> Self {
        Self::of_pool(POOL, secret)
    }

    /// A client of the pool with the id `pool`.
    pub fn of_pool(pool: &str, secret: &[u8]) -> Self {
        let file = include_str!("../../data/srp-vectors.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let prime = number(file.get("N").unwrap().as_str().unwrap());
        let prime = BoxedMontyParams::new(Odd::new(prime).unwrap());
        let secret = BoxedUint::from_be_slice(&Sha256::digest(secret), BITS).unwrap();
        let public = residue(&BoxedUint::from(2_u8), &prime)
            .pow(&secret)
            .retrieve();
        Self {
            pool_name: pool.split_once('_').unwrap().1.to_owned(),
            prime,
            secret,
            public,
        }
    }

    /// `SRP_A`, without leading zeros.
    pub fn public(&self) -> String {
        hex(&self.public)
    }

    /// `PASSWORD_CLAIM_SIGNATURE`
    pub fn prove(&self, challenge: &SrpChallenge, password: &str) -> String {
        self.prove_as(&challenge.user_id.to_string(), challenge, password)
    }

    pub fn prove_as(&self, user_id: &str, challenge: &SrpChallenge, password: &str) -> String {
        let pool_name = &self.pool_name;
        let server = number(&challenge.server_public);
        let u = hashed(&[&self.public, &server]);
        let inner = Sha256::digest(format!("{pool_name}{user_id}:{password}"));
        let salt = signed(&number(&challenge.salt));
        let x = uint(&Sha256::digest(
            [salt.as_slice(), inner.as_slice()].concat(),
        ));
        let prime = self.prime.modulus().as_ref().clone();
        let k = hashed(&[&prime, &BoxedUint::from(2_u8)]);

        let two = residue(&BoxedUint::from(2_u8), &self.prime);
        let generated = two.pow_bounded_exp(&x, 256);
        let masked = residue(&k, &self.prime).mul(&generated);
        let base = residue(&server, &self.prime).sub(&masked);
        let exponent = self.secret.wrapping_add(u.wrapping_mul(&x));
        // Two digests' product and a third.
        let shared = base.pow_bounded_exp(&exponent, 513).retrieve();

        let mut key = [0; 16];
        Hkdf::<Sha256>::new(Some(&signed(&u)), &signed(&shared))
            .expand(b"Caldera Derived Key", &mut key)
            .unwrap();
        let block = BASE64_STANDARD.decode(&challenge.secret_block).unwrap();
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap();
        let mac = mac
            .chain_update(pool_name)
            .chain_update(user_id)
            .chain_update(block)
            .chain_update(TIMESTAMP);
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

fn number(text: &str) -> BoxedUint {
    BoxedUint::from_be_hex(&format!("{text:0>768}"), BITS).unwrap()
}

fn uint(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, BITS).unwrap()
}

fn residue(number: &BoxedUint, prime: &BoxedMontyParams) -> BoxedMontyForm {
    BoxedMontyForm::new(number.resize(BITS), prime)
}

fn hex(number: &BoxedUint) -> String {
    let digits: String = number
        .to_be_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.trim_start_matches('0').to_owned()
}

/// As JavaScript's clients do it: hexadecimal digits, made even, and a zero byte before a high first digit.
fn signed(number: &BoxedUint) -> Vec<u8> {
    let mut digits = hex(number);
    if digits.len() % 2 == 1 {
        digits.insert(0, '0');
    } else if digits.starts_with(|digit| "89abcdef".contains(digit)) {
        digits.insert_str(0, "00");
    }
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn hashed(numbers: &[&BoxedUint]) -> BoxedUint {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| signed(number)).collect();
    uint(&Sha256::digest(bytes))
}
