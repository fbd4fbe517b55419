//! A real server on a free port, and people who use it over HTTP, signed by AWS's own signer.

mod actor;
mod place;
mod signing;

pub use actor::{Actor, PASSWORD};
pub use place::{Answer, Place};
pub use signing::{Keys, Signing};
