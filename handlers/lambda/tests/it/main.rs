//! The functions as Lambda runs them: events in, answers out, and what is left in the log.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod archiver;
mod events;
mod failing;
mod function;
mod graphql;
mod indexer;
mod local;
mod loss;
mod parity;
mod runtime_api;
mod serving;
mod start;
