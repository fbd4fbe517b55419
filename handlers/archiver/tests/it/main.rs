//! The loop over batches: which messages come again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod batches;
mod messages;
mod worker;
