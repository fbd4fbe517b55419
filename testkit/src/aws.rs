//! Where tests find something that answers as AWS does.

use std::env;

/// The variable that says where.
const VARIABLE: &str = "NOTEWARDEN_TEST_AWS";

/// The URL of a stand-in for AWS, which only tests ask for that are ignored unless there is one.
///
/// # Panics
/// `NOTEWARDEN_TEST_AWS` is not set.
pub fn endpoint() -> String {
    env::var(VARIABLE).unwrap_or_else(|_| {
        panic!("`{VARIABLE}` must be the URL of a stand-in for AWS: `cargo xtask test` starts one")
    })
}
