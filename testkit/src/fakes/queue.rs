//! A queue that nobody works off: it remembers what was sent.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use notewarden_domain::{StoreError, ports::WorkQueue, work::Work};

/// The longest delay that a queue takes.
const MAX_DELAY: Duration = Duration::from_secs(15 * 60);

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What it says.
    pub work: Work,
    /// How long it waits.
    pub delay: Duration,
}

/// Messages in memory, each as it is read back from its text.
#[derive(Debug, Default)]
pub struct MemoryQueue(Mutex<Vec<(String, Duration)>>);

impl MemoryQueue {
    /// All that was sent and not taken, the first first.
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().iter().map(read).collect()
    }

    /// Takes everything out, the first first, without waiting for delays.
    pub fn take(&self) -> Vec<Sent> {
        self.lock()
            .drain(..)
            .map(|message| read(&message))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Duration)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read((text, delay): &(String, Duration)) -> Sent {
    Sent {
        work: text.parse().expect("what was sent is a message"),
        delay: *delay,
    }
}

#[async_trait]
impl WorkQueue for MemoryQueue {
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError> {
        assert!(delay <= MAX_DELAY, "a message waits {delay:?}");
        self.lock().push((work.message(), delay));
        Ok(())
    }
}
