//! The queue against the promises it makes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use notewarden_domain::{
    StoreError,
    archive::ArchiveId,
    ports::{Clock, IdSource, WorkQueue},
    work::Work,
};
use notewarden_embedded::{Database, Delivery, EmbeddedQueue};
use notewarden_testkit::{
    FixedClock, SeededIds,
    fixtures::{NOON, identity, noon_plus},
};
use proptest::prelude::*;
use tempfile::TempDir;

const MOST: u32 = 3;
const VISIBILITY: Duration = Duration::from_secs(60);
const NOW: Duration = Duration::ZERO;

struct Place {
    queue: EmbeddedQueue,
    clock: Arc<FixedClock>,
    ids: Arc<SeededIds>,
    database: Database,
    _dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(dir.path()).unwrap();
        let (clock, ids) = (Arc::new(FixedClock::at(NOON)), Arc::new(SeededIds::new(1)));
        let queue = EmbeddedQueue::new(database.clone(), clock.clone(), ids.clone(), MOST);
        Self {
            queue,
            clock,
            ids,
            database,
            _dir: dir,
        }
    }

    async fn send(&self, delay: Duration) -> Work {
        let work = Work::Archive {
            identity_id: identity(self.ids.as_ref()),
            archive_id: ArchiveId::new(self.ids.uuid_v7(NOON)),
        };
        self.queue.send(&work, delay).await.unwrap();
        work
    }

    async fn receive(&self) -> Option<Delivery> {
        self.queue.receive(VISIBILITY).await.unwrap()
    }
}

fn work(delivery: &Delivery) -> Work {
    delivery.body.parse().unwrap()
}

/// A worker that starts has what a killed one had; what is meant for later stays for later.
#[tokio::test]
async fn what_dead_workers_had_is_taken_back() {
    let place = Place::new();
    let [had, _done, released] = [
        place.send(NOW).await,
        place.send(NOW).await,
        place.send(NOW).await,
    ];
    place.send(VISIBILITY / 2).await;
    let [first, second, third] = [
        place.receive().await,
        place.receive().await,
        place.receive().await,
    ];
    let first = first.unwrap();
    assert_eq!(work(&first), had);
    place.queue.done(&second.unwrap()).await.unwrap();
    let third = third.unwrap();
    assert_eq!(work(&third), released);
    place.queue.release(&third, VISIBILITY / 2).await.unwrap();
    assert_eq!(place.receive().await, None);

    assert_eq!(place.queue.take_back().await.unwrap(), 1);
    let again = place.receive().await.unwrap();
    assert_eq!((work(&again), again.receives), (had, 2));
    assert_eq!(place.receive().await, None);
    // The dead worker, if it is not: the message is another's.
    let late = place.queue.extend(&first, VISIBILITY).await;
    assert!(matches!(late, Err(StoreError::PreconditionFailed)));
    place.queue.done(&again).await.unwrap();
    assert_eq!(place.queue.take_back().await.unwrap(), 0);
}

#[tokio::test]
async fn a_message_comes_again_until_it_is_done() {
    let place = Place::new();
    assert_eq!(place.receive().await, None);
    let sent = place.send(NOW).await;
    let first = place.receive().await.unwrap();
    assert_eq!((work(&first), first.receives), (sent, 1));
    assert_eq!(place.receive().await, None, "it is in a worker's hands");
    place.clock.advance(VISIBILITY - Duration::from_millis(1));
    assert_eq!(place.receive().await, None);
    place.clock.advance(Duration::from_millis(1));
    let second = place.receive().await.unwrap();
    assert_eq!(second.message_id(), first.message_id());
    assert_eq!(second.receives, 2);
    place.queue.done(&second).await.unwrap();
    place.queue.done(&second).await.unwrap();
    place.clock.advance(VISIBILITY * 10);
    assert_eq!(place.receive().await, None);
    assert!(place.queue.is_empty().unwrap());
}

