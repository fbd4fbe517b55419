//! The worker beside the server: does what is left for later, off the durable queue, a few things at a time.
//!
//! A data directory is one process's. So whoever began a job and is not in this process is dead: its message comes again
//! when the server starts, and the job is taken over then, without waiting for the lease that protects it on AWS.

use std::{
    collections::HashSet,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notewarden_archiver::{Batch, Jobs, Message, work};
use notewarden_domain::{
    StoreError,
    archive::State,
    ports::{ArchiveStore, Clock},
    work::Work,
};
use notewarden_embedded::{Delivery, EmbeddedQueue};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// How many things are done at a time.
const LANES: usize = 2;
/// For how long a message is this worker's without word from it: what one had that has panicked comes again after it.
const VISIBILITY: Duration = Duration::from_secs(6);
/// How often it gives word.
const EVERY: Duration = Duration::from_secs(2);
/// How long one job may take.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// How long to wait for a queue that fails.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest wait for another attempt is two to the power of this, in seconds.
const MOST_DOUBLINGS: u32 = 6;

/// Does what the queue's messages say. Clones share it.
#[derive(Clone)]
pub struct Later {
    queue: EmbeddedQueue,
    jobs: Arc<dyn Jobs>,
    archives: Arc<dyn ArchiveStore>,
    clock: Arc<dyn Clock>,
    under_way: Arc<Mutex<HashSet<Work>>>,
}

impl Later {
    /// A worker that has `jobs` do what `queue` tells; the jobs of archives are kept in `archives`.
    pub fn new(
        queue: EmbeddedQueue,
        jobs: Arc<dyn Jobs>,
        archives: Arc<dyn ArchiveStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            queue,
            jobs,
            archives,
            clock,
            under_way: Arc::default(),
        }
    }

    /// The same worker, whose jobs are done by what `wrap` makes of who does them: by somebody who watches them, or has
    /// them wait.
    #[must_use]
    pub fn through(mut self, wrap: impl FnOnce(Arc<dyn Jobs>) -> Arc<dyn Jobs>) -> Self {
        self.jobs = wrap(self.jobs);
        self
    }

    /// Begins, until `stopping` says so or is nobody's any more: then what is under way is dropped, and its messages
    /// are there for whoever comes next.
    pub fn start(&self, stopping: &watch::Receiver<bool>) -> JoinSet<()> {
        let lanes = (0..LANES).map(|_| self.clone().lane(stopping.clone()));
        lanes.collect()
    }

    async fn lane(self, mut stopping: watch::Receiver<bool>) {
        loop {
            let next = tokio::select! {
                biased;
                () = stopped(&mut stopping) => return,
                next = self.queue.next(VISIBILITY) => next,
            };
            match next {
                Ok(delivery) => self.deliver(&delivery, &mut stopping).await,
                Err(error) => {
                    report(&error, "the queue does not answer");
                    // A server that stops meanwhile is noticed in the next round.
                    drop(timeout(PATIENCE, stopped(&mut stopping)).await);
                }
            }
        }
    }

    /// Does what the message says, and tells the queue what became of it.
    async fn deliver(&self, delivery: &Delivery, stopping: &mut watch::Receiver<bool>) {
        let again = Duration::from_secs(1 << delivery.receives.min(MOST_DOUBLINGS));
        let told = tokio::select! {
            biased;
            () = stopped(stopping) => {
                self.queue.release(delivery, Duration::ZERO).await
            }
            () = self.hold(delivery) => return,
            is_done = self.attempt(delivery) => if is_done {
                self.queue.done(delivery).await
            } else {
                self.queue.release(delivery, again).await
            },
        };
        match told {
            Ok(()) | Err(StoreError::NotFound | StoreError::PreconditionFailed) => {}
            Err(error) => {
                let (error, message_id) = (&error as &dyn Error, delivery.message_id());
                tracing::error!(message_id, error, "a message will come again");
            }
        }
    }

    /// Keeps the message from others, until it is another's.
    async fn hold(&self, delivery: &Delivery) {
        loop {
            sleep(EVERY).await;
            match self.queue.extend(delivery, VISIBILITY).await {
                Ok(()) => {}
                Err(StoreError::NotFound | StoreError::PreconditionFailed) => return,
                Err(error) => {
                    let (error, message_id) = (&error as &dyn Error, delivery.message_id());
                    tracing::warn!(message_id, error, "a message could not be held");
                }
            }
        }
    }

    /// Whether what the message says is done now.
    async fn attempt(&self, delivery: &Delivery) -> bool {
        let message_id = delivery.message_id();
        let _begun = match delivery.body.parse::<Work>() {
            Ok(asked) => {
                let Some(begun) = Begun::new(&self.under_way, &asked) else {
                    return false;
                };
                if let Err(error) = self.take_over(&asked).await {
                    let error = &error as &dyn Error;
                    tracing::error!(message_id, error, "a job could not be taken over");
                    return false;
                }
                Some(begun)
            }
            // The loop says what is wrong with it.
            Err(_malformed) => None,
        };
        let messages = vec![Message {
            message_id,
            body: delivery.body.clone(),
        }];
        let until = self.clock.now().plus(LONGEST);
        let report = work(&*self.jobs, &*self.clock, &Batch { messages }, until).await;
        report.batch_item_failures.is_empty()
    }

    /// Frees the job from a worker that is dead.
    async fn take_over(&self, asked: &Work) -> Result<(), StoreError> {
        let Work::Archive {
            identity_id,
            archive_id,
        } = asked
        else {
            return Ok(());
        };
        let Some(job) = self.archives.get(identity_id, *archive_id).await? else {
            return Ok(());
        };
        let State::Running { attempt, .. } = job.state else {
            return Ok(());
        };
        let version = job.version;
        // INVARIANT: nobody else is at it in this process, and there is no other.
        let Ok(free) = job.release(attempt) else {
            return Ok(());
        };
        match self.archives.replace(&free, version).await {
            Err(StoreError::NotFound | StoreError::PreconditionFailed) => Ok(()),
            done => done,
        }
    }
}

fn report(error: &(dyn Error + 'static), what: &str) {
    tracing::error!(error, "{what}");
}

/// Waits for the word to stop, or for there to be nobody to give it.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    drop(stopping.wait_for(|stop| *stop).await);
}

/// That something is being done, as long as it lives.
struct Begun<'a> {
    under_way: &'a Mutex<HashSet<Work>>,
    what: Work,
}

impl<'a> Begun<'a> {
    /// `None` if it is being done already.
    fn new(under_way: &'a Mutex<HashSet<Work>>, what: &Work) -> Option<Self> {
        let mut all = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(what.clone()).then(|| Self {
            under_way,
            what: what.clone(),
        })
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        let all = self.under_way.lock();
        all.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.what);
    }
}

#[cfg(test)]
mod tests;
