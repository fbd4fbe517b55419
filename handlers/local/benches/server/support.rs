//! What the benchmarks share: a server in a process of its own, somebody with credentials and notes in its
//! data directory, and a load of signed requests over plain connections.

pub mod furnish;
pub mod load;
pub mod process;
#[path = "../../tests/it/support/signing.rs"]
pub mod signing;

use std::time::Duration;

/// The value in the middle.
pub fn median<T: Copy + PartialOrd>(values: &[T]) -> T {
    let mut values = values.to_vec();
    values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

/// Milliseconds, for people.
pub fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Microseconds, for people.
pub fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}
