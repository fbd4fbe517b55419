//! Time-based one-time passwords (RFC 6238) as authenticators make them: HMAC-SHA-1, steps of 30 seconds, six
//! digits.

use hmac::{Hmac, KeyInit, Mac};
use notewarden_domain::{Timestamp, ports::IdSource};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::secret::Secret;

/// Seconds of a step.
const STEP: u64 = 30;
/// How many steps an authenticator's clock may be off, each way.
const SKEW: u64 = 1;
/// Digits of a code.
const DIGITS: usize = 6;

/// What an authenticator and the pool share: 160 bits, as RFC 4226 advises.
#[derive(Clone)]
pub(crate) struct SharedSecret(Vec<u8>);

impl SharedSecret {
    const LENGTH: usize = 20;

    pub(crate) fn generate(ids: &dyn IdSource) -> Self {
        let mut bytes = vec![0; Self::LENGTH];
        ids.fill(&mut bytes);
        Self(bytes)
    }

    pub(crate) const fn from_kept(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `SecretCode`: what the user types or scans, in base32 (RFC 4648) without padding.
    pub(crate) fn to_base32(&self) -> Secret {
        const ALPHABET: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text = String::with_capacity(self.0.len().div_ceil(5) * 8);
        for chunk in self.0.chunks(5) {
            let mut group = [0; 8];
            for (to, from) in group.iter_mut().skip(3).zip(chunk) {
                *to = *from;
            }
            let bits = u64::from_be_bytes(group);
            let characters = (chunk.len() * 8).div_ceil(5);
            for shift in (0..8_u32).rev().take(characters) {
                let index = usize::try_from(bits >> (shift * 5) & 31).unwrap_or_default();
                text.extend(ALPHABET.get(index).map(|&byte| char::from(byte)));
            }
        }
        Secret::new(text)
    }

    /// The step, of those that a clock may show at `now`, whose code `code` is. All are compared, in constant
    /// time.
    pub(crate) fn step_of(&self, code: &str, now: Timestamp) -> Option<u64> {
        let current = now.as_secs() / STEP;
        let steps = current.saturating_sub(SKEW)..=current + SKEW;
        let mut found = None;
        for step in steps {
            let is_right = self.code(step).as_bytes().ct_eq(code.as_bytes());
            if bool::from(is_right) {
                found = Some(step);
            }
        }
        found
    }

    /// HOTP (RFC 4226) of a step.
    fn code(&self, step: u64) -> String {
        let Ok(mac) = <Hmac<Sha1> as KeyInit>::new_from_slice(&self.0) else {
            // INVARIANT: HMAC takes keys of every length.
            return String::new();
        };
        let digest: [u8; 20] = mac
            .chain_update(step.to_be_bytes())
            .finalize()
            .into_bytes()
            .into();
        let [.., last] = digest;
        let offset = usize::from(last & 0xf);
        let number = digest
            .iter()
            .skip(offset)
            .take(4)
            .fold(0, |number: u32, &byte| number << 8 | u32::from(byte));
        let code = (number & 0x7fff_ffff) % 10_u32.pow(6);
        format!("{code:0DIGITS$}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn rfc() -> SharedSecret {
        SharedSecret::from_kept(b"12345678901234567890".to_vec())
    }

    /// RFC 6238, appendix B, whose codes have eight digits: the last six are those of six.
    #[test]
    fn the_codes_of_the_rfc_come_out() {
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(rfc().code(seconds / STEP), code[2..], "{seconds}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_codes_of_counters_come_out() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in codes.iter().enumerate() {
            assert_eq!(rfc().code(step as u64), *code);
        }
    }

    #[test]
    fn a_clock_may_be_a_step_off_and_no_more() {
        let code = rfc().code(1_000);
        for (step, expected) in [
            (998, None),
            (999, Some(1_000)),
            (1_000, Some(1_000)),
            (1_001, Some(1_000)),
            (1_002, None),
        ] {
            assert_eq!(rfc().step_of(&code, at(step * STEP)), expected, "{step}");
        }
        for wrong in ["", "00000", &format!("{code}0"), "abcdef"] {
            assert_eq!(rfc().step_of(wrong, at(1_000 * STEP)), None, "{wrong}");
        }
        // The clock's very beginning is a time as well.
        assert_eq!(rfc().step_of(&rfc().code(0), at(0)), Some(0));
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn base32_is_the_rfcs() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            let secret = SharedSecret::from_kept(bytes.as_bytes().to_vec());
            assert_eq!(secret.to_base32().expose(), text);
        }
    }

    proptest! {
        #[test]
        fn a_code_is_six_digits_and_of_its_own_step(secret in any::<[u8; 20]>(), step in 1..1_u64 << 40) {
            let secret = SharedSecret::from_kept(secret.to_vec());
            let code = secret.code(step);
            prop_assert!(code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()));
            let found = secret.step_of(&code, at(step * STEP)).unwrap();
            prop_assert_eq!(secret.code(found), code);
        }
    }
}