/// A worker that was too slow has done the work all the same.
#[tokio::test]
async fn what_a_slow_worker_has_done_does_not_come_again() {
    let place = Place::new();
    place.send(NOW).await;
    let slow = place.receive().await.unwrap();
    place.clock.advance(VISIBILITY);
    let other = place.receive().await.unwrap();
    place.queue.done(&slow).await.unwrap();
    let late = place.queue.extend(&other, VISIBILITY).await;
    assert!(matches!(late, Err(StoreError::NotFound)), "{late:?}");
    place.clock.advance(VISIBILITY);
    assert_eq!(place.receive().await, None);
}

#[tokio::test]
async fn visibility_is_the_present_holders_to_change() {
    let place = Place::new();
    place.send(NOW).await;
    let first = place.receive().await.unwrap();
    place.clock.advance(VISIBILITY / 2);
    place.queue.extend(&first, VISIBILITY).await.unwrap();
    place.clock.advance(VISIBILITY / 2);
    assert_eq!(place.receive().await, None, "the worker asked for longer");
    place.queue.release(&first, NOW).await.unwrap();
    let second = place.receive().await.unwrap();
    let stale = place.queue.release(&first, NOW).await;
    assert!(
        matches!(stale, Err(StoreError::PreconditionFailed)),
        "{stale:?}"
    );
    let delay = Duration::from_secs(5);
    place.queue.release(&second, delay).await.unwrap();
    assert_eq!(place.receive().await, None);
    place.clock.advance(delay);
    assert_eq!(place.receive().await.unwrap().receives, 3);
}

#[tokio::test]
async fn a_message_waits_for_its_delay_and_the_earliest_comes_first() {
    let place = Place::new();
    let late = place.send(Duration::from_secs(900)).await;
    let early = place.send(Duration::from_secs(10)).await;
    assert_eq!(place.receive().await, None);
    place.clock.set(noon_plus(900));
    assert_eq!(work(&place.receive().await.unwrap()), early);
    assert_eq!(work(&place.receive().await.unwrap()), late);
}

#[tokio::test]
async fn what_is_received_too_often_is_kept_among_the_dead_letters() {
    let place = Place::new();
    let sent = place.send(NOW).await;
    for receives in 1..=MOST {
        assert_eq!(place.receive().await.unwrap().receives, receives);
        assert_eq!(place.queue.dead_letter_count().unwrap(), 0);
        place.clock.advance(VISIBILITY);
    }
    // The one behind it is not held up.
    let next = place.send(NOW).await;
    assert_eq!(work(&place.receive().await.unwrap()), next);
    assert_eq!(place.queue.dead_letter_count().unwrap(), 1);
    let dead = place.queue.dead_letters(10).unwrap();
    assert_eq!(dead[0].body.parse::<Work>().unwrap(), sent);
    assert_eq!((dead[0].receives, dead[0].at), (MOST, place.clock.now()));
    assert_eq!(place.queue.len().unwrap(), 1);
}

#[tokio::test]
async fn nobody_gets_what_another_has() {
    let place = Place::new();
    for _ in 0..20 {
        place.send(NOW).await;
    }
    let received = futures_util::future::join_all((0..30).map(|_| place.receive())).await;
    let mut ids: Vec<_> = received
        .iter()
        .flatten()
        .map(Delivery::message_id)
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
    assert_eq!(received.iter().flatten().count(), 20);
}

#[tokio::test]
async fn an_empty_queue_costs_no_write() {
    let place = Place::new();
    let before = place.database.counters().commits;
    for _ in 0..10 {
        assert_eq!(place.receive().await, None);
    }
    assert_eq!(place.database.counters().commits, before);
}

