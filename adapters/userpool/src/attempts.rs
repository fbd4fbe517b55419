//! The lockout after wrong passwords, and after wrong codes of a second factor.
//!
//! Failures are counted in a fixed number of places, which users share by a keyed hash: users that do not
//! exist are counted just like those that do, and nobody can push another's count out of memory. Two that
//! share a place can only lock each other out sooner. What is counted outlives a restart: a wrong answer is
//! written before it is told, and a right one only if it ends a count.

mod table;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notewarden_domain::{StoreError, Timestamp};
use notewarden_embedded::Database;
use redb::WriteTransaction;
use uuid::Uuid;

use crate::vault::{Purpose, Vault};

/// Wrong answers that lock nobody out.
const FREE_FAILURES: u32 = 4;
/// The longest lockout; also how long nobody may try for the count to start anew.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How many users' failures can be told apart: four times as many as try at once in a large pool.
const PLACES: usize = 1 << 16;

/// What was tried: each has counts of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// A password.
    Password,
    /// A code of an authenticator.
    SoftwareToken,
}

impl Tried {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Password => b"password",
            Self::SoftwareToken => b"software token",
        }
    }
}

/// Too many wrong answers: wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many wrong answers")]
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

/// The failed answers of a pool.
pub(crate) struct Attempts {
    database: Database,
    places: Mutex<Box<[Failures]>>,
}

impl Attempts {
    /// What was counted before in `database`.
    pub(crate) fn open(database: Database) -> Result<Self, StoreError> {
        let mut places = vec![Failures::default(); PLACES].into_boxed_slice();
        for (index, failures) in table::read_all(&database)? {
            if let Some(place) = places.get_mut(usize::from(index)) {
                *place = failures;
            }
        }
        Ok(Self {
            database,
            places: Mutex::new(places),
        })
    }

    /// Makes sure that `user` is not locked out.
    pub(crate) fn check(
        &self,
        vault: &Vault,
        tried: Tried,
        user: Uuid,
        now: Timestamp,
    ) -> Result<(), LockedOut> {
        self.at(place(vault, tried, user), |failures| failures.check(now))
    }

    /// Counts an answer that was checked, and found right or wrong.
    ///
    /// # Errors
    /// The count cannot be kept; or, inside, the user was locked out meanwhile: nobody may learn what was
    /// found. So of many tries made at once no more tell anything than of tries made one after the other.
    pub(crate) async fn conclude(
        self: &Arc<Self>,
        vault: &Vault,
        tried: Tried,
        user: Uuid,
        is_right: bool,
        now: Timestamp,
    ) -> Result<Result<(), LockedOut>, StoreError> {
        let place = place(vault, tried, user);
        let counted = self.at(place, |failures| {
            failures.check(now)?;
            let before = *failures;
            *failures = if is_right {
                Failures::default()
            } else {
                failures.more(now)
            };
            Ok(*failures != before)
        });
        match counted {
            Err(locked_out) => Ok(Err(locked_out)),
            Ok(is_changed) => {
                if is_changed {
                    self.keep(place).await?;
                }
                Ok(Ok(()))
            }
        }
    }

    /// Forgets the failures of `user`, who has shown otherwise who they are.
    pub(crate) async fn forgive(
        self: &Arc<Self>,
        vault: &Vault,
        tried: Tried,
        user: Uuid,
    ) -> Result<(), StoreError> {
        let place = place(vault, tried, user);
        let before = self.at(place, std::mem::take);
        if before == Failures::default() {
            return Ok(());
        }
        self.keep(place).await
    }

    /// Writes what is counted at `place` when it is written: of two that are counted at once, the later may
    /// come first.
    async fn keep(self: &Arc<Self>, place: u16) -> Result<(), StoreError> {
        let all = Arc::clone(self);
        let keep = move |transaction: &WriteTransaction| {
            let failures = all.at(place, |failures| *failures);
            Ok(table::keep(transaction, place, failures)?)
        };
        self.database.write(keep).await
    }

    fn at<T>(&self, place: u16, change: impl FnOnce(&mut Failures) -> T) -> T {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        // INVARIANT: there is a place for every `u16`.
        let mut nowhere = Failures::default();
        change(places.get_mut(usize::from(place)).unwrap_or(&mut nowhere))
    }
}

/// Where the failures of `user` are counted.
fn place(vault: &Vault, tried: Tried, user: Uuid) -> u16 {
    let [first, second, ..] = vault.digest(Purpose::Attempts, &[tried.label(), user.as_bytes()]);
    u16::from_be_bytes([first, second])
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

    const PASSWORD: Tried = Tried::Password;

    #[tokio::test]
    async fn tries_while_locked_out_tell_and_count_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let database = Database::open(directory.path()).unwrap();
        let attempts = Arc::new(Attempts::open(database).unwrap());
        let (vault, user) = (Vault::for_tests(), Uuid::from_u128(1));
        let conclude = async |is_right, now| {
            let concluded = attempts.conclude(&vault, PASSWORD, user, is_right, now);
            concluded.await.unwrap()
        };
        for _ in 0..5 {
            attempts.check(&vault, PASSWORD, user, NOW).unwrap();
            conclude(false, NOW).await.unwrap();
        }
        let check = |tried, now| attempts.check(&vault, tried, user, now);
        assert_eq!(check(PASSWORD, NOW), Err(LockedOut));
        assert_eq!(check(Tried::SoftwareToken, NOW), Ok(()));
        for is_right in [true, false] {
            assert_eq!(conclude(is_right, NOW).await, Err(LockedOut));
        }
        conclude(false, after(1)).await.unwrap();
        assert_eq!(check(PASSWORD, after(2)), Err(LockedOut));
        conclude(true, after(3)).await.unwrap();
        conclude(false, after(3)).await.unwrap();
        assert_eq!(check(PASSWORD, after(3)), Ok(()));
    }

    #[tokio::test]
    async fn a_restart_forgets_no_failure_and_a_right_answer_writes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let (vault, user) = (Vault::for_tests(), Uuid::from_u128(1));
        let open = || {
            let database = Database::open(directory.path()).unwrap();
            let attempts = Attempts::open(database.clone()).unwrap();
            (database, Arc::new(attempts))
        };
        let (database, attempts) = open();
        let before = database.counters().writes;
        for _ in 0..3 {
            let right = attempts.conclude(&vault, PASSWORD, user, true, NOW);
            right.await.unwrap().unwrap();
        }
        assert_eq!(database.counters().writes, before);
        for _ in 0..5 {
            let wrong = attempts.conclude(&vault, PASSWORD, user, false, NOW);
            wrong.await.unwrap().unwrap();
        }
        drop((database, attempts));

        let (database, attempts) = open();
        let locked = attempts.check(&vault, PASSWORD, user, NOW);
        assert_eq!(locked, Err(LockedOut));
        let right = attempts.conclude(&vault, PASSWORD, user, true, after(1));
        right.await.unwrap().unwrap();
        drop((database, attempts));

        let (_database, attempts) = open();
        assert_eq!(attempts.check(&vault, PASSWORD, user, NOW), Ok(()));
    }
}
