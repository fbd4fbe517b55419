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
    const fn check(self, now: Timestamp) -> Result<(), LockedOut> {
        if now.as_millis() < self.locked_until {
            Err(LockedOut)
        } else {
            Ok(())
        }
    }

    /// One more.
    fn more(self, now: Timestamp) -> Self {
        let now = now.as_millis();
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
        Self {
            count,
            last: now,
            locked_until: now.saturating_add(lock),
        }
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

    /// Makes sure that `user` is not locked out.
    pub(crate) fn check(&self, vault: &Vault, user: Uuid, now: Timestamp) -> Result<(), LockedOut> {
        self.at(vault, user, |failures| failures.check(now))
    }

    /// Counts a password that was checked, and found right or wrong.
    ///
    /// # Errors
    /// The user was locked out meanwhile: nobody may learn what was found. So of many tries made at once no
    /// more tell anything than of tries made one after the other.
    pub(crate) fn conclude(
        &self,
        vault: &Vault,
        user: Uuid,
        is_right: bool,
        now: Timestamp,
    ) -> Result<(), LockedOut> {
        self.at(vault, user, |failures| {
            failures.check(now)?;
            *failures = if is_right {
                Failures::default()
            } else {
                failures.more(now)
            };
            Ok(())
        })
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
            let now = failures.locked_until.max(NOW.as_millis());
            failures.more(Timestamp::from_millis(now))
        })
    }

    #[test]
    fn the_fifth_failure_locks_for_a_second_and_each_more_for_twice_as_long() {
        assert_eq!(failed(4).check(NOW), Ok(()));
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
    fn a_quarter_of_an_hour_alone_starts_anew() {
        assert_eq!(failed(4).more(after(899)).count, 5);
        assert_eq!(failed(4).more(after(900)).count, 1);
    }

    #[test]
    fn tries_while_locked_out_tell_and_count_nothing() {
        let vault = Vault::for_tests();
        let (attempts, user) = (Attempts::new(), Uuid::from_u128(1));
        for _ in 0..5 {
            attempts.check(&vault, user, NOW).unwrap();
            attempts.conclude(&vault, user, false, NOW).unwrap();
        }
        assert_eq!(attempts.check(&vault, user, NOW), Err(LockedOut));
        for is_right in [true, false] {
            let concluded = attempts.conclude(&vault, user, is_right, NOW);
            assert_eq!(concluded, Err(LockedOut));
        }
        attempts.conclude(&vault, user, false, after(1)).unwrap();
        assert_eq!(attempts.check(&vault, user, after(2)), Err(LockedOut));
        attempts.conclude(&vault, user, true, after(3)).unwrap();
        attempts.conclude(&vault, user, false, after(3)).unwrap();
        assert_eq!(attempts.check(&vault, user, after(3)), Ok(()));
    }
}
