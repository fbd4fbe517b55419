//! An index of what is in people's folders, in a table whose partition key is the owner.
//!
//! It hears of the bucket's changes by events, which come late, twice and in any order. S3 numbers the changes of one
//! object with a sequencer: the index keeps that of the last change that it knows, of removed files too for as long as
//! an event may be late, and what is not behind it changes nothing. The counters of usage change in the same
//! transaction, so that they are exact, and so is whether there is room for one object more.

mod item;

use std::collections::HashMap;

use async_trait::async_trait;
use aws_types::SdkConfig;
use notewarden_aws::Tuning;
use notewarden_domain::{
    FileName, IdentityId, StoreError, Timestamp,
    file::{Noted, ObjectChange},
    ports::{FileIndex, FileMeta, FilePage, FileQuery},
    quota::{OverQuota, Quota, Usage},
};

use self::item::{Known, Room, State};
use crate::{
    DynamoNotes, Tables,
    attributes::{Item, text},
    commit::{Change, Effect, Found, Refused},
    database::{Database, at_most, next_page},
};

/// How often a change is tried that others get in the way of.
const TRIES: usize = 8;

/// Where the counters are among the changes of a transaction.
const COUNTERS: usize = 1;

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
    /// The index in `table`, in the account and region of `config`, without any other store beside it.
    pub fn new(config: &SdkConfig, table: impl Into<String>) -> Self {
        // No table is asked for but the one that is named with each request.
        let none = Tables {
            notes: String::new(),
            idempotency: String::new(),
        };
        Self {
            database: Database::connected(config, none, &Tuning::default()),
            table: table.into(),
        }
    }

    /// The index in `table`, which has `userId` and `fileName` as keys and is asked as those of `notes` are.
    pub fn beside(notes: &DynamoNotes, table: impl Into<String>) -> Self {
        Self {
            database: notes.database.clone(),
            table: table.into(),
        }
    }

    /// The object is stored, and there may be as much as `quota` says, if it says so: whether there is room is decided
    /// in the transaction that counts the object.
    ///
    /// # Errors
    /// As of the ports' methods.
    pub async fn arrived(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        quota: Option<&Quota>,
    ) -> Result<Noted, StoreError> {
        self.note(change, &State::Present { meta, quota }).await
    }

    /// The object is stored and is to be removed, because there would be too much: for the person it is gone. That is
    /// remembered, with the reason, until another upload takes its place.
    ///
    /// # Errors
    /// As of the ports' methods.
    pub async fn refused(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        over: OverQuota,
        now: Timestamp,
    ) -> Result<Noted, StoreError> {
        self.note(change, &State::Refused { meta, over, now }).await
    }

    /// The object is gone, which was heard at `now`.
    ///
    /// # Errors
    /// As of the ports' methods.
    pub async fn removed(
        &self,
        change: &ObjectChange,
        now: Timestamp,
    ) -> Result<Noted, StoreError> {
        self.note(change, &State::Gone { now }).await
    }

    async fn note(&self, change: &ObjectChange, state: &State<'_>) -> Result<Noted, StoreError> {
        let owner = &change.owner;
        let name = item::name_of(change);
        for _ in 0..TRIES {
            let known = self.known(owner, &name).await?;
            if let Some(known) = &known
                && known.sequencer >= change.sequencer
            {
                // What has taken the object's place since has a change of its own.
                let is_same = known.sequencer == change.sequencer
                    && known.refused_etag.as_deref() == state.etag();
                let refusal = known.refusal.filter(|_| is_same);
                return Ok(refusal.map_or(Noted::Before, Noted::Refused));
            }
            let replaced = known.as_ref().and_then(|known| known.size);
            let room = match state.room(replaced) {
                Ok(room) => room,
                Err(over) => return Ok(Noted::TooMuch(over)),
            };
            let stored = Change {
                table: &self.table,
                effect: Effect::Put(item::encode(change, &name, state, known.as_ref())),
                condition: Some(item::is_still(known.as_ref())),
            };
            let counted = item::difference(replaced, state.size());
            let counted = counted.map(|(files, bytes)| Change {
                table: &self.table,
                effect: Effect::Update {
                    key: item::usage_key(owner),
                    expression: "ADD fileCount :files, byteCount :bytes",
                    values: crate::attributes::item([(":files", files), (":bytes", bytes)]),
                },
                condition: room.as_ref().map(Room::is_there),
            });
            let changes: Vec<_> = [Some(stored), counted].into_iter().flatten().collect();
            let Some(refused) = self.database.commit(&changes).await? else {
                return Ok(match state {
                    State::Refused { over, .. } => Noted::Refused(*over),
                    _ => Noted::Now,
                });
            };
            if let Some(over) = self.too_much(owner, state, replaced, refused)? {
                return Ok(Noted::TooMuch(over));
            }
        }
        Err(StoreError::unavailable(Outrun))
    }

    /// Why there is no room, if it is for that that nothing was changed.
    fn too_much(
        &self,
        owner: &IdentityId,
        state: &State<'_>,
        replaced: Option<u64>,
        mut refused: Refused,
    ) -> Result<Option<OverQuota>, StoreError> {
        // Another event of the same object came first: what it has left decides.
        if refused.take(0).is_some() {
            return Ok(None);
        }
        let Some(Found::Item(counters)) = refused.take(COUNTERS) else {
            return Ok(None);
        };
        let usage = item::usage(owner, counters)?;
        Ok(state.check(usage, replaced).err())
    }

    /// What is known of what is called `name` among the owner's sort keys.
    async fn known(&self, owner: &IdentityId, name: &str) -> Result<Option<Known>, StoreError> {
        let key = item::key(owner, name);
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

    async fn refusal(
        &self,
        owner: &IdentityId,
        name: &FileName,
    ) -> Result<Option<OverQuota>, StoreError> {
        let known = self.known(owner, name.as_str()).await?;
        Ok(known.and_then(|known| known.refusal))
    }
}
