//! Objects with their counters, jobs with their indexes, and messages: whatever was acknowledged is there after a
//! power failure, and all that is kept in step still is.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    fmt::Debug,
    path::Path,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream;
use notewarden_domain::{
    IdentityId, ObjectKey, StoreError,
    archive::{ArchiveId, Job, LEASE, Limits, Selection},
    ports::{ArchiveStore, FileIndex, FileQuery, WorkQueue},
    quota::Usage,
    work::Work,
};
use notewarden_embedded::{
    Database, EmbeddedArchives, EmbeddedFiles, EmbeddedQueue, Objects,
    blobs::OsFs,
    objects::{ObjectError, PutOptions, WriteCondition},
};
use notewarden_testkit::{
    FixedClock, SeededIds,
    fixtures::{NOON, file, job, noon_plus},
};
use proptest::prelude::*;
use tokio::task::{LocalSet, yield_now};

use super::{Choices, owner};
use crate::disk::Disk;

/// What is known of one thing: its last acknowledged state, and what a call that was not acknowledged may have made
/// of it.
#[derive(Debug)]
struct Known<T> {
    acknowledged: Option<T>,
    in_doubt: Option<Option<T>>,
}

type Book<K, T> = BTreeMap<K, Known<T>>;

/// What every life has written.
#[derive(Default)]
struct Journal {
    /// The sizes of objects.
    objects: Book<String, u64>,
    jobs: Book<ArchiveId, Job>,
    /// Whether messages are there, by what they say.
    messages: Book<String, ()>,
}

/// A call that would bring the thing to `after` was acknowledged, or its answer was lost.
fn note<K: Ord, T>(book: &mut Book<K, T>, key: K, after: Option<T>, is_lost: bool) {
    let known = book.entry(key).or_insert(Known {
        acknowledged: None,
        in_doubt: None,
    });
    if is_lost {
        known.in_doubt = Some(after);
    } else {
        known.acknowledged = after;
    }
}

/// Compares what is stored with what is known, and settles what was in doubt.
fn settle<K: Ord + Debug, T: PartialEq + Debug>(book: &mut Book<K, T>, mut found: BTreeMap<K, T>) {
    for (key, known) in book.iter_mut() {
        let found = found.remove(key);
        let is_known = found == known.acknowledged || Some(&found) == known.in_doubt.as_ref();
        assert!(is_known, "{key:?} is {found:?}, but {known:?}");
        known.acknowledged = found;
        known.in_doubt = None;
    }
    assert!(found.is_empty(), "nobody has written {found:?}");
}

/// The stores of one life.
#[derive(Clone)]
struct Stores {
    objects: Objects,
    files: EmbeddedFiles,
    archives: EmbeddedArchives,
    queue: EmbeddedQueue,
    clock: Arc<FixedClock>,
    ids: Arc<SeededIds>,
}

impl Stores {
    async fn open(disk: &Disk, dir: &Path, clock: Arc<FixedClock>, ids: Arc<SeededIds>) -> Self {
        let database = Database::on_storage(disk.opener()).unwrap();
        let opened = Objects::open_on(
            Arc::new(OsFs),
            database.clone(),
            dir,
            clock.clone(),
            ids.clone(),
        );
        let objects = opened.await.unwrap();
        Self {
            files: EmbeddedFiles::new(objects.clone()),
            objects,
            archives: EmbeddedArchives::new(database.clone()),
            queue: EmbeddedQueue::new(database, clock.clone(), ids.clone(), u32::MAX),
            clock,
            ids,
        }
    }
}

/// Writes until the machine stops.
async fn write(stores: Stores, journal: Rc<RefCell<Journal>>, writer: u64, mut choices: Choices) {
    let mut mine: Vec<Job> = Vec::new();
    loop {
        let done = match choices.below(6) {
            0..3 => change_object(&stores, &journal, writer, &mut choices).await,
            3 => ask(&stores, &journal, &mut mine).await,
            4 => move_on(&stores, &journal, &mut mine, &mut choices).await,
            _ => work_off(&stores, &journal).await,
        };
        if done.is_none() {
            break;
        }
        yield_now().await;
    }
}

