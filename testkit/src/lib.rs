//! What the tests of every crate share: in-memory fakes of the ports, contract suites that fakes and
//! adapters alike must pass, fault injection, and a test client whose calls read as sentences.
//!
//! Everything here is for tests: it fails by panicking, with a sentence.
#![warn(missing_docs)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, and this crate is only ever part of tests"
)]

pub mod aws;
pub mod client;
pub mod contract;
pub mod fakes;
pub mod faults;
pub mod fixtures;
pub mod http;
pub mod issuer;
pub mod model;
pub mod world;

pub use fakes::{
    FixedClock, MemoryAccounts, MemoryApiKeys, MemoryArchives, MemoryClaims, MemoryFiles,
    MemoryIdentities, MemoryLinks, MemoryNotes, MemoryObjects, MemoryQueue, PlainLinks, SeededIds,
    SteppedClock,
};
pub use world::World;
