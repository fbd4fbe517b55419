//! The last request: the parts of a zip become an object, and what a dead worker left in its place goes.

use std::time::Duration;

use notewarden_domain::{StoreError, ports::FileMeta};
use tokio::time::sleep;

use super::{
    NotDone,
    attempt::{End, Making, Stop},
};
use crate::{
    assembly::{Assembled, Halt, Tasks},
    retry::patiently,
};

/// How often an object in the zip's place is removed. A dead worker has left one, and may have sent one more.
const REMOVALS: u32 = 4;

impl Making<'_> {
    /// Makes the object, of so many bytes, from all that there is of it.
    pub(super) async fn publish(
        &self,
        assembled: Assembled,
        length: u64,
        tasks: &Tasks,
    ) -> Result<u64, Stop> {
        for removal in 0..=REMOVALS {
            match self.request(&assembled, tasks).await {
                Ok(()) => return Ok(length),
                Err(StoreError::PreconditionFailed) => {
                    sleep(Duration::from_millis(50) * removal * removal).await;
                    self.remove_what_is_there().await?;
                }
                Err(StoreError::NotFound) => {
                    // It is made, and the answer was lost; or another has ended the upload.
                    let there = self.what_is_there().await?;
                    let is_made = there.is_some_and(|meta| meta.size == length);
                    return if is_made {
                        Ok(length)
                    } else {
                        Err(Halt::UploadOver.into())
                    };
                }
                Err(error) => return Err(End::from(error).into()),
            }
        }
        Err(End::Stopped(NotDone::Store(StoreError::PreconditionFailed)).into())
    }

    /// Sends the request in a task that goes on when this is dropped: what it does is known before anything is cleaned
    /// up.
    async fn request(&self, assembled: &Assembled, tasks: &Tasks) -> Result<(), StoreError> {
        let (objects, tally) = (self.archiver.objects.clone(), self.tally.clone());
        let (key, tasks) = (self.key.clone(), tasks.clone());
        let sending = match assembled {
            Assembled::Whole(chunks) => {
                let chunks = chunks.clone();
                tokio::spawn(async move {
                    let _tasks = tasks;
                    patiently(|| {
                        tally.put();
                        objects.put(&key, chunks.clone())
                    })
                    .await
                })
            }
            Assembled::Parts(upload, parts) => {
                let (upload, parts) = (upload.clone(), parts.clone());
                tokio::spawn(async move {
                    let _tasks = tasks;
                    patiently(|| {
                        tally.put();
                        objects.complete(&upload, &parts)
                    })
                    .await
                })
            }
        };
        sending.await.map_err(StoreError::unavailable)?
    }

    async fn what_is_there(&self) -> Result<Option<FileMeta>, End> {
        // For a lease from now, nobody else has put it there who is alive.
        self.claim.report(&self.tally).await?;
        Ok(patiently(|| self.archiver.files.head(self.key)).await?)
    }

    async fn remove_what_is_there(&self) -> Result<(), End> {
        let Some(meta) = self.what_is_there().await? else {
            return Ok(());
        };
        let files = &self.archiver.files;
        match patiently(|| files.delete_unchanged(self.key, &meta.etag)).await {
            Ok(()) | Err(StoreError::PreconditionFailed) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
