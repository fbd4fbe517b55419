//! What a zip takes: requests, bytes and money.

use serde::{Deserialize, Serialize};

/// What making a zip takes. A plan says beforehand what it expects, a worker afterwards what it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Toll {
    /// PUT and POST requests: parts, and the beginning and end of an upload.
    pub puts: u64,
    /// Part copies.
    pub copies: u64,
    /// GET requests.
    pub gets: u64,
    /// Bytes that pass through the worker.
    pub bytes_through_worker: u64,
    /// Bytes that the store copies.
    pub bytes_copied: u64,
    /// Billionths of a US dollar: requests and the worker's memory.
    pub nanodollars: u64,
}
