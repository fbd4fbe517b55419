//! A worker that waits until it is let, but for what deleted notes have left, which comes a minute later.

use std::sync::Arc;

use async_trait::async_trait;
use notewarden_archiver::{JobError, Jobs};
use notewarden_domain::{Timestamp, work::Work};
use tokio::sync::{Semaphore, watch};

/// Has jobs wait. Clones are one.
#[derive(Clone)]
pub struct Hold {
    let_through: Arc<Semaphore>,
    done: watch::Sender<usize>,
}

impl Hold {
    pub fn new() -> Self {
        Self {
            let_through: Arc::new(Semaphore::new(0)),
            done: watch::Sender::new(0),
        }
    }

    /// The same worker, but held.
    pub fn of(&self, jobs: Arc<dyn Jobs>) -> Arc<dyn Jobs> {
        Arc::new(Held {
            jobs,
            hold: self.clone(),
        })
    }

    /// Lets so many jobs through, and waits until they are done.
    pub async fn release(&self, count: usize) {
        let mut done = self.done.subscribe();
        let before = *done.borrow_and_update();
        self.let_through.add_permits(count);
        let are_done = done.wait_for(|done| *done == before + count).await;
        are_done.unwrap();
    }
}

struct Held {
    jobs: Arc<dyn Jobs>,
    hold: Hold,
}

#[async_trait]
impl Jobs for Held {
    async fn run(&self, job: &Work, until: Timestamp) -> Result<(), JobError> {
        if let Work::Orphans { .. } = job {
            return self.jobs.run(job, until).await;
        }
        let permit = self.hold.let_through.acquire().await.unwrap();
        permit.forget();
        let outcome = self.jobs.run(job, until).await;
        assert!(outcome.is_ok(), "{job:?}: {outcome:?}");
        self.hold.done.send_modify(|done| *done += 1);
        outcome
    }
}
