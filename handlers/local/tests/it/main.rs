//! The local server, end to end: everything over HTTP, against a real server.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say what they counted"
)]

mod account;
mod archives;
mod attacks;
mod authz;
mod console;
mod durability;
mod federation;
mod files;
mod graphql;
mod links;
mod names;
mod s3;
mod support;
mod ways;
mod web;
