//! The adapter against what speaks S3's protocol, on good days and on bad ones.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod faults;
mod object_faults;
mod objects;
mod permissions;
mod support;
