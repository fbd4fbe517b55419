//! Lists and look-ups of files among the objects' own keys.

use std::ops::Bound;

use notewarden_domain::{
    FileName, IdentityId, ObjectKey,
    ports::{FileEntry, FileMeta, FilePage, FileQuery},
};
use redb::ReadTransaction;

use super::meta;
use crate::{
    database::{Fault, existing},
    objects::{OBJECTS, describe, successor},
};

/// A page of the owner's files. Objects whose keys no file name makes, as a client of the object store itself may
/// have stored, are passed over.
pub(super) fn list(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    query: &FileQuery,
) -> Result<FilePage, Fault> {
    let mut page = FilePage::default();
    let Some(objects) = existing(transaction.open_table(OBJECTS))? else {
        return Ok(page);
    };
    let folder = ObjectKey::private_prefix(owner);
    let prefix = format!("{folder}{}", query.prefix.as_str());
    let after = query.after.as_ref();
    let after = after.map(|after| ObjectKey::private(owner, after));
    let after = after.as_ref().map(|after| after.as_str().as_bytes());
    let start = match after {
        Some(after) if after >= prefix.as_bytes() => Bound::Excluded(after),
        _ => Bound::Included(prefix.as_bytes()),
    };
    let end = successor(&prefix);
    if after >= end.as_deref() {
        return Ok(page);
    }
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    for entry in objects.range::<&[u8]>((start, end))? {
        let (key, value) = entry?;
        let name = str::from_utf8(key.value()).ok();
        let name = name.and_then(|key| key.strip_prefix(&folder)?.parse().ok());
        let Some(name) = name else { continue };
        if page.files.len() >= query.limit {
            page.more = true;
            break;
        }
        let (head, attributes) = describe(key.value(), value.value())?;
        let meta = meta(head, &attributes);
        page.files.push(FileEntry { name, meta });
    }
    Ok(page)
}

/// What is known of each of these files, at one moment.
pub(super) fn find(
    transaction: &ReadTransaction,
    owner: &IdentityId,
    names: &[FileName],
) -> Result<Vec<Option<FileMeta>>, Fault> {
    let Some(objects) = existing(transaction.open_table(OBJECTS))? else {
        return Ok(vec![None; names.len()]);
    };
    let find = |name| {
        let key = ObjectKey::private(owner, name);
        let key = key.as_str().as_bytes();
        let Some(value) = objects.get(key)? else {
            return Ok(None);
        };
        let (head, attributes) = describe(key, value.value())?;
        Ok(Some(meta(head, &attributes)))
    };
    names.iter().map(find).collect()
}
