//! The note store on DynamoDB: the port's contract on a stand-in, and what becomes of every kind of failure on the way.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod contract;
mod faults;
mod format;
mod lost_answers;
mod model;
mod pages;
mod quotas;
mod storage;
mod support;
mod transactions;
mod ways_in;
