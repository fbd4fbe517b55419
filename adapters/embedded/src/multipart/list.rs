//! Listing uploads under way, and the parts of one.

use std::ops::Bound;

use notewarden_domain::{StoreError, Timestamp};

use super::record::{self, Part, Upload};
use crate::{
    Objects,
    objects::{Group, ObjectError, PARTS, UPLOADS, UploadId, decode, successor},
};

/// A page of an upload's parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartPage {
    /// By number.
    pub parts: Vec<(u16, Part)>,
    /// Whether there are more after the last.
    pub is_truncated: bool,
}

/// Which uploads to list.
#[derive(Clone, Debug, Default)]
pub struct UploadQuery {
    /// What the keys start with.
    pub prefix: String,
    /// Keys that have this after the prefix are rolled up to it; empty rolls nothing up.
    pub delimiter: String,
    /// Only uploads after this key; with an id, also those of this key after that id.
    pub after: Option<(String, Option<UploadId>)>,
    /// At most so many uploads and common prefixes together.
    pub limit: usize,
}

/// An upload, or many of a common prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadItem {
    /// An upload under way.
    Upload(String, UploadId, Box<Upload>),
    /// Uploads whose keys start so; the delimiter is included.
    Prefix(String),
}

/// A page of the uploads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadPage {
    /// By key, then by age.
    pub items: Vec<UploadItem>,
    /// Whether there are more after the last.
    pub is_truncated: bool,
}

impl Objects {
    /// Parts of an upload after the one numbered `after`, at most `limit`.
    ///
    /// # Errors
    /// [`ObjectError::NoSuchUpload`].
    pub fn list_parts(
        &self,
        key: &str,
        id: UploadId,
        after: u16,
        limit: usize,
    ) -> Result<(Upload, PartPage), ObjectError> {
        let found = self.database.read(|transaction| {
            let uploads = transaction
                .open_table(UPLOADS)
                .map_err(StoreError::unavailable)?;
            let Some(upload) = record::upload_in(&uploads, key, id)? else {
                return Ok(None);
            };
            let parts = transaction
                .open_table(PARTS)
                .map_err(StoreError::unavailable)?;
            let mut parts = record::parts_in(&parts, id, after)?;
            let page = PartPage {
                parts: parts.by_ref().take(limit).collect::<Result<_, _>>()?,
                is_truncated: limit > 0 && parts.next().transpose()?.is_some(),
            };
            Ok(Some((upload, page)))
        })?;
        found.ok_or(ObjectError::NoSuchUpload)
    }

    /// A page of the uploads under way.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn list_uploads(&self, query: &UploadQuery) -> Result<UploadPage, StoreError> {
        let group = Group {
            prefix: &query.prefix,
            delimiter: &query.delimiter,
        };
        let mut page = UploadPage::default();
        if query.limit == 0 {
            return Ok(page);
        }
        let mut start = Some(start(query, &group));
        self.database.read(|transaction| {
            let table = transaction
                .open_table(UPLOADS)
                .map_err(StoreError::unavailable)?;
            'seek: while let Some(from) = start.take() {
                let from = (from.0.as_slice(), from.1);
                let entries = table
                    .range::<(&[u8], u128)>((Bound::Included(from), Bound::Unbounded))
                    .map_err(StoreError::unavailable)?;
                for entry in entries {
                    let (name, value) = entry.map_err(StoreError::unavailable)?;
                    let (key, id) = name.value();
                    if !key.starts_with(query.prefix.as_bytes()) {
                        break;
                    }
                    if page.items.len() == query.limit {
                        page.is_truncated = true;
                        break;
                    }
                    let key = str::from_utf8(key)
                        .map_err(|error| StoreError::corrupt("upload key", error))?;
                    if let Some(common) = group.of(key) {
                        page.items.push(UploadItem::Prefix(common.to_owned()));
                        start = successor(common).map(|next| (next, 0));
                        continue 'seek;
                    }
                    let id = UploadId(id);
                    let upload: Upload = decode(value.value(), || format!("upload `{id}`"))?;
                    page.items
                        .push(UploadItem::Upload(key.to_owned(), id, Box::new(upload)));
                }
            }
            Ok(page)
        })
    }

    pub(super) fn uploads_begun_before(
        &self,
        before: Timestamp,
    ) -> Result<Vec<(String, UploadId)>, StoreError> {
        let all = self.list_uploads(&UploadQuery {
            limit: usize::MAX,
            ..UploadQuery::default()
        })?;
        let old = all.items.into_iter().filter_map(|item| match item {
            UploadItem::Upload(key, id, upload) if upload.initiated_at < before => Some((key, id)),
            _ => None,
        });
        Ok(old.collect())
    }
}

/// The first key and id that may be shown.
fn start(query: &UploadQuery, group: &Group<'_>) -> (Vec<u8>, u128) {
    let prefix = query.prefix.as_bytes().to_vec();
    match &query.after {
        Some((key, _)) if group.is(key) => (successor(key).unwrap_or(prefix), 0),
        Some((key, Some(id))) if *key >= query.prefix => {
            (key.as_bytes().to_vec(), id.0.saturating_add(1))
        }
        Some((key, None)) if *key >= query.prefix => {
            let mut next = key.as_bytes().to_vec();
            next.push(0);
            (next, 0)
        }
        _ => (prefix, 0),
    }
}