/// Whether the answer of a call was lost with the machine.
fn is_lost<T>(outcome: &Result<T, StoreError>) -> bool {
    match outcome {
        Ok(_) => false,
        Err(StoreError::Unavailable { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

async fn change_object(
    stores: &Stores,
    journal: &RefCell<Journal>,
    writer: u64,
    choices: &mut Choices,
) -> Option<()> {
    let name = format!("{writer}/{}", choices.below(4));
    let key = ObjectKey::private(&owner(), &file(&name));
    let key = key.as_str();
    let (after, outcome) = if choices.below(3) > 0 {
        let size = choices.below(5_000);
        let data = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![1; size]))]);
        let put = stores.objects.put(key, data, PutOptions::default()).await;
        (Some(size as u64), put.map(drop))
    } else {
        let deleted = stores.objects.delete(key, WriteCondition::None).await;
        (None, deleted.map(drop))
    };
    let outcome = outcome.map_err(|error| match error {
        ObjectError::Store(error) => error,
        other => panic!("{other}"),
    });
    let is_lost = is_lost(&outcome);
    note(
        &mut journal.borrow_mut().objects,
        key.to_owned(),
        after,
        is_lost,
    );
    (!is_lost).then_some(())
}

/// A new job and its message.
async fn ask(stores: &Stores, journal: &RefCell<Journal>, mine: &mut Vec<Job>) -> Option<()> {
    let job = job(&owner(), stores.ids.as_ref(), NOON);
    let selection = Selection::default();
    let created = stores
        .archives
        .create(&job, &selection, None, u32::MAX)
        .await;
    let is_job_lost = is_lost(&created);
    note(
        &mut journal.borrow_mut().jobs,
        job.id,
        Some(job.clone()),
        is_job_lost,
    );
    if is_job_lost {
        return None;
    }
    let work = Work::Archive {
        identity_id: owner(),
        archive_id: job.id,
    };
    mine.push(job);
    let sent = stores.queue.send(&work, Duration::ZERO).await;
    let is_lost = is_lost(&sent);
    note(
        &mut journal.borrow_mut().messages,
        work.message(),
        Some(()),
        is_lost,
    );
    (!is_lost).then_some(())
}

/// A job goes on, ends or is forgotten.
async fn move_on(
    stores: &Stores,
    journal: &RefCell<Journal>,
    mine: &mut Vec<Job>,
    choices: &mut Choices,
) -> Option<()> {
    let Some(before) = mine.pop() else {
        return Some(());
    };
    let after = match choices.below(3) {
        0 => before
            .clone()
            .claim(LEASE, &Limits::default(), NOON)
            .ok()
            .map(|(job, _)| job),
        1 => before.clone().cancel().ok(),
        _ => None,
    };
    let outcome = match &after {
        Some(after) => stores.archives.replace(after, before.version).await,
        None => {
            stores
                .archives
                .delete(&owner(), before.id, before.version)
                .await
        }
    };
    let is_lost = is_lost(&outcome);
    note(
        &mut journal.borrow_mut().jobs,
        before.id,
        after.clone(),
        is_lost,
    );
    mine.extend(after);
    (!is_lost).then_some(())
}

/// A message is received and done.
async fn work_off(stores: &Stores, journal: &RefCell<Journal>) -> Option<()> {
    let received = stores.queue.receive(Duration::from_secs(60)).await;
    if is_lost(&received) {
        return None;
    }
    let Some(delivery) = received.unwrap() else {
        return Some(());
    };
    let done = stores.queue.done(&delivery).await;
    let is_lost = is_lost(&done);
    note(
        &mut journal.borrow_mut().messages,
        delivery.body,
        None,
        is_lost,
    );
    (!is_lost).then_some(())
}

