//! An index of what is in people's folders, in a table whose partition key is the owner.
//!
//! It hears of the bucket's changes by events, which come late, twice and in any order. S3 numbers the changes of one
//! object with a sequencer: the index keeps that of the last change that it knows, of removed files too for as long as
//! an event may be late, and what is not behind it changes nothing. The counters of usage change in the same
//! transaction, so that they are exact.

mod item;
mod sequencer;

use std::collections::HashMap;

use async_trait::async_trait;
use notewarden_domain::{
    FileName, IdentityId, StoreError, Timestamp,
    ports::{FileIndex, FileMeta, FilePage, FileQuery},
    quota::Usage,
};

use self::item::Known;
pub use self::sequencer::{MalformedSequencer, Sequencer};
use crate::{
    DynamoNotes,
    attributes::{Item, text},
    commit::{Change, Effect},
    database::{Database, at_most, next_page},
};

/// How often a change is tried that others get in the way of.
const TRIES: usize = 8;

/// What became of a change that an event tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The index knows it now.
    Now {
        /// The bytes of the file that was there before, if there was one.
        replaced: Option<u64>,
    },
    /// The index knew it, or a later one of the same file.
    Before,
}

/// The change is tried again and again, and each time another one of the same person's files was faster.
#[derive(Debug, thiserror::Error)]
#[error("other changes of the same files kept coming first")]
struct Outrun;

/// The index of files in DynamoDB.
#[derive(Clone, Debug)]
pub struct DynamoFiles {
    database: Database,
    table: String,
}

impl DynamoFiles {
    /// The index in `table`, which has `userId` and `fileName` as keys and is asked as those of `notes` are.
    pub fn beside(notes: &DynamoNotes, table: impl Into<String>) -> Self {
        Self {
            database: notes.database.clone(),
            table: table.into(),
        }
    }

    /// The file is stored, as the event with this sequencer tells.
    ///
    /// # Errors
    /// As of the ports' methods.
    pub async fn arrived(
        &self,
        owner: &IdentityId,
        name: &FileName,
        meta: &FileMeta,
        sequencer: &Sequencer,
    ) -> Result<Noted, StoreError> {
        let present = item::present(owner, name, meta, sequencer);
        self.note(owner, name, sequencer, present, Some(meta.size))
            .await
    }

    /// The file is removed, as the event with this sequencer tells, which came at `now`.
    ///
    /// # Errors
    /// As of the ports' methods.
    pub async fn removed(
        &self,
        owner: &IdentityId,
        name: &FileName,
        sequencer: &Sequencer,
        now: Timestamp,
    ) -> Result<Noted, StoreError> {
        let gone = item::gone(owner, name, sequencer, now);
        self.note(owner, name, sequencer, gone, None).await
    }

    async fn note(
        &self,
        owner: &IdentityId,
        name: &FileName,
        sequencer: &Sequencer,
        after: Item,
        size: Option<u64>,
    ) -> Result<Noted, StoreError> {
        let mut known = self.known(owner, name).await?;
        for _ in 0..TRIES {
            if let Some(known) = &known
                && known.sequencer >= *sequencer
            {
                return Ok(Noted::Before);
            }
            let replaced = known.as_ref().and_then(|known| known.size);
            let mut changes = vec![Change {
                table: &self.table,
                effect: Effect::Put(after.clone()),
                condition: Some(item::is_still(known.as_ref())),
            }];
            if let Some((files, bytes)) = item::difference(replaced, size) {
                changes.push(Change {
                    table: &self.table,
                    effect: Effect::Update {
                        key: item::usage_key(owner),
                        expression: "ADD fileCount :files, byteCount :bytes",
                        values: crate::attributes::item([(":files", files), (":bytes", bytes)]),
                    },
                    condition: None,
                });
            }
            if self.database.commit(&changes).await?.is_none() {
                return Ok(Noted::Now { replaced });
            }
            known = self.known(owner, name).await?;
        }
        Err(StoreError::unavailable(Outrun))
    }

    async fn known(
        &self,
        owner: &IdentityId,
        name: &FileName,
    ) -> Result<Option<Known>, StoreError> {
        let key = item::key(owner, name.as_str());
        let stored = self.database.read(&self.table, key, None);
        let known = stored.await?.map(|stored| item::known(owner, name, stored));
        known.transpose()
    }

    async fn read_page(
        &self,
        owner: &IdentityId,
        query: &FileQuery,
    ) -> Result<FilePage, StoreError> {
        let mut page = FilePage::default();
        let prefix = query.prefix.as_str();
        let after = query.after.as_ref().map_or("", FileName::as_str);
        let first = prefix.max(after).max(item::FIRST);
        let limit = query.limit.max(1);
        let mut behind = None;
        loop {
            // One more than there is room for tells whether there are more, and `after` itself may be there.
            let room = limit.saturating_sub(page.files.len()).saturating_add(2);
            let request = self
                .database
                .query(&self.table, owner, "userId = :owner AND fileName >= :first")
                .expression_attribute_values(":first", text(first))
                .filter_expression("attribute_exists(etag)")
                .limit(at_most(room))
                .set_exclusive_start_key(behind);
            let found = next_page(request).await?;
            for stored in found.items {
                let entry = item::decode_found(owner, stored)?;
                if query.after.as_ref() == Some(&entry.name) {
                    continue;
                }
                if !entry.name.as_str().starts_with(prefix) {
                    return Ok(page);
                }
                if page.files.len() >= limit {
                    page.more = true;
                    return Ok(page);
                }
                page.files.push(entry);
            }
            let goes_on =
                |last: &Item| item::name(last).is_none_or(|name| name.starts_with(prefix));
            if !found.last.as_ref().is_some_and(goes_on) {
                return Ok(page);
            }
            behind = found.last;
        }
    }
}

#[async_trait]
impl FileIndex for DynamoFiles {
    async fn list(&self, owner: &IdentityId, query: &FileQuery) -> Result<FilePage, StoreError> {
        self.read_page(owner, query).await
    }

    async fn find(
        &self,
        owner: &IdentityId,
        names: &[FileName],
    ) -> Result<Vec<Option<FileMeta>>, StoreError> {
        let mut once: Vec<_> = names.iter().map(FileName::as_str).collect();
        once.sort_unstable();
        once.dedup();
        let keys = once.iter().map(|name| item::key(owner, name)).collect();
        let found = self.database.read_several(&self.table, keys);
        let mut metas = HashMap::new();
        for stored in found.await? {
            if item::is_present(&stored) {
                let entry = item::decode_found(owner, stored)?;
                metas.insert(entry.name, entry.meta);
            }
        }
        Ok(names.iter().map(|name| metas.get(name).cloned()).collect())
    }

    async fn usage(&self, owner: &IdentityId) -> Result<Usage, StoreError> {
        let key = item::usage_key(owner);
        let stored = self.database.read(&self.table, key, None);
        let usage = stored.await?.map(|stored| item::usage(owner, stored));
        Ok(usage.transpose()?.unwrap_or_default())
    }
}
