//! The function that hears of the bucket's changes: it keeps the index of files, and removes what is too much.
//!
//! Files come straight to the bucket, by credentials and by signed links. So it is here, after they have come, that a
//! quota is held that nobody can get around. EventBridge tells of each change at least once, late and in any order; what
//! it says is taken as a hint to look: the object as it is now is what the index learns, under the number of the change,
//! and the last change has the last word. Before anything is removed, the folder itself is counted: the index may not
//! have heard yet of what its owner has deleted.

mod event;

use std::{error::Error, sync::Arc, time::Duration};

use async_trait::async_trait;
use lambda_runtime::{Context, Diagnostic};
use notewarden_domain::{
    StoreError, Timestamp,
    file::{Noted, ObjectChange},
    ports::{Clock, FileMeta, FileStore},
    quota::{OverQuota, Quota, Usage},
};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};
use tracing::Instrument;

use crate::{
    InvalidEvent,
    record::{Facts, Outcome, Records, Removal},
};

/// What is left of an invocation's time for its report.
const RESERVE: Duration = Duration::from_millis(250);

/// The side of the index of files on which it learns.
#[async_trait]
pub(crate) trait Ledger: Send + Sync {
    /// The object is stored, and is to be counted if there is room for it by `quota`; without one there is.
    async fn arrived<'a>(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        quota: Option<&'a Quota>,
    ) -> Result<Noted, StoreError>;

    /// The object is stored, and is going to be removed for this reason.
    async fn refused(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        over: OverQuota,
        now: Timestamp,
    ) -> Result<Noted, StoreError>;

    /// The object is not there.
    async fn removed(&self, change: &ObjectChange, now: Timestamp) -> Result<Noted, StoreError>;
}

/// The index's keeper as a function.
pub(crate) struct Indexer {
    /// The bucket's name.
    pub(crate) bucket: String,
    /// What is in it.
    pub(crate) store: Arc<dyn FileStore>,
    /// The index.
    pub(crate) ledger: Arc<dyn Ledger>,
    /// How much people may keep.
    pub(crate) quota: Quota,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Where invocations are told of.
    pub(crate) records: Records,
}

/// Why the function fails: Lambda has it try the same event again, and keeps what fails every time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexerError {
    #[error(transparent)]
    Event(#[from] InvalidEvent),
    #[error("a store failed")]
    Store(#[from] StoreError),
    #[error("there was no time left for a change")]
    OutOfTime,
}

impl From<IndexerError> for Diagnostic {
    fn from(error: IndexerError) -> Self {
        Self {
            error_type: match error {
                IndexerError::Event(_) => "InvalidEvent",
                IndexerError::Store(_) => "Unavailable",
                IndexerError::OutOfTime => "OutOfTime",
            }
            .to_owned(),
            error_message: error.to_string(),
        }
    }
}

impl Indexer {
    /// Learns of one change.
    pub(crate) async fn learn(
        &self,
        event: Box<RawValue>,
        context: Context,
    ) -> Result<(), IndexerError> {
        let span = tracing::info_span!("invocation", invocation_id = context.request_id);
        let started = Instant::now();
        let facts = Facts::of(&context, self.clock.now());
        let until = Timestamp::from_millis(context.deadline).minus(RESERVE);
        let learning = self
            .learn_by(&event, until.since(facts.at))
            .instrument(span);
        let learned = learning.await;
        let outcome = match &learned {
            Err(IndexerError::Event(_)) => Outcome::InvalidEvent,
            Err(IndexerError::OutOfTime) => Outcome::OutOfTime,
            _ => Outcome::Answered,
        };
        self.records.write(
            outcome,
            &Facts {
                took: started.elapsed(),
                has_failed: learned.is_err(),
                ..facts
            },
        );
        learned
    }

    async fn learn_by(&self, event: &RawValue, left: Duration) -> Result<(), IndexerError> {
        let learning = async {
            match event::read(event.get(), &self.bucket)? {
                Some(change) => Ok(self.follow(&change).await?),
                None => {
                    tracing::warn!("an object is in nobody's folder");
                    Ok(())
                }
            }
        };
        let learned = timeout(left, learning).await;
        let learned = learned.unwrap_or(Err(IndexerError::OutOfTime));
        if let Err(error) = &learned {
            tracing::error!(error = error as &dyn Error, "a change was not noted");
        }
        learned
    }

    /// Has the index know the object as it is now, and removes it if it is too much. Done again, it does no harm, and
    /// what it had not come to.
    async fn follow(&self, change: &ObjectChange) -> Result<(), StoreError> {
        let Some(meta) = self.store.head(&change.key).await? else {
            self.ledger.removed(change, self.clock.now()).await?;
            return Ok(());
        };
        let over = match self.admit(change, &meta).await? {
            Noted::Refused(over) => over,
            Noted::Now | Noted::Before | Noted::TooMuch(_) => return Ok(()),
        };
        match self.store.delete_unchanged(&change.key, &meta.etag).await {
            Ok(()) => {
                self.records.removed(&Removal {
                    at: self.clock.now(),
                    owner: change.owner.as_str(),
                    size: meta.size,
                    over,
                });
                Ok(())
            }
            // Another object took its place, whose own event comes.
            Err(StoreError::PreconditionFailed) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Counts the object if there is room for it. What the index takes for too much is counted in the folder itself.
    async fn admit(&self, change: &ObjectChange, meta: &FileMeta) -> Result<Noted, StoreError> {
        let quota = Some(&self.quota);
        let noted = self.ledger.arrived(change, meta, quota).await?;
        if !matches!(noted, Noted::TooMuch(_)) {
            return Ok(noted);
        }
        match self.count(change, meta.size).await? {
            Ok(()) => self.ledger.arrived(change, meta, None).await,
            Err(over) => {
                let now = self.clock.now();
                self.ledger.refused(change, meta, over, now).await
            }
        }
    }

    /// Whether there is room for an object of `size` bytes beside everything else in the folder.
    async fn count(
        &self,
        change: &ObjectChange,
        size: u64,
    ) -> Result<Result<(), OverQuota>, StoreError> {
        let mut others = Usage::default();
        let mut after = None;
        loop {
            // What is too much already needs no further counting.
            let checked = self.quota.check(others, size, None);
            if checked.is_err() {
                return Ok(checked);
            }
            let page = self.store.contents(&change.owner, after.as_ref()).await?;
            for other in &page.objects {
                if other.key != change.key {
                    others.files += 1;
                    others.bytes = others.bytes.saturating_add(other.size);
                }
            }
            after = page.objects.last().map(|other| other.key.clone());
            if !page.more || after.is_none() {
                return Ok(self.quota.check(others, size, None));
            }
        }
    }
}

#[cfg(test)]
mod tests;
