//! The pools through their public interface, over a real database in a directory of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod credentials;
mod data_directory;
mod identities;
mod identity_pool;
mod opaque_logins;
mod ports;
mod user_pool;
mod user_pool_login;
