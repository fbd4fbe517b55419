//! The verifier against AWS's suite, AWS's published examples, the reference signer, and attackers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod wire;

mod attacks;
mod bodies;
mod diagnosis;
mod published;
mod robustness;
mod roundtrip;
mod suite;
