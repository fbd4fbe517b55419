//! What a job is of, cut into items of one kind: `names\<archive id>\<number>`. The first comes and goes with the job,
//! and the others are there before it is.

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    FileName, IdentityId, StoreError,
    archive::{ArchiveId, Job, Selection},
};

use super::{
    DynamoArchives,
    item::{ID, OWNER, REMOVED_AT, removed_at},
};
use crate::{
    attributes::{Item, Unreadable, item, number, take, take_number, text},
    database::next_page,
};

const NAMES: &str = "names";
const WITH_NOTES: &str = "withNotes";
const PARTS: &str = "parts";

/// How many bytes of names one item holds at most. Each name is counted with the byte that a list adds.
const PART_BYTES: usize = 350_000;

/// The key of one part, the first of which has the number 0.
pub(super) fn key(owner: &IdentityId, id: ArchiveId, part: usize) -> Item {
    let sort = format!("{}{part:04}", prefix(id));
    item([(OWNER, text(owner.as_str())), (ID, text(sort))])
}

fn prefix(id: ArchiveId) -> String {
    format!("names\\{id}\\")
}

/// The items of what `job` is of, in order; there is always a first.
pub(super) fn encode(job: &Job, selection: &Selection) -> Vec<Item> {
    let mut parts: Vec<Vec<AttributeValue>> = vec![Vec::new()];
    let mut bytes = 0;
    for name in &selection.names {
        let taken = name.as_str().len() + 1;
        if bytes + taken > PART_BYTES {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += taken;
        if let Some(part) = parts.last_mut() {
            part.push(text(name.as_str()));
        }
    }
    let count = number(parts.len() as u64);
    let encode = |(part, names)| {
        let mut encoded = key(&job.owner, job.id, part);
        encoded.extend(item([
            (NAMES, AttributeValue::L(names)),
            (WITH_NOTES, AttributeValue::Bool(selection.with_notes)),
            (PARTS, count.clone()),
            (REMOVED_AT, removed_at(job.created_at)),
        ]));
        encoded
    };
    parts.into_iter().enumerate().map(encode).collect()
}

/// What the job is of; `None` if the first part is not there, as without the job.
pub(super) async fn read(
    archives: &DynamoArchives,
    owner: &IdentityId,
    id: ArchiveId,
) -> Result<Option<Selection>, StoreError> {
    let corrupt = |cause| StoreError::corrupt(format!("selection of `{id}` of `{owner}`"), cause);
    let first = key(owner, id, 0);
    let mut selection: Option<Selection> = None;
    let (mut found, mut expected) = (0, 0);
    let mut behind = None;
    loop {
        let request = archives
            .database
            .query(
                &archives.table,
                owner,
                "userId = :owner AND begins_with(archiveId, :part)",
            )
            .expression_attribute_values(":part", text(prefix(id)))
            .set_exclusive_start_key(behind);
        let page = next_page(request).await?;
        for mut part in page.items {
            if selection.is_none() && part.get(ID) != first.get(ID) {
                return Ok(None);
            }
            found += 1;
            expected = take_part(&mut part, selection.get_or_insert_default()).map_err(corrupt)?;
        }
        if page.last.is_none() {
            break;
        }
        behind = page.last;
    }
    if found == expected {
        Ok(selection)
    } else {
        Err(corrupt(Unreadable::Parts { found, expected }))
    }
}

/// How many parts there are of what the job is of; none without the job.
pub(super) async fn count(
    archives: &DynamoArchives,
    owner: &IdentityId,
    id: ArchiveId,
) -> Result<usize, StoreError> {
    let first = key(owner, id, 0);
    let only = Some(PARTS.to_owned());
    let first = archives.database.read(&archives.table, first, only).await?;
    let count = first.map_or(Ok(0), |mut first| take_number(&mut first, PARTS));
    let count = count
        .map_err(|cause| StoreError::corrupt(format!("selection of `{id}` of `{owner}`"), cause))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Adds what the part holds to the selection, and says how many parts there are.
fn take_part(part: &mut Item, selection: &mut Selection) -> Result<u64, Unreadable> {
    let AttributeValue::Bool(with_notes) = take(part, WITH_NOTES)? else {
        return Err(Unreadable::Type(WITH_NOTES, "BOOL"));
    };
    selection.with_notes = with_notes;
    let AttributeValue::L(names) = take(part, NAMES)? else {
        return Err(Unreadable::Type(NAMES, "L"));
    };
    for name in names {
        let AttributeValue::S(name) = name else {
            return Err(Unreadable::Type(NAMES, "L of S"));
        };
        let name = FileName::try_from(name).map_err(|cause| Unreadable::Invalid(NAMES, cause));
        selection.names.push(name?);
    }
    take_number(part, PARTS)
}

#[cfg(test)]
mod tests {
    use notewarden_domain::{
        Timestamp,
        archive::{ArchiveName, Progress},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn ten_thousand_of_the_longest_names_are_parts_that_items_can_be() {
        let owner = IdentityId::new("us-east-1", Uuid::from_u128(7)).unwrap();
        let id = ArchiveId::new(Uuid::from_u128(1));
        let now = Timestamp::from_millis(0);
        let job = Job::queued(owner, id, ArchiveName::default(), Progress::default(), now);
        let names = (0..10_000).map(|i| format!("{i:x>960}").parse().unwrap());
        let selection = Selection {
            names: names.collect(),
            with_notes: true,
        };
        let parts = encode(&job, &selection);
        assert_eq!(parts.len(), 28);
        let mut read = Selection::default();
        for (number, mut part) in parts.into_iter().enumerate() {
            assert_eq!(part[ID], key(&job.owner, job.id, number)[ID]);
            let bytes = part[NAMES].as_l().unwrap().iter();
            let bytes: usize = bytes.map(|name| name.as_s().unwrap().len() + 1).sum();
            assert!(bytes <= PART_BYTES, "part {number} has {bytes} bytes");
            assert_eq!(take_part(&mut part, &mut read).unwrap(), 28);
        }
        assert!(read == selection);
    }

    #[test]
    fn no_part_is_among_the_jobs() {
        let last = ArchiveId::new(Uuid::max()).to_string();
        assert!(prefix(ArchiveId::new(Uuid::nil())) > last);
    }
}
