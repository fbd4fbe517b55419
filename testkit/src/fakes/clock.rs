//! Clocks that tests wind by hand.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use notewarden_domain::{Timestamp, ports::Clock};

/// A clock that stands until it is advanced or set.
#[derive(Debug)]
pub struct FixedClock(AtomicU64);

impl FixedClock {
    /// A clock that stands at `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicU64::new(now.as_millis()))
    }

    /// Moves the hands to `now`, forward or back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves the hands forward by `duration`.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now().plus(duration));
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that goes on by a step each time it is read, so that no two readings are equal.
#[derive(Debug)]
pub struct SteppedClock {
    millis: AtomicU64,
    step: u64,
}

impl SteppedClock {
    /// A clock that first shows `start`, and `step` more with each reading.
    pub fn new(start: Timestamp, step: Duration) -> Self {
        Self {
            millis: AtomicU64::new(start.as_millis()),
            step: u64::try_from(step.as_millis()).expect("a step of a test clock is short"),
        }
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.fetch_add(self.step, Ordering::SeqCst))
    }
}
