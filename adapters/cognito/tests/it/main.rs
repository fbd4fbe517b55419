//! The adapters against what speaks Cognito's protocols, on good days and on bad ones.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod contract;
mod faults;
mod permissions;
mod support;
