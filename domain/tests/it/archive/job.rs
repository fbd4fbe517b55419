//! The job's state machine, against a model and against workers that race.

use std::time::Duration;

use notewarden_domain::{
    Timestamp,
    archive::{
        ARCHIVE_LIFETIME, ArchiveId, ArchiveName, Attempt, Failure, Job, Limits, MAX_MISSING_NAMES,
        Missing, Progress, Refused, State, Status, Toll,
    },
};
use proptest::prelude::*;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);
const FILES: u64 = 10;
const START: Timestamp = Timestamp::from_millis(1_000);
const LIMITS: Limits = Limits {
    files: 10,
    bytes: 1_000,
    jobs_under_way: 1,
    attempts: 3,
};

fn job() -> Job {
    let selected = Progress {
        files: FILES,
        bytes: 100,
    };
    let owner = "us-east-1:6f0c2f0e-2f3d-4d4b-9a55-0f4a1c9f7a01".parse();
    let id = ArchiveId::new(Uuid::from_u128(7));
    Job::queued(owner.unwrap(), id, ArchiveName::default(), selected, START)
}

/// What may happen to a job. Workers are named by the attempt that they believe to have.
#[derive(Clone, Copy, Debug)]
enum Event {
    Claim,
    Plan(u32),
    Report(u32, u64),
    Release(u32),
    Finish(u32),
    Fail(u32),
    GiveUp,
    Cancel,
    Expire,
    Wait(u64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let worker = 1..5_u32;
    let event = prop_oneof![
        3 => Just(Event::Claim),
        1 => worker.clone().prop_map(Event::Plan),
        3 => (worker.clone(), 0..=FILES + 1).prop_map(|(worker, files)| Event::Report(worker, files)),
        1 => worker.clone().prop_map(Event::Release),
        1 => worker.clone().prop_map(Event::Finish),
        1 => worker.prop_map(Event::Fail),
        1 => Just(Event::GiveUp),
        1 => Just(Event::Cancel),
        2 => Just(Event::Expire),
        3 => prop_oneof![0..70_u64, Just(60), Just(24 * 60 * 60)].prop_map(Event::Wait),
    ];
    proptest::collection::vec(event, 0..60)
}

/// What a job is, told without its code: who holds it until when, how far, or how it ended and when it goes.
#[derive(Clone, Debug)]
struct Model {
    now: u64,
    attempts: u32,
    holder: Option<(u32, u64)>,
    files: u64,
    end: Option<Status>,
    ready_by: Option<u32>,
    expires: u64,
}

impl Model {
    /// Does the event change the job, leave it, or is it refused?
    fn apply(&mut self, event: Event) -> Result<bool, ()> {
        let holds = |worker| self.end.is_none() && self.holder.is_some_and(|(by, _)| by == worker);
        let is_free = self.end.is_none() && self.holder.is_none_or(|(_, until)| self.now >= until);
        match event {
            Event::Wait(seconds) => {
                self.now += seconds;
                return Ok(false);
            }
            Event::Claim if is_free && self.attempts < LIMITS.attempts => {
                self.attempts += 1;
                self.holder = Some((self.attempts, self.now + LEASE.as_secs()));
                self.files = 0;
            }
            Event::Report(worker, files)
                if holds(worker) && (self.files..=FILES).contains(&files) =>
            {
                self.files = files;
                self.holder = Some((worker, self.now + LEASE.as_secs()));
            }
            Event::Plan(worker) if holds(worker) => {
                self.holder = Some((worker, self.now + LEASE.as_secs()));
            }
            Event::Release(worker) if holds(worker) => self.holder = None,
            Event::Finish(worker) if holds(worker) => {
                self.end = Some(Status::Ready);
                self.ready_by = Some(worker);
                self.files = FILES;
                self.expires = self.now + ARCHIVE_LIFETIME.as_secs();
            }
            Event::Finish(worker)
                if self.end == Some(Status::Ready) && self.ready_by == Some(worker) =>
            {
                return Ok(false);
            }
            Event::Fail(worker) if holds(worker) => self.end = Some(Status::Failed),
            Event::GiveUp
                if is_free && (self.attempts == LIMITS.attempts || self.now >= self.expires) =>
            {
                self.end = Some(Status::Failed);
            }
            Event::Cancel if self.end.is_none() => self.end = Some(Status::Cancelled),
            Event::Cancel if self.end == Some(Status::Cancelled) => return Ok(false),
            Event::Expire if self.end == Some(Status::Ready) && self.now >= self.expires => {
                self.end = Some(Status::Expired);
            }
            Event::Expire if self.end == Some(Status::Expired) => return Ok(false),
            _ => return Err(()),
        }
        Ok(true)
    }

