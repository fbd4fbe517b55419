//! What is written: the job with the first part of what it is of, its claim and its place among those under way, all
//! or nothing.
//!
//! As with notes, a write that was sent several times may be refused by what it has itself stored, which is compared
//! with what was to be stored.

use notewarden_domain::{
    IdentityId, StoreError, Version,
    archive::{ArchiveId, Job, Selection, Status},
    idempotency::{Creation, IdempotencyClaim},
};

use super::{DynamoArchives, item, selection, under_way};
use crate::{
    attributes::{self, Item, number},
    claims,
    commit::{Change, Condition, Effect, Found, Refused},
};

/// Where the job is in each write.
const JOB: usize = 0;

/// Where its place among those under way is, and the claim, in the write that creates it.
const PLACE: usize = 2;
const CLAIM: usize = 3;

/// It is not known what became of a write.
#[derive(Debug, thiserror::Error)]
#[error(
    "the answer to a write was lost, and the archive was changed again since: it is not known whether the write was \
     made"
)]
struct UnknownOutcome;

impl DynamoArchives {
    pub(super) async fn create_job(
        &self,
        job: &Job,
        selected: &Selection,
        claim: Option<&IdempotencyClaim>,
        most_under_way: u32,
    ) -> Result<Creation, StoreError> {
        if most_under_way == 0 {
            return self.without_place(job, claim).await;
        }
        let mut parts = selection::encode(job, selected).into_iter();
        let first = parts.next().unwrap_or_default();
        let parts: Vec<_> = parts.collect();
        for (number, part) in parts.iter().enumerate() {
            let change = self.put_new(part.clone());
            if let Some(refused) = self.database.commit(&[change]).await?
                && !refused.is_uncertain
            {
                // INVARIANT: ids are never made twice, so whoever has this part has the job too.
                self.remove_parts(job, 1..=number).await;
                return self.with_id_taken(job, claim).await;
            }
        }
        let mut changes = vec![
            self.put_new(item::encode(job)?),
            self.put_new(first),
            under_way::add(self, &job.owner, job.id, most_under_way),
        ];
        changes
            .extend(claim.map(|claim| {
                claims::hold(&self.database, claim, job.id.as_uuid(), job.created_at)
            }));
        let Some(refused) = self.database.commit(&changes).await? else {
            return Ok(Creation::Stored);
        };
        let answer = created(job, claim, refused);
        if !matches!(answer, Ok(Creation::Stored)) {
            self.remove_parts(job, 1..=parts.len()).await;
        }
        answer
    }

    /// No job at all may be under way.
    async fn without_place(
        &self,
        job: &Job,
        claim: Option<&IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        match self.with_id_taken(job, claim).await {
            Err(StoreError::AlreadyExists) => Err(StoreError::PreconditionFailed),
            earlier => earlier,
        }
    }

    /// The answer where the job's id is taken: that of an earlier request, if there was one.
    async fn with_id_taken(
        &self,
        job: &Job,
        claim: Option<&IdempotencyClaim>,
    ) -> Result<Creation, StoreError> {
        let earlier = match claim {
            Some(claim) => claims::claimed(&self.database, claim, job.created_at).await?,
            None => None,
        };
        earlier.ok_or(StoreError::AlreadyExists)
    }

    pub(super) async fn replace_job(&self, job: &Job, expected: Version) -> Result<(), StoreError> {
        let mut changes = vec![Change {
            table: self.table(),
            effect: Effect::Put(item::encode(job)?),
            condition: Some(is_at(expected)),
        }];
        // An expired one was ready, and not under way, before.
        if !job.status().is_under_way() && job.status() != Status::Expired {
            changes.push(under_way::remove(self, &job.owner, job.id));
        }
        let Some(mut refused) = self.database.commit(&changes).await? else {
            return Ok(());
        };
        let Some(Found::Item(stored)) = refused.take(JOB) else {
            return Err(StoreError::NotFound);
        };
        let stored = item::decode(&job.owner, job.id, stored)?;
        if refused.is_uncertain && stored == *job {
            Ok(())
        } else if refused.is_uncertain && stored.version > job.version {
            Err(StoreError::unavailable(UnknownOutcome))
        } else {
            Err(StoreError::PreconditionFailed)
        }
    }

    pub(super) async fn delete_job(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let delete = |key: Item, condition| Change {
            table: self.table(),
            effect: Effect::Delete(key),
            condition,
        };
        let parts = selection::count(self, owner, id).await?;
        let changes = [
            delete(item::key(owner, id), Some(is_at(expected))),
            delete(selection::key(owner, id, 0), None),
            under_way::remove(self, owner, id),
        ];
        if let Some(mut refused) = self.database.commit(&changes).await? {
            match refused.take(JOB) {
                Some(Found::Item(_)) => return Err(StoreError::PreconditionFailed),
                // A selection had been there when it was looked for, so it was this that removed it.
                _ if refused.is_uncertain && parts > 0 => {}
                _ => return Err(StoreError::NotFound),
            }
        }
        self.remove(owner, id, 1..=parts.saturating_sub(1)).await;
        Ok(())
    }

    fn put_new(&self, item: Item) -> Change<'_> {
        Change {
            table: self.table(),
            effect: Effect::Put(item),
            condition: Some(Condition {
                expression: "attribute_not_exists(archiveId)",
                values: attributes::item([]),
            }),
        }
    }

    async fn remove_parts(&self, job: &Job, parts: std::ops::RangeInclusive<usize>) {
        self.remove(&job.owner, job.id, parts).await;
    }

    /// Removes parts of what a job is of that is not there. They are read by nobody, and go by their age if they
    /// cannot be removed now.
    async fn remove(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        parts: std::ops::RangeInclusive<usize>,
    ) {
        for part in parts {
            let change = Change {
                table: self.table(),
                effect: Effect::Delete(selection::key(owner, id, part)),
                condition: None,
            };
            if let Err(error) = self.database.commit(&[change]).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(archive = %id, error, "parts of a selection are left behind");
                return;
            }
        }
    }
}

/// What becomes of a creation that was refused: an earlier request's answer goes before everything else.
fn created(
    job: &Job,
    claim: Option<&IdempotencyClaim>,
    mut refused: Refused,
) -> Result<Creation, StoreError> {
    if let Some(claim) = claim
        && let Some(found) = refused.take(CLAIM)
    {
        return claims::answer(claim, job.id.as_uuid(), found, refused.is_uncertain);
    }
    match refused.take(JOB) {
        Some(Found::Item(stored)) if refused.is_uncertain => {
            let stored = item::decode(&job.owner, job.id, stored)?;
            // Ours, too, if a worker has begun it since.
            let is_ours = stored == *job
                || stored.created_at == job.created_at && stored.version > job.version;
            if is_ours {
                Ok(Creation::Stored)
            } else {
                Err(StoreError::AlreadyExists)
            }
        }
        None if refused.take(PLACE).is_some() => Err(StoreError::PreconditionFailed),
        _ => Err(StoreError::AlreadyExists),
    }
}

fn is_at(expected: Version) -> Condition {
    Condition {
        expression: "version = :version",
        values: attributes::item([(":version", number(expected.get()))]),
    }
}
