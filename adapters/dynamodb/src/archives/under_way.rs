//! Which jobs of a person wait or run: one item for each person, so that a condition on it holds for all of them.

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    IdentityId, StoreError,
    archive::{ArchiveId, Job},
};

use super::{
    DynamoArchives,
    item::{self, ID, OWNER},
};
use crate::{
    attributes::{Unreadable, item, number, text},
    commit::{Change, Condition, Effect},
};

/// The sort key: behind every job, and not among the parts of selections.
const SORT: &str = "under way";

const IDS: &str = "ids";

/// The part of a write that adds the job, if there are fewer than `most`, which is at least 1.
pub(super) fn add<'a>(
    archives: &'a DynamoArchives,
    owner: &IdentityId,
    id: ArchiveId,
    most: u32,
) -> Change<'a> {
    Change {
        condition: Some(Condition {
            expression: "attribute_not_exists(ids) OR size(ids) < :most",
            values: item([(":most", number(most.into()))]),
        }),
        ..change(archives, owner, "ADD ids :id", &[id])
    }
}

/// The part of a write that takes out the job, if it is in.
pub(super) fn remove<'a>(
    archives: &'a DynamoArchives,
    owner: &IdentityId,
    id: ArchiveId,
) -> Change<'a> {
    change(archives, owner, "DELETE ids :id", &[id])
}

fn change<'a>(
    archives: &'a DynamoArchives,
    owner: &IdentityId,
    expression: &'static str,
    ids: &[ArchiveId],
) -> Change<'a> {
    let ids = ids.iter().map(ToString::to_string).collect();
    Change {
        table: &archives.table,
        effect: Effect::Update {
            key: item([(OWNER, text(owner.as_str())), (ID, text(SORT))]),
            expression,
            values: item([(":id", AttributeValue::Ss(ids))]),
        },
        condition: None,
    }
}

/// The jobs. Those that DynamoDB has removed by their age are taken out.
pub(super) async fn read(
    archives: &DynamoArchives,
    owner: &IdentityId,
) -> Result<Vec<Job>, StoreError> {
    let table = &archives.table;
    let key = item([(OWNER, text(owner.as_str())), (ID, text(SORT))]);
    let stored = archives
        .database
        .read(table, key, None)
        .await?
        .unwrap_or_default();
    let mut ids = read_ids(stored.get(IDS)).map_err(|cause| {
        StoreError::corrupt(format!("list of `{owner}`'s archives under way"), cause)
    })?;
    let keys = ids.iter().map(|id| item::key(owner, *id)).collect();
    let found = archives.database.read_several(table, keys).await?;
    let jobs = found.into_iter().map(|job| item::decode_found(owner, job));
    let mut jobs: Vec<_> = jobs.collect::<Result<_, _>>()?;
    ids.retain(|id| jobs.iter().all(|job| job.id != *id));
    if !ids.is_empty() {
        let gone = change(archives, owner, "DELETE ids :id", &ids);
        archives.database.commit(&[gone]).await?;
    }
    // One may have ended since the list was read.
    jobs.retain(|job| job.status().is_under_way());
    Ok(jobs)
}

fn read_ids(stored: Option<&AttributeValue>) -> Result<Vec<ArchiveId>, Unreadable> {
    let texts = match stored {
        None => return Ok(Vec::new()),
        Some(AttributeValue::Ss(texts)) => texts,
        Some(_) => return Err(Unreadable::Type(IDS, "SS")),
    };
    let invalid = |cause| Unreadable::Invalid(IDS, cause);
    let ids = texts.iter().map(|text| text.parse().map_err(invalid));
    ids.collect()
}
