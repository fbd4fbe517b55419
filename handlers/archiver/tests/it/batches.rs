//! Which messages of a batch come again.

use std::{collections::BTreeSet, time::Duration};

use notewarden_archiver::work;
use notewarden_domain::{Timestamp, ports::Clock};
use notewarden_testkit::fixtures::NOON;
use proptest::prelude::*;
use tokio::time::Instant;

use crate::worker::{End, Worker, batch, job, kept};

/// Noon, and on by tokio's clock, which tests stop.
struct TokioClock(Instant);

impl TokioClock {
    fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        NOON.plus(self.0.elapsed())
    }
}

fn in_a_minute() -> Timestamp {
    NOON.plus(Duration::from_secs(60))
}

#[tokio::test(start_paused = true)]
async fn what_fails_comes_again_and_what_is_done_does_not() {
    let worker = Worker::new([(2, End::Failed), (4, End::Panicked)]);
    let batch = batch([
        ("a", job(1).message()),
        ("b", job(2).message()),
        ("c", "nonsense".to_owned()),
        ("d", job(4).message()),
        ("e", job(5).message()),
    ]);
    let report = work(&worker, &TokioClock::start(), &batch, in_a_minute()).await;
    assert_eq!(kept(&report), ["b", "c", "d"]);
    assert_eq!(worker.asked(), [1, 2, 4, 5], "in the order of the batch");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_done_in_time_is_cut_off_and_the_rest_given_back() {
    let worker = Worker::new([(2, End::Never)]);
    let batch = batch([
        ("a", job(1).message()),
        ("b", job(2).message()),
        ("c", job(3).message()),
    ]);
    let clock = TokioClock::start();
    let report = work(&worker, &clock, &batch, in_a_minute()).await;
    assert_eq!(kept(&report), ["b", "c"]);
    assert_eq!(worker.asked(), [1, 2], "the last was not begun");
    assert_eq!(clock.now().since(NOON).as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn without_any_time_nothing_is_begun() {
    let worker = Worker::default();
    let batch = batch([("a", job(1).message())]);
    let report = work(&worker, &TokioClock::start(), &batch, NOON).await;
    assert_eq!(kept(&report), ["a"]);
    assert_eq!(worker.asked(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn messages_for_one_job_are_answered_alike() {
    let worker = Worker::new([(2, End::Failed)]);
    let batch = batch([
        ("a", job(1).message()),
        ("b", job(2).message()),
        ("c", job(1).message()),
        ("d", job(2).message()),
        ("d", job(2).message()),
    ]);
    let report = work(&worker, &TokioClock::start(), &batch, in_a_minute()).await;
    assert_eq!(kept(&report), ["b", "d"], "each once");
    assert_eq!(worker.asked(), [1, 2], "each once");
}

/// A message: the number of its job, or nothing for a malformed one.
fn messages() -> impl Strategy<Value = Vec<Option<u8>>> {
    prop::collection::vec(prop::option::weighted(0.8, 0..8_u8), 0..20)
}

proptest! {
    #[test]
    fn a_message_comes_again_if_and_only_if_its_job_is_not_done(
        messages in messages(),
        ends in prop::collection::btree_map(
            0..8_u8,
            prop::sample::select(&[End::Done, End::Failed, End::Panicked][..]),
            0..8,
        ),
    ) {
        let worker = Worker::new(ends.clone());
        let ids: Vec<_> = (0..messages.len()).map(|index| format!("m{index}")).collect();
        let batch = batch(messages.iter().zip(&ids).map(|(message, id)| {
            (id.as_str(), message.map_or_else(|| "{}".to_owned(), |number| job(number).message()))
        }));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let report = runtime.block_on(async {
            work(&worker, &TokioClock::start(), &batch, in_a_minute()).await
        });

        let is_done = |number: &u8| ends.get(number).is_none_or(|end| *end == End::Done);
        let expected: Vec<_> = messages
            .iter()
            .zip(&ids)
            .filter(|(message, _)| !message.as_ref().is_some_and(is_done))
            .map(|(_, id)| id.as_str())
            .collect();
        prop_assert_eq!(kept(&report), expected);

        let asked = worker.asked();
        let distinct: BTreeSet<_> = messages.iter().flatten().copied().collect();
        prop_assert_eq!(asked.len(), distinct.len(), "each job once");
        prop_assert_eq!(asked.into_iter().collect::<BTreeSet<_>>(), distinct);
    }
}
