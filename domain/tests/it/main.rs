//! The policy language held against cases from outside, and archives against a reader of zips and models.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod archive;
mod policy;
