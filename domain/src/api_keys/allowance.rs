//! How much a key may ask: counted by each process for itself, so that a runaway script is stopped where it hurts.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::UsedUp;
use crate::{Timestamp, api_key::ApiKeyId};

/// How many requests a key may make in a minute of the clock, at each process that serves them.
pub const REQUESTS_A_MINUTE: u32 = 600;

const MINUTE: u64 = 60_000;

/// What the keys have asked in the current minute.
#[derive(Debug, Default)]
pub struct Allowance(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: u64,
    /// One entry for each key that was shown with its secret in this minute.
    requests: HashMap<ApiKeyId, u32>,
}

impl Allowance {
    /// Takes one request of `key` at `now` out of its minute.
    ///
    /// # Errors
    /// There is none left.
    pub fn spend(&self, key: ApiKeyId, now: Timestamp) -> Result<(), UsedUp> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.as_millis() / MINUTE;
        if minute.number != number {
            minute.number = number;
            minute.requests.clear();
        }
        let made = minute.requests.entry(key).or_default();
        if *made >= REQUESTS_A_MINUTE {
            return Err(UsedUp);
        }
        *made += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_as_many_as_it_says_for_each_key() {
        let allowance = Allowance::default();
        let [first, second] = [1, 2].map(ApiKeyId::new);
        let at = |millis| Timestamp::from_millis(millis);
        for _ in 0..REQUESTS_A_MINUTE {
            assert_eq!(allowance.spend(first, at(MINUTE - 1)), Ok(()));
        }
        assert_eq!(allowance.spend(first, at(MINUTE - 1)), Err(UsedUp));
        assert_eq!(allowance.spend(second, at(MINUTE - 1)), Ok(()));
        assert_eq!(allowance.spend(first, at(MINUTE)), Ok(()));
    }
}
