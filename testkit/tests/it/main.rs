//! The fakes keep the contracts of the ports, and the use cases do their work over the fakes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod contracts;
