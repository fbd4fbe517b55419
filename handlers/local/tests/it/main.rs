//! The local server, end to end: everything over HTTP, against a real server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod attacks;
mod authz;
mod durability;
mod s3;
mod support;
