//! The local server in this process, and people who use it: what its own tests have.
#![expect(dead_code, reason = "its own tests use all of it")]

#[path = "../../../local/tests/it/support/actor.rs"]
mod actor;
#[path = "../../../local/tests/it/support/place.rs"]
mod place;
#[path = "../../../local/tests/it/support/signing.rs"]
mod signing;

pub use actor::Actor;
pub use place::{Answer, Place};
pub use signing::{Keys, Signing};
