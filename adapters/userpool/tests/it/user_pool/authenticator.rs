//! An authenticator (TOTP), written from RFC 6238.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::pool::Pool;

/// What a user has scanned.
#[derive(Clone)]
pub struct Authenticator {
    key: Vec<u8>,
}

impl Authenticator {
    /// The one that was given `secret_code`.
    pub fn new(secret_code: &str) -> Self {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = secret_code
            .chars()
            .map(|c| format!("{:05b}", alphabet.find(c).unwrap()))
            .collect();
        let bytes = bits.as_bytes().chunks_exact(8);
        let byte = |bits| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
        Self {
            key: bytes.map(byte).collect(),
        }
    }

    /// What it shows now.
    pub fn code(&self, pool: &Pool) -> String {
        self.code_after(pool, 0)
    }

    /// What it shows so many steps later.
    pub fn code_after(&self, pool: &Pool, steps: i64) -> String {
        let step = pool.data.clock().now().as_secs() / 30;
        let step = step.checked_add_signed(steps).unwrap();
        let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&self.key).unwrap();
        let digest = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
        let at = usize::from(digest.last().unwrap() & 15);
        let four = digest.get(at..at + 4).unwrap();
        let number = u32::from_be_bytes(four.try_into().unwrap());
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}
