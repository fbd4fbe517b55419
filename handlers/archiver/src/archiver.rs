//! The worker: archives made from their jobs, each once, whoever dies on the way.

mod attempt;
mod claim;
mod notes;
mod publish;
mod sources;

use std::sync::Arc;

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    archive::{ArchiveId, Compression, Limits, Refused, Terms},
    ports::{ArchiveObjects, ArchiveStore, Clock, FileIndex, FileStore, NoteStore},
    work::Work,
};

use crate::{JobError, Jobs, assembly::Halt};

/// What a deployment may set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// What plans reckon with.
    pub terms: Terms,
    /// What is allowed of archives.
    pub limits: Limits,
    /// What is deflated.
    pub compression: Compression,
}

/// Makes archives.
///
/// Whatever a message says, a job is read where jobs are stored, and only what is in its owner's folder goes into its
/// zip. Dropped at any time, a worker does no harm: whoever takes the job over, a lease later, removes what was left
/// and begins anew.
#[derive(Clone)]
pub struct Archiver {
    /// The jobs.
    pub archives: Arc<dyn ArchiveStore>,
    /// The objects that archives are made from and become.
    pub objects: Arc<dyn ArchiveObjects>,
    /// The same objects, one by one: the zip that an earlier attempt left, and files that have just changed.
    pub files: Arc<dyn FileStore>,
    /// What is in people's folders.
    pub index: Arc<dyn FileIndex>,
    /// The notes that an export has.
    pub notes: Arc<dyn NoteStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What a deployment may set.
    pub settings: Settings,
}

/// Why an archive is not made now, and worth another attempt.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("the archive was not ready in time")]
    Late,
    #[error(transparent)]
    Refused(Refused),
    #[error("a store failed")]
    Store(#[from] StoreError),
    #[error("the archive could not be put together")]
    Assembly(#[source] Halt),
}

#[async_trait]
impl Jobs for Archiver {
    async fn run(&self, job: &Work, until: Timestamp) -> Result<(), JobError> {
        match job {
            Work::Archive {
                identity_id,
                archive_id,
            } => Ok(self.archive(identity_id, *archive_id, until).await?),
            Work::Orphans { .. } | Work::Erasure { .. } => {
                Err("the archive worker makes archives only".into())
            }
        }
    }
}

impl Archiver {
    async fn archive(
        &self,
        owner: &IdentityId,
        id: ArchiveId,
        until: Timestamp,
    ) -> Result<(), NotDone> {
        Box::pin(attempt::attempt(self, owner, id, until)).await
    }
}
