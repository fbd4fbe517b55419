//! Confirmation codes: six digits that prove who reads an address, few tries, few messages.

mod shadows;

use std::time::Duration;

use notewarden_domain::{Timestamp, ports::IdSource};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use uuid::Uuid;

pub(crate) use self::shadows::Shadow;
use crate::{
    challenges::CHALLENGE_LIFETIME,
    random,
    secret::Secret,
    vault::{Purpose, Vault},
};

/// How long a sign-up code is taken.
pub const SIGN_UP_CODE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a code is taken that resets a password.
pub const RESET_CODE_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long a code is taken that verifies an address.
pub const VERIFICATION_CODE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a code is taken that signs in: as long as the challenge that asks for it.
pub const SIGN_IN_CODE_LIFETIME: Duration = CHALLENGE_LIFETIME;
/// Wrong codes after which the right one is refused too, until another is sent.
pub const MAX_FAILURES: u8 = 5;
/// Codes sent within [`SENDING_WINDOW`].
pub const MAX_SENT: u8 = 5;
/// See [`MAX_SENT`].
pub const SENDING_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Why a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It is not the one that was sent last.
    #[error("the code is not the one that was sent")]
    Mismatch,
    /// It is too old.
    #[error("the code has expired")]
    Expired,
    /// Too many wrong ones were tried, or too many were asked for.
    #[error("too many codes were tried or asked for")]
    LimitExceeded,
}

/// A new code of six digits.
pub(crate) fn generate(ids: &dyn IdSource) -> Secret {
    Secret::new(format!("{:06}", random::below(1_000_000, ids)))
}

/// The codes sent to one user for one purpose: what is kept to check the last one, and to count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentCodes {
    /// A keyed digest: six digits could be found from any other.
    #[serde(with = "crate::encoded")]
    digest: [u8; 32],
    expires_at: Timestamp,
    failures: u8,
    window_began_at: Timestamp,
    sent_in_window: u8,
}

impl SentCodes {
    /// The first code is sent.
    pub(crate) fn first(digest: [u8; 32], now: Timestamp, lifetime: Duration) -> Self {
        Self {
            digest,
            expires_at: now.plus(lifetime),
            failures: 0,
            window_began_at: now,
            sent_in_window: 1,
        }
    }

    /// No code is sent: none is right, and wrong ones are counted.
    pub(crate) const fn none(now: Timestamp) -> Self {
        Self {
            // INVARIANT: no keyed digest is all zeros, but for one in 2²⁵⁶.
            digest: [0; 32],
            expires_at: now,
            failures: 0,
            window_began_at: now,
            sent_in_window: 0,
        }
    }

    /// A first or another code is sent.
    ///
    /// # Errors
    /// Too many were within the hour.
    pub(crate) fn send(
        codes: &mut Option<Self>,
        digest: [u8; 32],
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<(), CodeError> {
        match codes {
            Some(codes) => codes.another(digest, now, lifetime),
            None => {
                *codes = Some(Self::first(digest, now, lifetime));
                Ok(())
            }
        }
    }

    /// As [`check`](Self::check); the right code is taken once.
    ///
    /// # Errors
    /// See [`CodeError`]. Where none was sent, every code is wrong.
    pub(crate) fn take(
        codes: &mut Option<Self>,
        digest: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), CodeError> {
        codes
            .get_or_insert_with(|| Self::none(now))
            .check(digest, now)?;
        *codes = None;
        Ok(())
    }

    /// Another code is sent, in place of the last.
    ///
    /// # Errors
    /// Too many were within the hour.
    pub(crate) fn another(
        &mut self,
        digest: [u8; 32],
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<(), CodeError> {
        let is_same_window = now.since(self.window_began_at) < SENDING_WINDOW;
        if is_same_window && self.sent_in_window >= MAX_SENT {
            return Err(CodeError::LimitExceeded);
        }
        *self = if is_same_window {
            Self {
                window_began_at: self.window_began_at,
                sent_in_window: self.sent_in_window.saturating_add(1),
                ..Self::first(digest, now, lifetime)
            }
        } else {
            Self::first(digest, now, lifetime)
        };
        Ok(())
    }

    /// Ends the code sent last; the count goes on.
    pub(crate) const fn end(&mut self, now: Timestamp) {
        self.expires_at = now;
    }

    /// Whether the code with `digest` is the one sent last; counts it if it is wrong.
    ///
    /// # Errors
    /// See [`CodeError`].
    pub(crate) fn check(&mut self, digest: &[u8; 32], now: Timestamp) -> Result<(), CodeError> {
        if self.failures >= MAX_FAILURES {
            return Err(CodeError::LimitExceeded);
        }
        if !bool::from(self.digest.ct_eq(digest)) {
            self.failures += 1;
            return Err(CodeError::Mismatch);
        }
        if now >= self.expires_at {
            return Err(CodeError::Expired);
        }
        Ok(())
    }
}

/// What is kept of `code` when it is sent to `user`: of nobody else's code, and of no other.
pub(crate) fn digest(vault: &Vault, user: Uuid, code: &str) -> [u8; 32] {
    vault.digest(Purpose::Code, &[user.as_bytes(), code.as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
    const RIGHT: [u8; 32] = [1; 32];
    const WRONG: [u8; 32] = [2; 32];

    #[test]
    fn five_wrong_codes_spoil_the_right_one_until_another_is_sent() {
        let mut codes = SentCodes::first(RIGHT, NOW, SIGN_UP_CODE_LIFETIME);
        for _ in 0..MAX_FAILURES {
            assert_eq!(codes.check(&WRONG, NOW), Err(CodeError::Mismatch));
        }
        assert_eq!(codes.check(&RIGHT, NOW), Err(CodeError::LimitExceeded));
        codes.another(RIGHT, NOW, SIGN_UP_CODE_LIFETIME).unwrap();
        assert_eq!(codes.check(&RIGHT, NOW), Ok(()));
    }

    #[test]
    fn a_code_lives_a_day() {
        let mut codes = SentCodes::first(RIGHT, NOW, SIGN_UP_CODE_LIFETIME);
        let end = NOW.plus(SIGN_UP_CODE_LIFETIME);
        assert_eq!(
            codes.check(&RIGHT, Timestamp::from_millis(end.as_millis() - 1)),
            Ok(())
        );
        assert_eq!(codes.check(&RIGHT, end), Err(CodeError::Expired));
    }

    proptest! {
        /// Whoever guesses, and asks for codes as often as they are given, has at most 25 tries an hour.
        #[test]
        fn guesses_are_few(steps in prop::collection::vec(prop_oneof![3 => Just(true), 1 => Just(false)], 0..400)) {
            let mut codes = SentCodes::first(RIGHT, NOW, SIGN_UP_CODE_LIFETIME);
            let mut tried = 0;
            for (index, guesses) in steps.into_iter().enumerate() {
                let now = NOW.plus(Duration::from_secs(index as u64));
                if guesses {
                    tried += u32::from(codes.check(&WRONG, now) == Err(CodeError::Mismatch));
                } else {
                    let _sent = codes.another(RIGHT, now, SIGN_UP_CODE_LIFETIME);
                }
            }
            prop_assert!(tried <= u32::from(MAX_FAILURES) * u32::from(MAX_SENT));
        }
    }
}
