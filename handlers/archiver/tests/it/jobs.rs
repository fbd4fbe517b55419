//! Jobs from their messages to their ends, whatever happens on the way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use notewarden_archiver::Jobs;
use notewarden_domain::{
    ObjectKey, StoreError,
    archive::{ArchiveId, Failure, State, Status},
    ports::{ArchiveStore, Clock},
    work::Work,
};
use notewarden_testkit::{
    fakes::SeededIds,
    faults::{Call, Fault},
    fixtures::{NOON, identity},
};
use proptest::prelude::*;
use tokio::{sync::Notify, time::Instant};

use crate::world::{World, noise};

/// Files of which some are copied, some read, and some both, and a job of them.
fn composed(world: &World) -> ArchiveId {
    let files = [
        ("a", 3_000),
        ("b", 100),
        ("c", 50),
        ("d", 2_500),
        ("e", 900),
        ("f", 10),
    ];
    for (seed, (name, length)) in files.into_iter().enumerate() {
        world.put(name, noise(seed as u64, length));
    }
    world.job(&files.map(|(name, _)| name))
}

fn assert_whole(world: &World, id: ArchiveId) {
    world.assert_ready(id);
    let zip = world.zip(id);
    assert_eq!(zip.len(), 6);
    for (seed, (_, bytes)) in zip.iter().enumerate() {
        assert!(*bytes == noise(seed as u64, bytes.len()));
    }
}

fn lost() -> StoreError {
    StoreError::unavailable("the connection is lost")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(future)
}

#[tokio::test(start_paused = true)]
async fn the_same_message_twice_makes_one_zip() {
    let world = World::small();
    let id = composed(&world);
    world.run(id).await.unwrap();
    let first = world.stored_job(id);
    world.run(id).await.unwrap();
    assert_eq!(world.stored_job(id), first);
    assert_whole(&world, id);
}

#[tokio::test(start_paused = true)]
async fn of_two_workers_one_makes_the_zip_and_the_other_comes_again() {
    let world = World::small();
    let id = composed(&world);
    let (one, other) = tokio::join!(world.run(id), world.run(id));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    assert_whole(&world, id);
    world.run(id).await.unwrap();
    assert_whole(&world, id);
}

#[tokio::test(start_paused = true)]
async fn what_is_planned_and_taken_is_said() {
    let world = World::small();
    let id = composed(&world);
    world.run(id).await.unwrap();
    let job = world.stored_job(id);
    let (expected, actual) = (job.expected.unwrap(), job.actual.unwrap());
    assert_eq!(actual.bytes_copied, expected.bytes_copied);
    assert_eq!(actual.bytes_through_worker, expected.bytes_through_worker);
    assert_eq!(
        (actual.puts, actual.copies, actual.gets),
        (expected.puts, expected.copies, expected.gets)
    );
    assert!(actual.copies > 0 && actual.nanodollars > 0);
}