/// Everything is as it was acknowledged, and in step.
async fn check(stores: &Stores, journal: &RefCell<Journal>) {
    let owner: IdentityId = owner();
    let query = FileQuery {
        prefix: "".parse().unwrap(),
        after: None,
        limit: usize::MAX,
    };
    let listed = stores.files.list(&owner, &query).await.unwrap().files;
    let counted = Usage {
        files: listed.len() as u64,
        bytes: listed.iter().map(|file| file.meta.size).sum(),
    };
    assert_eq!(stores.files.usage(&owner).await.unwrap(), counted);
    let sizes = listed.iter().map(|file| {
        let key = ObjectKey::private(&owner, &file.name);
        (key.as_str().to_owned(), file.meta.size)
    });
    settle(&mut journal.borrow_mut().objects, sizes.collect());

    let due = stores
        .archives
        .due(noon_plus(u32::MAX.into()), usize::MAX)
        .unwrap();
    let ids: BTreeSet<_> = due.iter().map(|job| job.id).collect();
    assert_eq!(ids.len(), due.len(), "each job is due once");
    let mut found = BTreeMap::new();
    let known: Vec<_> = journal.borrow().jobs.keys().copied().collect();
    let mut under_way = BTreeSet::new();
    for id in known {
        let job = stores.archives.get(&owner, id).await.unwrap();
        let selection = stores.archives.selection(&owner, id).await.unwrap();
        assert_eq!(selection.is_some(), job.is_some());
        if let Some(job) = job {
            assert!(ids.contains(&id), "{job:?} comes due");
            if job.status().is_under_way() {
                under_way.insert(id);
            }
            found.insert(id, job);
        }
    }
    assert_eq!(found.len(), ids.len());
    let listed = stores.archives.under_way(&owner).await.unwrap();
    assert_eq!(
        listed.iter().map(|job| job.id).collect::<BTreeSet<_>>(),
        under_way
    );
    settle(&mut journal.borrow_mut().jobs, found);

    // Whoever held a message is dead: all come again.
    stores.clock.advance(Duration::from_secs(3_600));
    let count = stores.queue.len().unwrap();
    let mut messages = BTreeMap::new();
    while let Some(delivery) = stores.queue.receive(Duration::from_secs(60)).await.unwrap() {
        assert_eq!(messages.insert(delivery.body, ()), None, "it comes once");
    }
    assert_eq!(messages.len() as u64, count);
    settle(&mut journal.borrow_mut().messages, messages);
    stores.clock.advance(Duration::from_secs(3_600));
}

async fn live_and_die(seed: u64, lives: &[(u64, u64)]) {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::default();
    let journal = Rc::new(RefCell::new(Journal::default()));
    let ids = Arc::new(SeededIds::new(seed));
    let clock = Arc::new(FixedClock::at(NOON));
    let mut choices = Choices(seed | 1);
    for (operations, writers) in lives {
        let stores = Stores::open(&disk, dir.path(), clock.clone(), ids.clone()).await;
        check(&stores, &journal).await;
        disk.stop_after(*operations);
        let tasks = LocalSet::new();
        for writer in 0..*writers {
            let choices = Choices(seed.wrapping_add(operations * 31 + writer + 1) | 1);
            tasks.spawn_local(write(stores.clone(), Rc::clone(&journal), writer, choices));
        }
        tasks.await;
        drop(stores);
        match choices.below(4) {
            0 => disk.lose_power(|_| 0),
            1 => disk.lose_power(|states| states - 1),
            _ => disk.lose_power(|states| choices.below(states)),
        }
    }
    let stores = Stores::open(&disk, dir.path(), clock, ids).await;
    check(&stores, &journal).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_kept_in_step_stays_in_step(
        seed: u64,
        lives in prop::collection::vec((0..400_u64, 1..6_u64), 1..5),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live_and_die(seed, &lives));
    }
}
