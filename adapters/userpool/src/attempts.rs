//! The lockout after wrong passwords.
//!
//! Failed sign-ins are counted in a fixed number of places, which users share by a keyed hash: users that do
//! not exist are counted just like those that do, and nobody can push another's count out of memory. Two
//! that share a place can only lock each other out sooner.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use notewarden_domain::Timestamp;
use uuid::Uuid;

use crate::vault::{Purpose, Vault};

/// Wrong passwords that lock nobody out.
const FREE_FAILURES: u32 = 4;
/// The longest lockout; also how long nobody may try for the count to start anew.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How many users' failures can be told apart: four times as many as try at once in a large pool.
const PLACES: usize = 1 << 16;

/// Too many wrong passwords: wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong passwords")]
pub(crate) struct LockedOut;

/// The failures counted at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Failures {
    count: u32,
    last: u64,
    locked_until: u64,
}

impl Failures {
    /// Counts a try as failed before its outcome is known, so that tries made at once are counted too.
    fn begin(self, now: Timestamp) -> Result<Self, LockedOut> {
        let now = now.as_millis();
        if now < self.locked_until {
            return Err(LockedOut);
        }
        let longest = millis(LONGEST);
        let was_left_alone = now.saturating_sub(self.last) >= longest;
        let count = if was_left_alone {
            1
        } else {
            self.count.saturating_add(1)
        };
        let lock = match count.checked_sub(FREE_FAILURES + 1) {
            None => 0,
            Some(doublings) => 1_000_u64
                .checked_shl(doublings.min(32))
                .unwrap_or(longest)
                .min(longest),
        };
        Ok(Self {
            count,
            last: now,
            locked_until: now.saturating_add(lock),
        })
    }
}

/// The failed sign-ins of a pool.
pub(crate) struct Attempts {
    places: Mutex<Box<[Failures]>>,
}

impl Attempts {
    pub(crate) fn new() -> Self {
        Self {
            places: Mutex::new(vec![Failures::default(); PLACES].into_boxed_slice()),
        }
    }

    /// Counts a try to sign in as `user`.
    ///
    /// # Errors
    /// The user is locked out; the try is not counted.
    pub(crate) fn begin(&self, vault: &Vault, user: Uuid, now: Timestamp) -> Result<(), LockedOut> {
        self.at(vault, user, |failures| {
            *failures = failures.begin(now)?;
            Ok(())
        })
    }

    /// The password was right: nothing has failed.
    pub(crate) fn succeed(&self, vault: &Vault, user: Uuid) {
        self.at(vault, user, |failures| *failures = Failures::default());
    }

    fn at<T>(&self, vault: &Vault, user: Uuid, change: impl FnOnce(&mut Failures) -> T) -> T {
        let [first, second, ..] = vault.digest(Purpose::Attempts, &[user.as_bytes()]);
        let index = usize::from(u16::from_be_bytes([first, second]));
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        // INVARIANT: there is a place for every `u16`.
        let mut nowhere = Failures::default();
        change(places.get_mut(index).unwrap_or(&mut nowhere))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);

    fn after(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    fn failed(times: u32) -> Failures {
        (0..times).fold(Failures::default(), |failures, _| {
            let now = Timestamp::from_millis(failures.locked_until.max(NOW.as_millis()));
            failures.begin(now).unwrap()
        })
    }

    #[test]
    fn the_fifth_failure_locks_for_a_second_and_each_more_for_twice_as_long() {
        assert_eq!(failed(4).begin(NOW), Ok(failed(5)));
        for (times, seconds) in [(5, 1), (6, 2), (7, 4), (14, 512), (15, 900)] {
            let failures = failed(times);
            assert_eq!(
                failures.locked_until - failures.last,
                seconds * 1_000,
                "{times}"
            );
        }
    }

    #[test]
    fn tries_while_locked_out_lengthen_nothing() {
        let failures = failed(5);
        assert_eq!(failures.begin(NOW), Err(LockedOut));
        assert_eq!(failures.begin(after(1)).unwrap().count, 6);
    }

    #[test]
    fn a_quarter_of_an_hour_alone_starts_anew() {
        assert_eq!(failed(4).begin(after(899)).unwrap().count, 5);
        assert_eq!(failed(4).begin(after(900)).unwrap().count, 1);
    }
}
