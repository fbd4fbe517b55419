//! Whatever the queue tells, each by the one whose work it is.

use async_trait::async_trait;
use notewarden_domain::{Timestamp, account::Account, notes::Notes, work::Work};

use crate::{Archiver, JobError, Jobs};

/// Does all that a queue's messages ask for.
#[derive(Clone)]
pub struct Worker {
    /// Makes archives.
    pub archiver: Archiver,
    /// Removes what deleted notes have left.
    pub notes: Notes,
    /// Erases accounts.
    pub account: Account,
}

#[async_trait]
impl Jobs for Worker {
    async fn run(&self, job: &Work, until: Timestamp) -> Result<(), JobError> {
        match job {
            Work::Archive { .. } => self.archiver.run(job, until).await,
            Work::Orphans {
                identity_id,
                note_id,
                names,
                before,
            } => {
                let swept = self.notes.sweep(identity_id, *note_id, names, *before);
                Ok(swept.await?)
            }
            Work::Erasure {
                identity_id,
                subject,
                since,
            } => {
                let account = &self.account;
                Ok(account.carry_out(identity_id, *subject, *since).await?)
            }
        }
    }
}
