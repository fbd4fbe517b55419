//! The fakes keep the contracts of the ports, and the use cases do their work over the fakes.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod accounts;
mod archives;
mod contracts;
mod files;
mod notes;
