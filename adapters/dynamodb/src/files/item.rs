//! Files as items: those that are there, and of those that are not what their last change was.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    FileName, IdentityId, StoreError, Timestamp,
    archive::Crc32,
    file::ContentType,
    ports::{FileEntry, FileMeta},
    quota::Usage,
};

use super::Sequencer;
use crate::{
    attributes::{
        Item, Unreadable, item, millis, number, take_millis, take_number, take_parsed, take_text,
        text, time_to_live,
    },
    commit::Condition,
};

const OWNER: &str = "userId";
const NAME: &str = "fileName";
const SEQUENCER: &str = "sequencer";
const ETAG: &str = "etag";
const SIZE: &str = "bytes";
const CONTENT_TYPE: &str = "contentType";
const MODIFIED_AT: &str = "modifiedAt";
const CRC32: &str = "crc32";
const REMOVED_AT: &str = "removedAt";
const FILES: &str = "fileCount";
const BYTES: &str = "byteCount";

/// The sort key of what a person's files take together. No file is called so.
const USAGE: &str = "/usage";

/// The first character that a file's name may start with.
pub(super) const FIRST: &str = " ";

/// How long the last change of a file that is gone is remembered: longer than any event is late.
const MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What the index knows of a file's last change.
pub(super) struct Known {
    pub(super) sequencer: Sequencer,
    /// The file's bytes, if it is there.
    pub(super) size: Option<u64>,
}

pub(super) fn key(owner: &IdentityId, name: &str) -> Item {
    item([(OWNER, text(owner.as_str())), (NAME, text(name))])
}

/// The sort key of an item, or what is known of it.
pub(super) fn name(item: &Item) -> Option<&str> {
    item.get(NAME)?.as_s().ok().map(String::as_str)
}

pub(super) fn usage_key(owner: &IdentityId) -> Item {
    key(owner, USAGE)
}

pub(super) fn present(
    owner: &IdentityId,
    name: &FileName,
    meta: &FileMeta,
    sequencer: &Sequencer,
) -> Item {
    let mut encoded = key(owner, name.as_str());
    encoded.extend(item([
        (SEQUENCER, text(sequencer.as_str())),
        (ETAG, text(meta.etag.as_str())),
        (SIZE, number(meta.size)),
        (CONTENT_TYPE, text(meta.content_type.as_str())),
        (MODIFIED_AT, millis(meta.modified_at)),
    ]));
    if let Some(crc32) = meta.crc32 {
        encoded.extend(item([(CRC32, number(crc32.get().into()))]));
    }
    encoded
}

pub(super) fn gone(
    owner: &IdentityId,
    name: &FileName,
    sequencer: &Sequencer,
    now: Timestamp,
) -> Item {
    let mut encoded = key(owner, name.as_str());
    encoded.extend(item([
        (SEQUENCER, text(sequencer.as_str())),
        (REMOVED_AT, time_to_live(now.plus(MEMORY))),
    ]));
    encoded
}

/// That the index still knows this and nothing else.
pub(super) fn is_still(known: Option<&Known>) -> Condition {
    match known {
        Some(known) => Condition {
            expression: "sequencer = :known",
            values: item([(":known", text(known.sequencer.as_str()))]),
        },
        None => Condition {
            expression: "attribute_not_exists(fileName)",
            values: item([]),
        },
    }
}

/// What is added to the counts of files and of bytes, unless nothing is.
pub(super) fn difference(
    before: Option<u64>,
    after: Option<u64>,
) -> Option<(AttributeValue, AttributeValue)> {
    let files = i128::from(after.is_some()) - i128::from(before.is_some());
    let bytes = i128::from(after.unwrap_or(0)) - i128::from(before.unwrap_or(0));
    let number = |difference: i128| AttributeValue::N(difference.to_string());
    (files != 0 || bytes != 0).then(|| (number(files), number(bytes)))
}

/// What the index knows of the file `name`, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the file.
pub(super) fn known(
    owner: &IdentityId,
    name: &FileName,
    mut item: Item,
) -> Result<Known, StoreError> {
    let mut read = || {
        let sequencer = take_text(&mut item, SEQUENCER)?;
        let sequencer = sequencer.parse();
        let size = if is_present(&item) {
            Some(take_number(&mut item, SIZE)?)
        } else {
            None
        };
        Ok(Known {
            sequencer: sequencer.map_err(|_| Unreadable::Sequencer(SEQUENCER))?,
            size,
        })
    };
    read().map_err(|cause| corrupt(owner, name, cause))
}

pub(super) fn is_present(item: &Item) -> bool {
    item.contains_key(ETAG)
}

/// The file that was found, which is there.
///
/// # Errors
/// `Corrupt`, naming the file, or the owner if it is the file's name that cannot be read.
pub(super) fn decode_found(owner: &IdentityId, mut item: Item) -> Result<FileEntry, StoreError> {
    let name = take_parsed(&mut item, NAME)
        .map_err(|cause| StoreError::corrupt(format!("key of a file of `{owner}`"), cause))?;
    let meta = read_meta(item).map_err(|cause| corrupt(owner, &name, cause))?;
    Ok(FileEntry { name, meta })
}

fn read_meta(mut item: Item) -> Result<FileMeta, Unreadable> {
    let crc32 = if item.contains_key(CRC32) {
        let value = take_number(&mut item, CRC32)?;
        let value = value.try_into().map_err(|_| Unreadable::Number(CRC32))?;
        Some(Crc32::new(value))
    } else {
        None
    };
    Ok(FileMeta {
        size: take_number(&mut item, SIZE)?,
        content_type: take_parsed::<ContentType>(&mut item, CONTENT_TYPE)?,
        etag: take_text(&mut item, ETAG)?,
        modified_at: take_millis(&mut item, MODIFIED_AT)?,
        crc32,
    })
}

/// What the person's files take together, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the person.
pub(super) fn usage(owner: &IdentityId, mut item: Item) -> Result<Usage, StoreError> {
    let mut read = || {
        Ok(Usage {
            files: take_number(&mut item, FILES)?,
            bytes: take_number(&mut item, BYTES)?,
        })
    };
    read().map_err(|cause: Unreadable| StoreError::corrupt(format!("usage of `{owner}`"), cause))
}

fn corrupt(owner: &IdentityId, name: &FileName, cause: Unreadable) -> StoreError {
    StoreError::corrupt(format!("file `{name}` of `{owner}`"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_called_like_the_counters() {
        assert!(USAGE.parse::<FileName>().is_err());
    }

    #[test]
    fn the_difference_is_signed_and_left_out_if_there_is_none() {
        let shown = |before, after| {
            difference(before, after)
                .map(|(files, bytes)| [files, bytes].map(|number| number.as_n().unwrap().clone()))
        };
        let expected = |files: &str, bytes: &str| Some([files.to_owned(), bytes.to_owned()]);
        assert_eq!(shown(None, Some(5)), expected("1", "5"));
        assert_eq!(shown(Some(5), Some(3)), expected("0", "-2"));
        assert_eq!(
            shown(Some(u64::MAX), None),
            expected("-1", "-18446744073709551615")
        );
        assert_eq!(shown(Some(3), Some(3)), None);
        assert_eq!(shown(None, None), None);
        assert_eq!(shown(None, Some(0)), expected("1", "0"));
    }
}
