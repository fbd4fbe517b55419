//! A durable queue of later work: at least once, in no order, and again until it is done or given up.
//!
//! A message that was received is not seen by others until its visibility ends, and comes again then unless it was
//! done; what was received too often without being done is kept among the dead letters. All of that is in the
//! database, so that a killed worker loses nothing.

mod tables;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use notewarden_domain::{
    StoreError, Timestamp,
    ports::{Clock, IdSource, WorkQueue},
    work::Work,
};
use tokio::{pin, sync::Notify, time::timeout};
use uuid::Uuid;

pub use self::tables::DeadLetter;
use self::tables::Received;
use crate::database::Database;

/// The longest that [`EmbeddedQueue::next`] goes without a look: the clock that messages go by may be set.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The queue in the database of a data directory. Clones are the same queue; of a data directory there is one, so
/// that whoever waits hears of what is sent.
#[derive(Clone)]
pub struct EmbeddedQueue {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    changed: Arc<Notify>,
    most_receives: u32,
}

/// A message in a worker's hands, until its visibility ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    id: u128,
    /// How often it has been received, this time included.
    pub receives: u32,
    /// What it says: [`Work`], as text.
    pub body: String,
}

impl Delivery {
    /// By which the queue knows the message: a UUID.
    pub fn message_id(&self) -> String {
        Uuid::from_u128(self.id).to_string()
    }
}

impl EmbeddedQueue {
    /// The queue in `database`. A message that was received `most_receives` times, at least once, and is still not
    /// done when it would come again is given up.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        most_receives: u32,
    ) -> Self {
        Self {
            database,
            clock,
            ids,
            changed: Arc::default(),
            most_receives: most_receives.max(1),
        }
    }

    /// A message, which nobody else receives before `visibility` is over; `None` if there is none at present. An
    /// empty queue costs a read.
    ///
    /// # Errors
    /// If the queue cannot be read or written: the message comes again.
    pub async fn receive(&self, visibility: Duration) -> Result<Option<Delivery>, StoreError> {
        let now = self.clock.now();
        let earliest = self.next_at()?;
        if earliest.is_none_or(|at| at > now) {
            return Ok(None);
        }
        let most = self.most_receives;
        let receive = move |transaction: &_| {
            let hidden_until = now.plus(visibility);
            Ok(tables::receive(transaction, now, hidden_until, most)?)
        };
        let Received { delivery, dead } = self.database.write(receive).await?;
        for message_id in dead {
            tracing::error!(%message_id, "a message was received too often and is given up");
        }
        Ok(delivery)
    }

    /// The next message, as [`receive`](Self::receive) gives it, as soon as there is one. Whoever stops waiting may
    /// leave a message that comes again when `visibility` is over.
    ///
    /// # Errors
    /// As of [`receive`](Self::receive).
    pub async fn next(&self, visibility: Duration) -> Result<Delivery, StoreError> {
        loop {
            let changed = self.changed.notified();
            pin!(changed);
            // From here on nothing that is sent is missed.
            changed.as_mut().enable();
            if let Some(delivery) = self.receive(visibility).await? {
                return Ok(delivery);
            }
            let now = self.clock.now();
            let pause = self.next_at()?.map_or(LONGEST_PAUSE, |at| at.since(now));
            drop(timeout(pause.min(LONGEST_PAUSE), changed).await);
        }
    }

    /// Whoever had messages is dead: they come again at once. For a worker that starts and knows that there is no
    /// other. Answers how many they are.
    ///
    /// # Errors
    /// If the queue cannot be written: they come again when their visibility ends.
    pub async fn take_back(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let take_back = move |transaction: &_| Ok(tables::take_back(transaction, now)?);
        let taken = self.database.write(take_back).await?;
        self.changed.notify_waiters();
        Ok(taken)
    }

    /// The work is done: the message does not come again, whoever has it by now.
    ///
    /// # Errors
    /// If the queue cannot be written: the message comes again.
    pub async fn done(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let id = delivery.id;
        let done = move |transaction: &_| Ok(tables::remove(transaction, id)?);
        self.database.write(done).await
    }

    /// The worker needs longer: nobody else receives the message before `visibility` is over, counted from now.
    ///
    /// # Errors
    /// `NotFound` if it is done or given up, `PreconditionFailed` if another has received it since.
    pub async fn extend(
        &self,
        delivery: &Delivery,
        visibility: Duration,
    ) -> Result<(), StoreError> {
        let (id, receives) = (delivery.id, delivery.receives);
        let until = self.clock.now().plus(visibility);
        let hide = move |transaction: &_| Ok(tables::hide(transaction, id, receives, until)?);
        self.database.write(hide).await?;
        self.changed.notify_waiters();
        Ok(())
    }

    /// The worker gives up for now: the message comes again when `delay` is over.
    ///
    /// # Errors
    /// As of [`extend`](Self::extend).
    pub async fn release(&self, delivery: &Delivery, delay: Duration) -> Result<(), StoreError> {
        let (id, receives) = (delivery.id, delivery.receives);
        let until = self.clock.now().plus(delay);
        let lay_down =
            move |transaction: &_| Ok(tables::lay_down(transaction, id, receives, until)?);
        self.database.write(lay_down).await?;
        self.changed.notify_waiters();
        Ok(())
    }

    /// How many messages there are that are not done, received or not; without the dead letters.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn len(&self) -> Result<u64, StoreError> {
        self.database
            .read(|transaction| Ok(tables::count(transaction)?))
    }

    /// Whether everything is done or given up.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        self.len().map(|count| count == 0)
    }

    /// How many messages were given up.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn dead_letter_count(&self) -> Result<u64, StoreError> {
        self.database
            .read(|transaction| Ok(tables::count_dead(transaction)?))
    }

    /// Up to `limit` of the messages that were given up, those that were sent first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::dead(transaction, limit)?))
    }

    /// When the earliest message can be received.
    fn next_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.database
            .read(|transaction| Ok(tables::next_at(transaction)?))
    }
}

#[async_trait]
impl WorkQueue for EmbeddedQueue {
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError> {
        let body = work.message();
        let now = self.clock.now();
        let id = self.ids.uuid_v7(now).as_u128();
        let at = now.plus(delay);
        let send = move |transaction: &_| Ok(tables::send(transaction, id, at, &body)?);
        self.database.write(send).await?;
        self.changed.notify_waiters();
        Ok(())
    }
}

impl fmt::Debug for EmbeddedQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedQueue")
            .field("most_receives", &self.most_receives)
            .finish_non_exhaustive()
    }
}