    fn status(&self) -> Status {
        match (self.end, self.holder) {
            (Some(end), _) => end,
            (None, Some(_)) => Status::Running,
            (None, None) => Status::Queued,
        }
    }
}

fn apply(job: Job, event: Event, now: Timestamp) -> Result<Job, Refused> {
    let so_far = |files| Progress {
        files,
        bytes: files * 10,
    };
    match event {
        Event::Wait(_) => Ok(job),
        Event::Claim => job.claim(LEASE, &LIMITS, now).map(|(job, _)| job),
        Event::Report(by, files) => job.report(
            Attempt::new(by),
            so_far(files),
            Missing::default(),
            LEASE,
            now,
        ),
        Event::Plan(by) => job.plan(Attempt::new(by), Toll::default(), LEASE, now),
        Event::Release(by) => job.release(Attempt::new(by)),
        Event::Finish(by) => job.finish(Attempt::new(by), 1_234, Toll::default(), now),
        Event::Fail(by) => job.fail(Attempt::new(by), Failure::NothingLeft),
        Event::GiveUp => job.give_up(&LIMITS, now),
        Event::Cancel => job.cancel(),
        Event::Expire => job.expire(now),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_job_goes_as_its_model(events in events()) {
        let mut job = job();
        let mut model = Model {
            now: 1,
            attempts: 0,
            holder: None,
            files: 0,
            end: None,
            ready_by: None,
            expires: 1 + ARCHIVE_LIFETIME.as_secs(),
        };
        for event in events {
            let before = job.clone();
            let expected = model.apply(event);
            let outcome = apply(job.clone(), event, Timestamp::from_millis(model.now * 1_000));
            match (expected, outcome) {
                (Ok(is_changed), Ok(after)) => {
                    let steps = u64::from(is_changed);
                    prop_assert_eq!(after.version.get(), before.version.get() + steps);
                    prop_assert_eq!(is_changed, after != before);
                    job = after;
                }
                (Err(()), Err(_)) => {}
                (expected, outcome) => {
                    prop_assert!(false, "{event:?} on {before:?}: {outcome:?}, not {expected:?}");
                }
            }
            prop_assert_eq!(job.status(), model.status());
            prop_assert_eq!(job.progress.files, model.files);
            prop_assert_eq!(job.attempts, model.attempts);
            prop_assert_eq!(job.expires_at.as_secs(), model.expires);
            prop_assert_eq!(job.size().is_some(), job.status() == Status::Ready);
            prop_assert_eq!(job.failure().is_some(), job.status() == Status::Failed);
            // Of final states, only that of a finished zip changes, and only when it expires.
            let (was, is) = (before.status(), job.status());
            if !was.is_under_way() && was != is {
                prop_assert_eq!((was, is), (Status::Ready, Status::Expired));
            }
        }
    }

    #[test]
    fn of_racing_workers_one_makes_the_zip(
        // Each turn: which worker, and whether it is killed before it can do anything.
        turns in proptest::collection::vec((0..3_usize, 0..8_u8, 0..70_u64), 1..80),
    ) {
        let mut stored = job();
        let mut now = START;
        // What each worker read, and the claim that the store has accepted.
        let mut read: [Option<Job>; 3] = [None, None, None];
        let mut claims: [Option<Attempt>; 3] = [None; 3];
        let mut zips = 0;
        for (worker, dice, seconds) in turns {
            now = now.plus(Duration::from_secs(seconds));
            if dice == 0 {
                (read[worker], claims[worker]) = (None, None);
                continue;
            }
            let Some(seen) = read[worker].take() else {
                read[worker] = Some(stored.clone());
                continue;
            };
            let seen_version = seen.version;
            let change = match claims[worker] {
                None => seen.claim(LEASE, &LIMITS, now).map(|(job, attempt)| (job, Some(attempt))),
                Some(attempt) => seen.finish(attempt, 1, Toll::default(), now).map(|job| (job, None)),
            };
            // The store keeps a change only of the version that it has.
            let Ok((after, claim)) = change else { continue };
            if after.version == seen_version || stored.version != seen_version {
                continue;
            }
            if let Some(claim) = claim {
                let others = claims.iter().flatten();
                prop_assert!(others.clone().all(|other| *other < claim), "two workers with one claim");
            }
            zips += u32::from(after.status() == Status::Ready);
            claims[worker] = claim;
            stored = after;
        }
        prop_assert!(zips <= 1);
        prop_assert_eq!(zips == 1, stored.status() == Status::Ready);
    }
}

#[test]
fn a_worker_that_was_replaced_counts_for_nothing() {
    let (first, dead) = job().claim(LEASE, &LIMITS, START).unwrap();
    let later = START.plus(LEASE);
    assert_eq!(
        first.clone().claim(LEASE, &LIMITS, START).unwrap_err(),
        Refused::Taken
    );
    let (second, alive) = first.claim(LEASE, &LIMITS, later).unwrap();
    assert_eq!(
        second.clone().finish(dead, 1, Toll::default(), later),
        Err(Refused::Taken)
    );
    assert_eq!(
        second.clone().fail(dead, Failure::NothingLeft),
        Err(Refused::Taken)
    );
    let ready = second.finish(alive, 2, Toll::default(), later).unwrap();
    assert_eq!(ready.size(), Some(2));
    assert_eq!(
        ready.clone().finish(dead, 1, Toll::default(), later),
        Err(Refused::Over(Status::Ready))
    );
    // The message came twice: nothing changes.
    assert_eq!(
        ready.clone().finish(alive, 2, Toll::default(), later),
        Ok(ready)
    );
}

#[test]
fn a_worker_learns_that_the_job_is_cancelled() {
    let (running, attempt) = job().claim(LEASE, &LIMITS, START).unwrap();
    let cancelled = running.cancel().unwrap();
    let report = cancelled.report(
        attempt,
        Progress::default(),
        Missing::default(),
        LEASE,
        START,
    );
    let refused = report.unwrap_err();
    assert_eq!(refused, Refused::Over(Status::Cancelled));
    assert_eq!(refused.to_string(), "the archive is cancelled");
}

#[test]
fn a_job_that_is_begun_too_often_is_given_up() {
    let mut job = job();
    for _ in 0..LIMITS.attempts {
        let (claimed, attempt) = job.claim(LEASE, &LIMITS, START).unwrap();
        job = claimed.release(attempt).unwrap();
    }
    assert_eq!(
        job.clone().claim(LEASE, &LIMITS, START).unwrap_err(),
        Refused::Exhausted
    );
    let given_up = job.give_up(&LIMITS, START).unwrap();
    assert_eq!(given_up.failure(), Some(Failure::Exhausted));
}

#[test]
fn missing_files_are_counted_and_the_first_named() {
    let mut missing = Missing::default();
    for number in 0..=MAX_MISSING_NAMES {
        missing.add(&number.to_string().parse().unwrap());
    }
    assert_eq!(missing.names().len(), MAX_MISSING_NAMES);
    assert_eq!(missing.count(), MAX_MISSING_NAMES as u64 + 1);
}

#[test]
fn states_are_stored_and_read_back() {
    for (state, json) in [
        (State::Queued, r#"{"status":"queued"}"#),
        (
            State::Running {
                attempt: Attempt::new(2),
                lease_until: START,
            },
            r#"{"status":"running","attempt":2,"lease_until":1000}"#,
        ),
        (
            State::Failed {
                failure: Failure::KeptChanging,
            },
            r#"{"status":"failed","failure":"keptChanging"}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&state).unwrap(), json);
        assert_eq!(serde_json::from_str::<State>(json).unwrap(), state);
        assert_eq!(state.status().to_string(), json.split('"').nth(3).unwrap());
    }
}