/// Runs the job until its `moment`th call to the store, and lets the worker die `yields` turns later.
async fn kill(world: &World, id: ArchiveId, moment: u64, yields: u64) {
    let now = Arc::new(Notify::new());
    let mut left = moment;
    let dies = now.clone();
    world.faults.on_call(move |_| {
        if left == 0 {
            dies.notify_one();
        }
        left = left.saturating_sub(1);
        None
    });
    tokio::select! {
        biased;
        () = async {
            now.notified().await;
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
        } => {}
        result = world.run(id) => result.unwrap(),
    }
    world.faults.be_quiet();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// ZIP-06: killed at any moment, up to four times, the job ends with one whole zip.
    #[test]
    fn killed_at_any_moment_the_job_ends_with_one_zip(
        kills in prop::collection::vec((0..60_u64, 0..6_u64), 1..5),
        copies_have_checksums: bool,
    ) {
        block_on(async {
            let settings = World::small().archiver.settings;
            let world = World::with(settings, copies_have_checksums);
            let id = composed(&world);
            for (moment, yields) in kills {
                kill(&world, id, moment, yields).await;
                world.let_lease_end();
            }
            world.run(id).await.unwrap();
            assert_whole(&world, id);
        });
    }

    /// ZIP-06: whatever single calls fail, before or after they had their effect, the job ends with one whole zip.
    #[test]
    fn lost_calls_and_answers_do_no_harm(
        faults in prop::collection::btree_map(0..80_usize, any::<bool>(), 0..6),
    ) {
        block_on(async {
            let world = World::small();
            let id = composed(&world);
            let mut call = 0;
            world.faults.on_call(move |_| {
                call += 1;
                let has_its_effect = faults.get(&(call - 1))?;
                Some(if *has_its_effect {
                    Fault::After(lost())
                } else {
                    Fault::Before(lost())
                })
            });
            while world.run(id).await.is_err() {
                world.let_lease_end();
            }
            assert_whole(&world, id);
        });
    }

    /// ZIP-06: what changes or vanishes under the worker's hands is in the zip as it is now, or among the missing.
    #[test]
    fn files_that_change_or_vanish_do_not_break_the_zip(
        moment in 0..40_usize,
        name in prop::sample::select(&["a", "b", "d", "e"][..]),
        new_length in prop::option::of(0..4_000_usize),
    ) {
        block_on(async {
            let world = World::small();
            let id = composed(&world);
            let key = world.key(name);
            let mut call = 0;
            let has_happened = Arc::new(AtomicBool::new(false));
            let happens = has_happened.clone();
            let (files, objects) = (world.files.clone(), world.objects.clone());
            world.faults.on_call(move |_| {
                if call == moment {
                    happens.store(true, Ordering::SeqCst);
                    match new_length {
                        Some(length) => drop(objects.store_as(&key, noise(9, length), None, NOON)),
                        None => files.remove(&key),
                    }
                }
                call += 1;
                None
            });
            world.run(id).await.unwrap();
            world.assert_ready(id);
            let job = world.stored_job(id);
            let zip = world.zip(id);
            let there = zip.iter().find(|(found, _)| found == name);
            let seed = ["a", "b", "c", "d", "e", "f"].iter().position(|known| *known == name);
            let before = noise(seed.unwrap() as u64, there.map_or(0, |(_, bytes)| bytes.len()));
            match (there, new_length) {
                (Some((_, bytes)), Some(length)) => {
                    assert!(*bytes == before || *bytes == noise(9, length));
                    assert_eq!(job.missing.count(), 0);
                }
                (Some((_, bytes)), None) => assert!(*bytes == before),
                (None, None) => {
                    assert!(has_happened.load(Ordering::SeqCst));
                    assert_eq!(job.missing.names(), [name.parse().unwrap()]);
                    assert_eq!(zip[0].0, "MISSING.txt");
                    let list = String::from_utf8(zip[0].1.clone()).unwrap();
                    assert!(list.lines().any(|line| line == name), "{list}");
                }
                (None, Some(_)) => panic!("`{name}` is not in the zip"),
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn missing_files_are_listed_beside_one_of_that_name() {
    let world = World::small();
    world.put("MISSING.txt", b"mine".to_vec());
    world.put("there", b"x".to_vec());
    let id = world.job(&["gone/ä", "MISSING.txt", "there", "gone too"]);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let zip = world.zip(id);
    let names: Vec<&str> = zip.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["MISSING.txt", "MISSING (2).txt", "there"]);
    assert!(zip[0].1.ends_with("\n\ngone/ä\ngone too\n".as_bytes()));
    assert_eq!(world.stored_job(id).missing.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn files_that_never_rest_end_the_job() {
    let world = World::small();
    let id = composed(&world);
    let key = world.key("a");
    let objects = world.objects.clone();
    world.faults.on_call(move |call| {
        if call == Call::CopyPart {
            objects.store_as(&key, noise(1, 3_000), None, NOON);
        }
        None
    });
    world.run(id).await.unwrap();
    let failure = Failure::KeptChanging;
    assert_eq!(world.stored_job(id).state, State::Failed { failure });
    world.assert_nothing_left(id);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_job_stops_within_a_second_and_leaves_nothing() {
    let world = World::small();
    let names: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
    for name in &names {
        world.put(name, noise(1, 100));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = world.job(&names);
    let slow = |_| Some(Fault::late(Duration::from_millis(90)));
    world.faults.on_call(slow);
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        let job = world.stored_job(id);
        assert_eq!(job.status(), Status::Running);
        let version = job.version;
        let cancelled = job.cancel().unwrap();
        world.archives.replace(&cancelled, version).await.unwrap();
        Instant::now()
    };
    let run = async {
        world.run(id).await.unwrap();
        Instant::now()
    };
    let (ended_at, cancelled_at) = tokio::join!(run, cancel);
    let delay = ended_at - cancelled_at;
    // Two requests that clean up are part of it.
    assert!(delay < Duration::from_millis(1_200), "{delay:?}");
    assert_eq!(world.stored_job(id).status(), Status::Cancelled);
    world.assert_nothing_left(id);
}

#[tokio::test(start_paused = true)]
async fn a_worker_out_of_time_leaves_the_job_to_another() {
    let world = World::small();
    let id = composed(&world);
    let slow = |_| Some(Fault::late(Duration::from_secs(1)));
    world.faults.on_call(slow);
    let until = world.clock.now().plus(Duration::from_secs(7));
    let error = world
        .archiver
        .run(&world.work(id), until)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the archive was not ready in time");
    assert_eq!(world.stored_job(id).status(), Status::Queued);
    world.assert_nothing_left(id);
    world.faults.be_quiet();
    world.run(id).await.unwrap();
    assert_whole(&world, id);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_works_ends_the_job_after_so_many_attempts() {
    let world = World::small();
    let id = composed(&world);
    world
        .faults
        .on_call(|call| (call == Call::PutPart).then(|| Fault::Before(lost())));
    for _ in 1..world.archiver.settings.limits.attempts {
        world.run(id).await.unwrap_err();
        assert_eq!(world.stored_job(id).status(), Status::Queued);
    }
    world.run(id).await.unwrap();
    let failure = Failure::Exhausted;
    assert_eq!(world.stored_job(id).state, State::Failed { failure });
    world.assert_nothing_left(id);
}

#[tokio::test(start_paused = true)]
async fn workers_that_die_each_time_end_the_job() {
    let world = World::small();
    let id = composed(&world);
    for _ in 0..world.archiver.settings.limits.attempts {
        kill(&world, id, 12, 0).await;
        world.run(id).await.unwrap_err();
        world.let_lease_end();
    }
    world.run(id).await.unwrap();
    let failure = Failure::Exhausted;
    assert_eq!(world.stored_job(id).state, State::Failed { failure });
    world.assert_nothing_left(id);
}

/// TEN-20: a message that names another's archive finds none, and a job reaches into its owner's folder only.
#[tokio::test(start_paused = true)]
async fn nobody_gets_what_is_anothers() {
    let world = World::small();
    let id = composed(&world);
    let stranger = identity(&SeededIds::new(2));
    let forged = Work::Archive {
        identity_id: stranger.clone(),
        archive_id: id,
    };
    world.archiver.run(&forged, world.until()).await.unwrap();
    assert_eq!(world.stored_job(id).status(), Status::Queued);

    let secret = ObjectKey::private(&stranger, &"secret".parse().unwrap());
    world.objects.store_as(&secret, noise(1, 10), None, NOON);
    let id = world.job(&["secret", "a"]);
    world.run(id).await.unwrap();
    let zip = world.zip(id);
    let names: Vec<&str> = zip.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["MISSING.txt", "a"]);
}

#[tokio::test(start_paused = true)]
async fn what_no_worker_does_is_refused() {
    let world = World::small();
    let orphans = Work::Orphans {
        identity_id: world.owner.clone(),
        note_id: "0193bb5a-7c00-7000-8000-00000000000a".parse().unwrap(),
        names: Vec::new(),
        before: NOON,
    };
    world
        .archiver
        .run(&orphans, world.until())
        .await
        .unwrap_err();
}
