//! Verification through its public interface: tokens signed by real keys, an issuer on the loopback interface, and the
//! attacks that such code is known to fall for.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod attacks;
mod claims;
mod fetch;
mod issuer;
mod keys;
mod rotation;
mod vectors;
