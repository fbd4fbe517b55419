//! The queue against a stand-in for SQS, and on its bad days.

mod faults;
mod sending;
mod support;
