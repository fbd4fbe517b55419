//! The line that is left of an object that was removed because it was too much. Its name is not in it.

use notewarden_domain::{Timestamp, quota::OverQuota};
use serde::Serialize;

use super::{Metadata, Metrics, hash, metric};

/// An object that was removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal<'a> {
    /// When.
    pub(crate) at: Timestamp,
    /// In whose folder it was.
    pub(crate) owner: &'a str,
    /// Its bytes.
    pub(crate) size: u64,
    /// Why.
    pub(crate) over: OverQuota,
}

impl Removal<'_> {
    pub(super) fn record<'a>(&self, function: &'a str) -> Record<'a> {
        Record {
            aws: Metadata::of(self.at, &METRICS),
            function,
            removed_files: 1,
            removed_bytes: self.size,
            owner: hash(self.owner),
            reason: self.over,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(rename = "_aws")]
    aws: Metadata<2>,
    function: &'a str,
    removed_files: u8,
    removed_bytes: u64,
    owner: String,
    reason: OverQuota,
}

static METRICS: Metrics<2> = Metrics::by_function([
    metric("removedFiles", "Count"),
    metric("removedBytes", "Bytes"),
]);
