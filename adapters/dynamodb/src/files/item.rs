//! Files as items: those that are there, and of those that are not what their last change was.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use notewarden_domain::{
    FileName, IdentityId, ObjectKey, StoreError, Timestamp,
    archive::Crc32,
    file::{ContentType, ObjectChange, Sequencer},
    ports::{FileEntry, FileMeta},
    quota::{OverQuota, Quota, Usage},
};

use crate::{
    attributes::{
        Item, Unreadable, item, millis, number, take_json, take_millis, take_number, take_parsed,
        take_text, text, time_to_live,
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
const REFUSAL: &str = "refusal";
const REFUSED_ETAG: &str = "refusedEtag";
const FILES: &str = "fileCount";
const BYTES: &str = "byteCount";

/// The sort key of what a person's files take together. No file is called so.
const USAGE: &str = "/usage";

/// The first character that a file's name may start with.
pub(super) const FIRST: &str = " ";

/// How long the last change of a file that is gone is remembered: longer than any event is late.
const MEMORY: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What precedes the names of objects that no file name leads to, among the sort keys: before all files, whose names
/// have no control characters.
const NO_FILE: char = '\u{1}';

/// What the index knows of an object's last change.
pub(super) struct Known {
    pub(super) sequencer: Sequencer,
    /// The object's bytes, if it is there.
    pub(super) size: Option<u64>,
    /// Why its last upload was removed, if it was.
    pub(super) refusal: Option<OverQuota>,
    /// The entity tag of what is to be removed, while it may be there.
    pub(super) refused_etag: Option<String>,
}

/// What an object is after a change.
pub(super) enum State<'a> {
    /// It is there, and there may be as much as `quota` says.
    Present {
        meta: &'a FileMeta,
        quota: Option<&'a Quota>,
    },
    /// It is too much and will be removed, as was found out at `now`.
    Refused {
        meta: &'a FileMeta,
        over: OverQuota,
        now: Timestamp,
    },
    /// It is not there, as was heard at `now`.
    Gone { now: Timestamp },
}

impl State<'_> {
    /// The object's bytes, if it counts.
    pub(super) fn size(&self) -> Option<u64> {
        match self {
            Self::Present { meta, .. } => Some(meta.size),
            Self::Refused { .. } | Self::Gone { .. } => None,
        }
    }

    /// The entity tag of what is stored.
    pub(super) fn etag(&self) -> Option<&str> {
        match self {
            Self::Present { meta, .. } | Self::Refused { meta, .. } => Some(&meta.etag),
            Self::Gone { .. } => None,
        }
    }

    /// Whether there is room for it beside what else takes `usage`, or in place of `replaced` bytes.
    pub(super) fn check(&self, usage: Usage, replaced: Option<u64>) -> Result<(), OverQuota> {
        match self {
            Self::Present {
                meta,
                quota: Some(quota),
            } => quota.check(usage, meta.size, replaced),
            _ => Ok(()),
        }
    }

    /// The room that must be left for it, if any need be.
    ///
    /// # Errors
    /// There is none, even if nothing else is there.
    pub(super) fn room(&self, replaced: Option<u64>) -> Result<Option<Room>, OverQuota> {
        let Self::Present {
            meta,
            quota: Some(quota),
        } = self
        else {
            return Ok(None);
        };
        let least = Usage {
            files: replaced.map_or(0, |_| 1),
            bytes: replaced.unwrap_or(0),
        };
        quota.check(least, meta.size, replaced)?;
        let grows_by = meta.size.saturating_sub(replaced.unwrap_or(0));
        Ok(Some(Room {
            files_below: match replaced {
                None => quota.files,
                Some(_) => u64::MAX,
            },
            bytes_up_to: match grows_by {
                0 => u64::MAX,
                grows_by => quota.bytes.saturating_sub(grows_by),
            },
        }))
    }
}

/// What the counters may show for an object more to be taken.
pub(super) struct Room {
    files_below: u64,
    bytes_up_to: u64,
}

impl Room {
    /// That they show no more. Where there are none yet, nothing is counted.
    pub(super) fn is_there(&self) -> Condition {
        Condition {
            expression: "attribute_not_exists(fileCount) OR (fileCount < :filesBelow AND byteCount <= :bytesUpTo)",
            values: item([
                (":filesBelow", number(self.files_below)),
                (":bytesUpTo", number(self.bytes_up_to)),
            ]),
        }
    }
}

/// What a changed object is called among its owner's sort keys.
pub(super) fn name_of(change: &ObjectChange) -> String {
    let folder = ObjectKey::private_prefix(&change.owner);
    let key = change.key.as_str();
    let name = key.strip_prefix(&folder).unwrap_or(key);
    match name.parse::<FileName>() {
        Ok(name) => name.into(),
        Err(_) => format!("{NO_FILE}{name}"),
    }
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

/// The item that a change leaves, of an object of which `known` was known.
pub(super) fn encode(
    change: &ObjectChange,
    name: &str,
    state: &State<'_>,
    known: Option<&Known>,
) -> Item {
    let mut encoded = key(&change.owner, name);
    encoded.extend(item([(SEQUENCER, text(change.sequencer.as_str()))]));
    let (refusal, now) = match state {
        State::Present { meta, .. } => {
            encoded.extend(item([
                (ETAG, text(meta.etag.as_str())),
                (SIZE, number(meta.size)),
                (CONTENT_TYPE, text(meta.content_type.as_str())),
                (MODIFIED_AT, millis(meta.modified_at)),
            ]));
            if let Some(crc32) = meta.crc32 {
                encoded.extend(item([(CRC32, number(crc32.get().into()))]));
            }
            return encoded;
        }
        State::Refused { meta, over, now } => {
            encoded.extend(item([(REFUSED_ETAG, text(meta.etag.as_str()))]));
            (Some(*over), *now)
        }
        // Why it was removed is of interest after it was.
        State::Gone { now } => (known.and_then(|known| known.refusal), *now),
    };
    encoded.extend(item([(REMOVED_AT, time_to_live(now.plus(MEMORY)))]));
    // INVARIANT: a variant with numbers is always JSON.
    if let Some(refusal) = refusal.and_then(|refusal| serde_json::to_string(&refusal).ok()) {
        encoded.extend(item([(REFUSAL, text(refusal))]));
    }
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

/// What the index knows of the object called `name`, stored as `item`.
///
/// # Errors
/// `Corrupt`, naming the object.
pub(super) fn known(owner: &IdentityId, name: &str, mut item: Item) -> Result<Known, StoreError> {
    let mut read = || {
        let sequencer = take_parsed(&mut item, SEQUENCER)?;
        let size = if is_present(&item) {
            Some(take_number(&mut item, SIZE)?)
        } else {
            None
        };
        let refusal = if item.contains_key(REFUSAL) {
            Some(take_json(&mut item, REFUSAL)?)
        } else {
            None
        };
        let refused_etag = if item.contains_key(REFUSED_ETAG) {
            Some(take_text(&mut item, REFUSED_ETAG)?)
        } else {
            None
        };
        Ok(Known {
            sequencer,
            size,
            refusal,
            refused_etag,
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
    let name = take_parsed::<FileName>(&mut item, NAME)
        .map_err(|cause| StoreError::corrupt(format!("key of a file of `{owner}`"), cause))?;
    let meta = read_meta(item).map_err(|cause| corrupt(owner, name.as_str(), cause))?;
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

fn corrupt(owner: &IdentityId, name: &str, cause: Unreadable) -> StoreError {
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