/// Without a poll: the clock stands still, so nothing but the message itself can wake the one who waits.
#[tokio::test]
async fn whoever_waits_hears_of_a_message_at_once() {
    let place = Place::new();
    let waiting = [1, 2].map(|_| {
        let queue = place.queue.clone();
        tokio::spawn(async move { queue.next(VISIBILITY).await })
    });
    tokio::task::yield_now().await;
    let sent = [place.send(NOW).await, place.send(NOW).await];
    let mut received = Vec::new();
    for waiting in waiting {
        received.push(work(&waiting.await.unwrap().unwrap()));
    }
    assert!(received.iter().all(|work| sent.contains(work)));
    assert_ne!(received[0], received[1]);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Send(u64),
    Receive,
    Done(usize),
    Release(usize, u64),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..30_u64).prop_map(Step::Send),
        4 => Just(Step::Receive),
        1 => (0..8_usize).prop_map(Step::Done),
        2 => (0..8_usize, 0..90_u64).prop_map(|(which, delay)| Step::Release(which, delay)),
        2 => (1..80_u64).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..60)
}

/// What the queue must hold: when each message may be received, and how often it was.
#[derive(Default)]
struct Model {
    waiting: BTreeMap<String, (u64, u32)>,
    dead: u64,
}

async fn run(steps: Vec<Step>) {
    let place = Place::new();
    let mut model = Model::default();
    let mut held: Vec<Delivery> = Vec::new();
    let mut seconds = 0;
    for step in steps {
        match step {
            Step::Send(delay) => {
                let sent = place.send(Duration::from_secs(delay)).await;
                model.waiting.insert(sent.message(), (seconds + delay, 0));
            }
            Step::Receive => {
                let mut due: Vec<_> = model
                    .waiting
                    .iter_mut()
                    .filter(|(_, (at, _))| *at <= seconds)
                    .collect();
                let spent: Vec<_> = due
                    .iter()
                    .filter(|(_, (_, receives))| *receives >= MOST)
                    .map(|(body, (at, _))| ((*body).clone(), *at))
                    .collect();
                due.retain(|(_, (_, receives))| *receives < MOST);
                let earliest = due.iter().map(|(_, (at, _))| *at).min();
                let received = place.receive().await;
                assert_eq!(received.is_some(), earliest.is_some());
                if let Some(delivery) = received {
                    let (at, receives) = model.waiting.get_mut(&delivery.body).unwrap();
                    assert_eq!(Some(*at), earliest, "the one that has waited longest");
                    *at = seconds + VISIBILITY.as_secs();
                    *receives += 1;
                    assert_eq!(delivery.receives, *receives);
                    held.push(delivery);
                }
                // Those that stood before it are given up; of equals, by their ids, some may be left.
                for (body, at) in spent {
                    let is_before = earliest.is_none_or(|earliest| at < earliest);
                    let is_given_up = is_before
                        || place
                            .queue
                            .dead_letters(99)
                            .unwrap()
                            .iter()
                            .any(|dead| dead.body == body);
                    if is_given_up {
                        model.waiting.remove(&body);
                        model.dead += 1;
                    }
                }
            }
            Step::Done(which) if which < held.len() => {
                let delivery = held.swap_remove(which);
                place.queue.done(&delivery).await.unwrap();
                model.waiting.remove(&delivery.body);
            }
            Step::Release(which, delay) if which < held.len() => {
                let delivery = &held[which];
                let released = place
                    .queue
                    .release(delivery, Duration::from_secs(delay))
                    .await;
                match model.waiting.get_mut(&delivery.body) {
                    None => assert!(matches!(released, Err(StoreError::NotFound))),
                    Some((_, receives)) if *receives != delivery.receives => {
                        assert!(matches!(released, Err(StoreError::PreconditionFailed)));
                    }
                    Some((at, _)) => {
                        released.unwrap();
                        *at = seconds + delay;
                    }
                }
            }
            Step::Done(_) | Step::Release(..) => {}
            Step::Wait(more) => {
                seconds += more;
                place.clock.set(noon_plus(seconds));
            }
        }
        assert_eq!(
            place.queue.len().unwrap(),
            model.waiting.len() as u64,
            "{step:?}"
        );
        assert_eq!(
            place.queue.dead_letter_count().unwrap(),
            model.dead,
            "{step:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_queue_is_its_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps));
    }
}
