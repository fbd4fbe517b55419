//! The stored forms of a job and of what it is of: a format byte, then JSON for the job, which is small and changes
//! with the versions of this program, and compact lists of names for the selection.

use notewarden_domain::{
    IdentityId, StoreError, Timestamp, Version,
    archive::{ArchiveId, ArchiveName, Job, Missing, Progress, Selection, State, Toll},
};
use serde::{Deserialize, Serialize};

use crate::objects;

/// The format of what [`encode`] writes.
const FORMAT: u8 = 1;

/// All of a job but its key.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobItem {
    name: ArchiveName,
    files_total: u64,
    bytes_total: u64,
    progress: Progress,
    missing: Missing,
    expected: Option<Toll>,
    actual: Option<Toll>,
    state: State,
    attempts: u32,
    created_at: Timestamp,
    expires_at: Timestamp,
    version: u64,
}

/// The stored form of all but the key.
///
/// # Errors
/// None that are known: a job is always JSON.
pub(super) fn encode(job: &Job) -> Result<Vec<u8>, StoreError> {
    let job = job.clone();
    let item = JobItem {
        name: job.name,
        files_total: job.files_total,
        bytes_total: job.bytes_total,
        progress: job.progress,
        missing: job.missing,
        expected: job.expected,
        actual: job.actual,
        state: job.state,
        attempts: job.attempts,
        created_at: job.created_at,
        expires_at: job.expires_at,
        version: job.version.get(),
    };
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, &item).map_err(StoreError::unavailable)?;
    Ok(bytes)
}

/// The job `id` of `owner`, stored as `bytes`.
///
/// # Errors
/// `Corrupt`, naming the job.
pub(super) fn decode(owner: &IdentityId, id: ArchiveId, bytes: &[u8]) -> Result<Job, StoreError> {
    let what = || format!("archive `{id}` of `{owner}`");
    let [FORMAT, json @ ..] = bytes else {
        return Err(StoreError::corrupt(what(), "it is of an unknown format"));
    };
    let item: JobItem =
        serde_json::from_slice(json).map_err(|error| StoreError::corrupt(what(), error))?;
    Ok(Job {
        owner: owner.clone(),
        id,
        name: item.name,
        files_total: item.files_total,
        bytes_total: item.bytes_total,
        progress: item.progress,
        missing: item.missing,
        expected: item.expected,
        actual: item.actual,
        state: item.state,
        attempts: item.attempts,
        created_at: item.created_at,
        expires_at: item.expires_at,
        version: Version::new(item.version),
    })
}

/// The stored form of a selection.
pub(super) fn encode_selection(selection: &Selection) -> Result<Vec<u8>, StoreError> {
    objects::encode(selection)
}

/// What the job `id` is of.
///
/// # Errors
/// `Corrupt`, naming the job.
pub(super) fn decode_selection(id: ArchiveId, bytes: &[u8]) -> Result<Selection, StoreError> {
    objects::decode(bytes, || format!("selection of archive `{id}`"))
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use notewarden_testkit::{
        SeededIds,
        fixtures::{NOON, identity, job},
    };

    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let ids = SeededIds::new(1);
        let job = job(&identity(&ids), &ids, NOON);
        let sound = encode(&job).unwrap();
        assert_eq!(decode(&job.owner, job.id, &sound).unwrap(), job);
        for (bytes, why) in [
            (&b""[..], "unknown format"),
            (b"\x02{}", "unknown format"),
            (b"\x01", "EOF"),
            (b"\x01{}", "missing field `name`"),
        ] {
            let error = decode(&job.owner, job.id, bytes).unwrap_err();
            assert!(error.to_string().contains(&job.id.to_string()), "{error}");
            let cause = error.source().unwrap().to_string();
            assert!(cause.contains(why), "{cause}");
        }
    }
}
