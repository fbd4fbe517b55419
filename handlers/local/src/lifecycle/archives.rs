//! Archives whose time is over: their zips go, jobs that nobody makes any more have failed, and in the end both are
//! forgotten. On AWS the table's TTL and the bucket's lifecycle do it.

use std::sync::Arc;

use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    archive::{Job, Limits, Refused, Status},
    ports::{ArchiveObjects, ArchiveStore, FileStore},
};

/// How many jobs are looked at in one go.
const PAGE: usize = 100;

/// Up to so many jobs whose time is over by then, the longest overdue first.
pub type Due = Arc<dyn Fn(Timestamp, usize) -> Result<Vec<Job>, StoreError> + Send + Sync>;

/// Settles jobs whose time is over.
#[derive(Clone)]
pub struct Overdue {
    /// Finds them.
    pub due: Due,
    /// All jobs.
    pub archives: Arc<dyn ArchiveStore>,
    /// The uploads that dead workers have left.
    pub objects: Arc<dyn ArchiveObjects>,
    /// The zips.
    pub files: Arc<dyn FileStore>,
    /// When a job is given up.
    pub limits: Limits,
}

impl Overdue {
    /// Settles every job whose time is over at `now`, but for those that somebody is at.
    ///
    /// # Errors
    /// A store failed: the rest is settled the next time.
    pub async fn settle(&self, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let due = (self.due)(now, PAGE)?;
            let mut settled = 0;
            for job in &due {
                settled += usize::from(self.settle_one(job, now).await?);
            }
            if settled == 0 || due.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// Whether the job is settled now.
    async fn settle_one(&self, job: &Job, now: Timestamp) -> Result<bool, StoreError> {
        let next = match job.status() {
            Status::Ready => job.clone().expire(now),
            Status::Queued | Status::Running => job.clone().give_up(&self.limits, now),
            Status::Failed | Status::Cancelled | Status::Expired => {
                self.clear(job).await?;
                return settled(self.archives.delete(&job.owner, job.id, job.version).await);
            }
        };
        match next {
            // What it was made of goes first: should the process end in between, the job is still due.
            Ok(expired) if expired.status() == Status::Expired => {
                self.clear(job).await?;
                settled(self.archives.replace(&expired, job.version).await)
            }
            // The job goes first, so that no worker begins what is cleared away.
            Ok(failed) => {
                let is_settled = settled(self.archives.replace(&failed, job.version).await)?;
                if is_settled {
                    self.clear(job).await?;
                    tracing::warn!(archive_id = %job.id, "an archive was not made in time");
                }
                Ok(is_settled)
            }
            Err(Refused::Taken) => Ok(false),
            Err(refused) => {
                tracing::error!(archive_id = %job.id, %refused, "a job is due too early");
                Ok(false)
            }
        }
    }

    /// Removes the zip, and what any attempt has left of it.
    async fn clear(&self, job: &Job) -> Result<(), StoreError> {
        let key = ObjectKey::archive(&job.owner, job.id);
        self.objects.abort_all(&key).await?;
        self.files.delete(&key).await
    }
}

/// Whoever else has changed the job meanwhile is right.
fn settled(written: Result<(), StoreError>) -> Result<bool, StoreError> {
    match written {
        Ok(()) => Ok(true),
        Err(StoreError::NotFound | StoreError::PreconditionFailed) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use notewarden_domain::{
        archive::{ARCHIVE_LIFETIME, Failure, LEASE, Selection, State, Toll},
        ports::IdSource,
    };
    use notewarden_embedded::objects::{ListQuery, PutOptions};
    use notewarden_testkit::fixtures::{identity, job};
    use tempfile::TempDir;

    use super::*;
    use crate::{
        app::App,
        wiring::{self, Settings},
    };

    struct Fixture {
        app: Arc<App>,
        /// When the jobs were asked for.
        began: Timestamp,
        _dir: TempDir,
    }

    impl Fixture {
        async fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let settings = Settings::new(dir.path(), Arc::new(|_| ()));
            let app = wiring::open(settings).await.unwrap();
            let began = app.clock.now();
            Self {
                app,
                began,
                _dir: dir,
            }
        }

        /// A job as `prepare` leaves it, with a zip and with an upload of one.
        async fn job(&self, prepare: impl FnOnce(Job) -> Job) -> Job {
            let ids: &dyn IdSource = &*self.app.ids;
            let queued = job(&identity(ids), ids, self.began);
            let archives = &self.app.archives;
            let selection = Selection::default();
            let created = archives.create(&queued, &selection, None, 1).await;
            created.unwrap();
            let prepared = Job {
                version: queued.version.next(),
                ..prepare(queued.clone())
            };
            let replaced = archives.replace(&prepared, queued.version).await;
            replaced.unwrap();
            let key = ObjectKey::archive(&prepared.owner, prepared.id);
            let bytes = bytes::Bytes::from_static(b"zip");
            let body = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes)]);
            let objects = &self.app.objects;
            let put = objects.put(key.as_str(), body, PutOptions::default());
            put.await.unwrap();
            let begun = objects.create_upload(key.as_str(), Default::default());
            begun.await.unwrap();
            prepared
        }

        async fn settle(&self, after: Duration) {
            let now = self.began.plus(after);
            self.app.overdue.settle(now).await.unwrap();
        }

        async fn stored(&self, job: &Job) -> Option<Job> {
            self.app.archives.get(&job.owner, job.id).await.unwrap()
        }

        /// Of how many archives there are zips, and uploads.
        fn left(&self) -> (usize, usize) {
            let everything = ListQuery {
                limit: 1_000,
                ..ListQuery::default()
            };
            let zips = self.app.objects.list(&everything).unwrap().items.len();
            let everything = notewarden_embedded::multipart::UploadQuery {
                limit: 1_000,
                ..Default::default()
            };
            let uploads = self.app.objects.list_uploads(&everything).unwrap();
            (zips, uploads.items.len())
        }
    }

    fn ready(job: Job) -> Job {
        let now = job.created_at;
        let (job, attempt) = job.claim(LEASE, &Limits::default(), now).unwrap();
        job.finish(attempt, 3, Toll::default(), now).unwrap()
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_zip_goes_after_a_day_and_its_job_a_week_later() {
        let fixture = Fixture::new().await;
        let job = fixture.job(ready).await;
        fixture.settle(ARCHIVE_LIFETIME - MINUTE).await;
        assert_eq!(fixture.stored(&job).await, Some(job.clone()));
        assert_eq!(fixture.left(), (1, 1));

        fixture.settle(ARCHIVE_LIFETIME).await;
        let expired = fixture.stored(&job).await.unwrap();
        assert_eq!(expired.status(), Status::Expired);
        assert_eq!(fixture.left(), (0, 0));

        fixture.settle(8 * ARCHIVE_LIFETIME - MINUTE).await;
        assert_eq!(fixture.stored(&job).await, Some(expired));
        fixture.settle(8 * ARCHIVE_LIFETIME).await;
        assert_eq!(fixture.stored(&job).await, None);
    }

    #[tokio::test]
    async fn what_nobody_makes_is_given_up_and_cleared_away() {
        let fixture = Fixture::new().await;
        let waits = fixture.job(|job| job).await;
        let worker_died = fixture
            .job(|job| {
                let now = job.created_at;
                job.claim(LEASE, &Limits::default(), now).unwrap().0
            })
            .await;
        let is_made = fixture
            .job(|job| {
                let now = job.created_at;
                job.claim(2 * ARCHIVE_LIFETIME, &Limits::default(), now)
                    .unwrap()
                    .0
            })
            .await;
        fixture.settle(ARCHIVE_LIFETIME - MINUTE).await;
        assert_eq!(fixture.left(), (3, 3));

        fixture.settle(ARCHIVE_LIFETIME).await;
        for job in [&waits, &worker_died] {
            let failure = Failure::TooLate;
            let state = fixture.stored(job).await.unwrap().state;
            assert_eq!(state, State::Failed { failure });
        }
        assert_eq!(fixture.stored(&is_made).await, Some(is_made));
        assert_eq!(fixture.left(), (1, 1), "of the one that a worker is at");
    }

    #[tokio::test]
    async fn more_than_a_page_is_settled_in_one_go() {
        let fixture = Fixture::new().await;
        let mut jobs = Vec::new();
        for _ in 0..PAGE + 1 {
            jobs.push(fixture.job(|job| job.cancel().unwrap()).await);
        }
        fixture.settle(8 * ARCHIVE_LIFETIME).await;
        for job in &jobs {
            assert_eq!(fixture.stored(job).await, None);
        }
        assert_eq!(fixture.left(), (0, 0));
    }
}
