//! The loop over batches, and archives made over a store in memory.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod batches;
mod chores;
mod exports;
mod jobs;
mod messages;
mod names;
mod worker;
mod world;
mod zips;
