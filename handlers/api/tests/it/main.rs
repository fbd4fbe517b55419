//! The HTTP API over fakes: the contract, row by row, and the attacks on it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod archives;
mod attacks;
mod caller;
mod errors;
mod files;
mod idempotency;
mod lists;
mod logs;
mod me;
mod names;
mod notes;
mod openapi;
mod preconditions;
mod ways_in;
mod world;
