//! Jobs as items.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    IdentityId, StoreError, Timestamp, Version,
    archive::{ArchiveId, ArchiveName, Job, Missing, Progress, State, Toll},
};
use serde::{Deserialize, Serialize};

use crate::attributes::{
    Item, Unreadable, item, millis, number, take_json, take_millis, take_number, take_parsed, text,
    time_to_live,
};

pub(super) const OWNER: &str = "userId";
pub(super) const ID: &str = "archiveId";
pub(super) const REMOVED_AT: &str = "removedAt";
const VERSION: &str = "version";
const CREATED_AT: &str = "createdAt";
const EXPIRES_AT: &str = "expiresAt";
const JOB: &str = "job";

/// How long a job is remembered after it was asked for, together with what it is of.
const MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What of a job is not looked at by DynamoDB, nor by whoever looks at the table for a moment or a version.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    name: ArchiveName,
    files_total: u64,
    bytes_total: u64,
    progress: Progress,
    missing: Missing,
    expected: Option<Toll>,
    actual: Option<Toll>,
    state: State,
    attempts: u32,
}

pub(super) fn key(owner: &IdentityId, id: ArchiveId) -> Item {
    item([(OWNER, text(owner.as_str())), (ID, text(id.to_string()))])
}

/// When DynamoDB removes what was asked for at `created_at`.
pub(super) fn removed_at(created_at: Timestamp) -> AttributeValue {
    time_to_live(created_at.plus(MEMORY))
}

pub(super) fn encode(job: &Job) -> Result<Item, StoreError> {
    let rest = Rest {
        name: job.name.clone(),
        files_total: job.files_total,
        bytes_total: job.bytes_total,
        progress: job.progress,
        missing: job.missing.clone(),
        expected: job.expected,
        actual: job.actual,
        state: job.state,
        attempts: job.attempts,
    };
    let rest = serde_json::to_string(&rest).map_err(StoreError::unavailable)?;
    let mut encoded = key(&job.owner, job.id);
    encoded.extend(item([
        (VERSION, number(job.version.get())),
        (CREATED_AT, millis(job.created_at)),
        (EXPIRES_AT, millis(job.expires_at)),
        (REMOVED_AT, removed_at(job.created_at)),
        (JOB, text(rest)),
    ]));
    Ok(encoded)
}

/// The job `id` of `owner`, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the archive.
pub(super) fn decode(owner: &IdentityId, id: ArchiveId, item: Item) -> Result<Job, StoreError> {
    read(owner, id, item)
        .map_err(|cause| StoreError::corrupt(format!("archive `{id}` of `{owner}`"), cause))
}

/// The job of `owner` that was found without its id being known.
///
/// # Errors
/// `Corrupt`, naming the archive, or the owner if it is the archive's key that cannot be read.
pub(super) fn decode_found(owner: &IdentityId, mut item: Item) -> Result<Job, StoreError> {
    let id = take_parsed(&mut item, ID)
        .map_err(|cause| StoreError::corrupt(format!("key of an archive of `{owner}`"), cause))?;
    decode(owner, id, item)
}

fn read(owner: &IdentityId, id: ArchiveId, mut item: Item) -> Result<Job, Unreadable> {
    let rest: Rest = take_json(&mut item, JOB)?;
    Ok(Job {
        owner: owner.clone(),
        id,
        name: rest.name,
        files_total: rest.files_total,
        bytes_total: rest.bytes_total,
        progress: rest.progress,
        missing: rest.missing,
        expected: rest.expected,
        actual: rest.actual,
        state: rest.state,
        attempts: rest.attempts,
        created_at: take_millis(&mut item, CREATED_AT)?,
        expires_at: take_millis(&mut item, EXPIRES_AT)?,
        version: Version::new(take_number(&mut item, VERSION)?),
    })
}

#[cfg(test)]
mod tests {
    use notewarden_domain::archive::{LEASE, Limits};
    use uuid::Uuid;

    use super::*;

    fn job() -> Job {
        let owner = IdentityId::new("us-east-1", Uuid::from_u128(7)).unwrap();
        let id = ArchiveId::new(Uuid::from_u128(1));
        let now = Timestamp::from_millis(1_795_262_400_001);
        let selected = Progress { files: 2, bytes: 5 };
        Job::queued(owner, id, ArchiveName::default(), selected, now)
    }

    /// Kept by the tables of those who have deployed it.
    #[test]
    fn a_job_is_stored_as_documented() {
        let limits = Limits::default();
        let (job, _) = job()
            .claim(LEASE, &limits, Timestamp::from_millis(1_795_262_401_000))
            .unwrap();
        let mut item = encode(&job).unwrap();
        let stored = take_json::<serde_json::Value>(&mut item, JOB).unwrap();
        assert_eq!(
            stored.to_string(),
            concat!(
                r#"{"name":"archive.zip","filesTotal":2,"bytesTotal":5,"progress":{"files":0,"bytes":0},"#,
                r#""missing":{"names":[],"count":0},"expected":null,"actual":null,"#,
                r#""state":{"status":"running","attempt":1,"lease_until":1795262461000},"attempts":1}"#
            )
        );
        let number = |name: &str| item[name].as_n().unwrap().as_str();
        assert_eq!(number(VERSION), job.version.get().to_string());
        assert_eq!(number(CREATED_AT), "1795262400001");
        assert_eq!(number(EXPIRES_AT), "1795348800001");
        assert_eq!(number(REMOVED_AT), "1797854401");
    }

    #[test]
    fn a_damaged_job_is_named() {
        let job = job();
        let mut item = encode(&job).unwrap();
        item.insert(JOB.to_owned(), text("{"));
        let error = decode(&job.owner, job.id, item).unwrap_err();
        assert_eq!(
            error.to_string(),
            "stored archive `00000000-0000-0000-0000-000000000001` of \
             `us-east-1:00000000-0000-0000-0000-000000000007` is corrupt"
        );
    }
}
