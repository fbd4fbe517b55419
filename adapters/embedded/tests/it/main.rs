//! The embedded stores keep the contracts of the ports, and what they answer survives power failures.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod archives;
mod database;
mod disk;
mod notes;
mod power_loss;
mod queue;
mod ways_in;
