//! What the adapters on AWS's SDK share: when their clients are made, how often and how long they try, and what AWS's
//! errors mean to a port.
//!
//! Where AWS is (region, endpoint, credentials, HTTP client) comes in as a [`SdkConfig`](aws_types::SdkConfig).
#![warn(missing_docs)]

mod deferred;
mod failure;
mod tuning;

pub use deferred::Deferred;
pub use failure::{Failure, store_error};
pub use tuning::Tuning;
