//! The machine's own clock and randomness, behind the domain's ports: what every program of ours takes time and ids
//! from, on one machine and on Lambda.
#![warn(missing_docs)]

use std::{
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use notewarden_domain::{
    Timestamp,
    ports::{Clock, IdSource},
};
use uuid::{ContextV7, Uuid};

/// The machine's wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }
}

/// The operating system's randomness, and UUIDv7s that also rise within one millisecond.
#[derive(Default)]
pub struct SystemIds {
    order: Mutex<ContextV7>,
    reserve: Mutex<Reserve>,
}

impl IdSource for SystemIds {
    fn uuid_v7(&self, now: Timestamp) -> Uuid {
        let context = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let millis = now.as_millis();
        let nanos = u32::try_from(millis % 1_000).unwrap_or(0) * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(&*context, millis / 1_000, nanos))
    }

    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() <= SHORT {
            let mut reserve = self.reserve.lock().unwrap_or_else(PoisonError::into_inner);
            reserve.take(bytes);
        } else {
            draw(bytes);
        }
    }
}

/// The longest that is drawn in advance, in bytes: an id. Keys are longer.
const SHORT: usize = 16;

/// Random bytes drawn in advance: every request has an id, and to ask the operating system for one costs as much
/// as to read the request. Each byte is given out once, and then forgotten.
struct Reserve {
    bytes: [u8; 1_024],
    given: usize,
}

impl Default for Reserve {
    fn default() -> Self {
        let bytes = [0; 1_024];
        Self {
            given: bytes.len(),
            bytes,
        }
    }
}

impl Reserve {
    fn take(&mut self, bytes: &mut [u8]) {
        if self.bytes.len() - self.given < bytes.len() {
            draw(&mut self.bytes);
            self.given = 0;
        }
        for (byte, kept) in bytes.iter_mut().zip(self.bytes.iter_mut().skip(self.given)) {
            *byte = std::mem::take(kept);
        }
        self.given += bytes.len();
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "this is where randomness enters; without it nothing is safe to do"
)]
fn draw(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_rise_within_a_millisecond() {
        let ids = SystemIds::default();
        let now = Timestamp::from_millis(1_700_000_000_123);
        let made: Vec<Uuid> = (0..1_000).map(|_| ids.uuid_v7(now)).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn no_random_byte_is_given_twice() {
        let ids = SystemIds::default();
        let made: BTreeSet<[u8; 16]> = (0..1_000)
            .map(|_| {
                let mut bytes = [0; 16];
                ids.fill(&mut bytes);
                assert!(bytes.iter().any(|byte| *byte != 0));
                bytes
            })
            .collect();
        assert_eq!(made.len(), 1_000);
    }
}
