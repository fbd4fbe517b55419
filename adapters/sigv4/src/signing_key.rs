//! Signing keys: derived from a secret for one day, region and service, and kept for the next request.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use lru::LruCache;
use sha2::Sha256;

use crate::{Credentials, Service, date::AmzDate, scope::TERMINATOR};

/// A derived key, as the state of an HMAC that has taken it in.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    pub(crate) fn derive(secret: &str, day: &str, region: &str, service: &str) -> Self {
        let start = [b"AWS4", secret.as_bytes()].concat();
        Self::chain(&start, [day, region, service, TERMINATOR], |key| key.into())
    }

    /// As clients derive it that forget the `AWS4`.
    pub(crate) fn derive_plain(secret: &str, day: &str, region: &str, service: &str) -> Self {
        let start = secret.as_bytes();
        Self::chain(start, [day, region, service, TERMINATOR], |key| key.into())
    }

    /// As clients derive it whose HMAC answers hexadecimal digits.
    pub(crate) fn derive_of_digits(secret: &str, day: &str, region: &str, service: &str) -> Self {
        let start = [b"AWS4", secret.as_bytes()].concat();
        let digits = |key: [u8; 32]| crate::hexadecimal::text(&key).into_bytes();
        Self::chain(&start, [day, region, service, TERMINATOR], digits)
    }

    fn chain(start: &[u8], parts: [&str; 4], key_of: impl Fn([u8; 32]) -> Vec<u8>) -> Self {
        let last = parts.into_iter().fold(start.to_vec(), |key, part| {
            key_of(mac(&keyed(&key), part.as_bytes()))
        });
        Self(keyed(&last))
    }

    /// The HMAC-SHA-256 of `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 32] {
        mac(&self.0, message)
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length")
}

fn mac(key: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    let mut mac = key.clone();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// What a derived key depends on besides the region, which is the verifier's.
#[derive(PartialEq, Eq, Hash)]
struct Derivation {
    secret: [u8; 32],
    day: [u8; 8],
    service: &'static str,
}

/// The signing keys used last.
pub(crate) struct KeyCache(Mutex<LruCache<Derivation, SigningKey>>);

impl KeyCache {
    pub(crate) fn new(capacity: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(capacity)))
    }

    /// The signing key of `credentials` on that day, derived if it is not at hand.
    pub(crate) fn get(
        &self,
        credentials: &Credentials,
        date: &AmzDate,
        region: &str,
        service: Service,
    ) -> SigningKey {
        let derivation = Derivation {
            secret: credentials.fingerprint(),
            day: date.day_bytes(),
            service: service.name(),
        };
        // The map is whole whatever a panicking thread left: it is only ever touched in these two calls.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = lock().get(&derivation) {
            return key.clone();
        }
        let key = SigningKey::derive(credentials.secret(), date.day(), region, service.name());
        lock().put(derivation, key.clone());
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The IAM User Guide's example of a derived key.
    #[test]
    fn derives_the_documented_key() {
        let key = SigningKey::derive(
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "20150830",
            "us-east-1",
            "iam",
        );
        let string_to_sign = "AWS4-HMAC-SHA256\n20150830T123600Z\n\
            20150830/us-east-1/iam/aws4_request\n\
            f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        assert_eq!(
            hex::encode(key.sign(string_to_sign.as_bytes())),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }
}
