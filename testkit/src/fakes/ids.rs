//! Ids and secrets that are the same in every run.

use std::sync::{Mutex, PoisonError};

use notewarden_domain::{Timestamp, ports::IdSource};
use uuid::Uuid;

/// A source whose values follow from its seed: unpredictable to nobody, equal in every run.
#[derive(Debug)]
pub struct SeededIds(Mutex<State>);

#[derive(Debug)]
struct State {
    random: u64,
    millis: u64,
    counter: u64,
}

impl SeededIds {
    /// The source with this seed.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(State {
            random: seed,
            millis: 0,
            counter: 0,
        }))
    }

    fn with<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// SplitMix64 (Steele, Lea, Flood: “Fast splittable pseudorandom number generators”).
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl IdSource for SeededIds {
    /// RFC 9562, 5.7: milliseconds, then a counter in place of the first random bits (6.2, method 1).
    fn uuid_v7(&self, now: Timestamp) -> Uuid {
        self.with(|state| {
            if now.as_millis() > state.millis {
                state.millis = now.as_millis();
                state.counter = 0;
            } else {
                state.counter += 1;
            }
            let random = u128::from(state.next() & 0x3fff_ffff_ffff_ffff);
            let counter = u128::from(state.counter & 0xfff);
            let millis = u128::from(state.millis & 0xffff_ffff_ffff);
            Uuid::from_u128(millis << 80 | 7 << 76 | counter << 64 | 2 << 62 | random)
        })
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.with(|state| {
            for chunk in bytes.chunks_mut(8) {
                let random = state.next().to_le_bytes();
                for (byte, value) in chunk.iter_mut().zip(random) {
                    *byte = value;
                }
            }
        });
    }
}
