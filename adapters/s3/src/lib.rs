//! People's files as objects of an S3 bucket.
//!
//! Every key starts with `private/<identity id>/`. What the adapter calls, and so what its role must allow, is in
//! `tests/permissions.golden`, held against a run of the contract.
#![warn(missing_docs)]

mod files;

pub use files::S3Files;
