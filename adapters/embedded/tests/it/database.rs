//! The database's promises: what a write changes, when it is answered, and what errors leave behind.

use std::{future::Future, sync::Arc};

use notewarden_domain::StoreError;
use notewarden_embedded::{Database, OpenError, database::existing};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use tokio::task::{JoinHandle, yield_now};

use crate::disk::Disk;

const TABLE: TableDefinition<'_, u64, u64> = TableDefinition::new("table");

fn on(disk: &Disk) -> Database {
    Database::on_storage(disk.opener()).unwrap()
}

fn put(key: u64, value: u64) -> impl FnOnce(&WriteTransaction) -> Result<(), StoreError> + Send {
    move |transaction| {
        let mut table = transaction.open_table(TABLE).unwrap();
        table.insert(key, value).map_err(StoreError::unavailable)?;
        Ok(())
    }
}

fn get(database: &Database, key: u64) -> Option<u64> {
    let value = database.read(|transaction| {
        let Some(table) = existing(transaction.open_table(TABLE))? else {
            return Ok(None);
        };
        Ok(table.get(key).unwrap().map(|value| value.value()))
    });
    value.unwrap()
}

/// Writes whose flush is held, and then, in the queue behind it, what `queue` spawns.
async fn behind_a_held_flush<T>(
    disk: &Disk,
    database: &Database,
    queue: impl AsyncFnOnce() -> T,
) -> T {
    disk.hold_flushes();
    let first = spawn(database.clone(), put(u64::MAX, 0));
    yield_now().await;
    disk.await_held_flush();
    let queued = queue().await;
    // The tests' runtime has one thread, so each spawned task is polled, and queues its write, in one of these.
    for _ in 0..100 {
        yield_now().await;
    }
    disk.release_flushes();
    first.await.unwrap().unwrap();
    queued
}

fn spawn<T: Send + 'static>(
    database: Database,
    op: impl FnOnce(&WriteTransaction) -> Result<T, StoreError> + Send + 'static,
) -> JoinHandle<Result<T, StoreError>> {
    tokio::spawn(async move { database.write(op).await })
}

#[tokio::test]
async fn a_lone_write_costs_one_flush() {
    let disk = Disk::default();
    let database = on(&disk);
    database.write(put(0, 0)).await.unwrap();
    let (flushes, before) = (disk.flushes(), database.counters());
    for i in 1..=50 {
        database.write(put(i, i)).await.unwrap();
    }
    assert_eq!(disk.flushes() - flushes, 50);
    let after = database.counters();
    assert_eq!(after.flushes - before.flushes, 50);
    assert_eq!(after.commits - before.commits, 50);
    assert_eq!(after.writes - before.writes, 50);
}

#[tokio::test]
async fn a_refused_write_costs_no_flush() {
    let disk = Disk::default();
    let database = on(&disk);
    let flushes = disk.flushes();
    let refuse = |_: &WriteTransaction| Err::<(), _>(StoreError::NotFound);
    let refused = database.write(refuse).await;
    assert!(matches!(refused, Err(StoreError::NotFound)));
    assert_eq!(disk.flushes(), flushes);
}

#[tokio::test]
async fn writes_that_queue_during_a_flush_share_the_next() {
    let disk = Disk::default();
    let database = on(&disk);
    let before = database.counters();
    let writes = behind_a_held_flush(&disk, &database, async || {
        let writes = (0..64).map(|i| spawn(database.clone(), put(i, i)));
        writes.collect::<Vec<_>>()
    });
    for write in writes.await {
        write.await.unwrap().unwrap();
    }
    let after = database.counters();
    assert_eq!(after.commits - before.commits, 2);
    assert_eq!(after.writes - before.writes, 65);
}

/// On any machine at least sixteen on average; on a quiet one all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_back_shares_its_flushes() {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::open(dir.path()).unwrap();
    let before = database.counters();
    let writers: Vec<_> = (0..64)
        .map(|writer| {
            let database = database.clone();
            tokio::spawn(async move {
                for i in 0..30 {
                    database.write(put(writer, i)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let after = database.counters();
    let (writes, commits) = (after.writes - before.writes, after.commits - before.commits);
    assert_eq!(writes, 64 * 30);
    assert!(commits <= 4 * 30, "{writes} writes in {commits} commits");
}

#[tokio::test]
async fn more_writers_than_there_is_room_for_wait_their_turn() {
    let database = on(&Disk::default());
    let writes: Vec<_> = (0..2_000)
        .map(|i| spawn(database.clone(), put(i, i)))
        .collect();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert_eq!(database.counters().writes, 2_000);
    assert_eq!(get(&database, 1_999), Some(1_999));
}

#[tokio::test]
async fn nobody_reads_what_is_not_durable() {
    let disk = Disk::default();
    let database = on(&disk);
    database.write(put(1, 1)).await.unwrap();
    disk.hold_flushes();
    let write = spawn(database.clone(), put(1, 2));
    yield_now().await;
    disk.await_held_flush();
    assert_eq!(get(&database, 1), Some(1));
    disk.release_flushes();
    write.await.unwrap().unwrap();
    assert_eq!(get(&database, 1), Some(2));
}

#[tokio::test]
async fn a_write_that_fails_or_panics_halfway_changes_nothing_and_the_others_do() {
    let disk = Disk::default();
    let database = on(&disk);
    database.write(put(1, 1)).await.unwrap();
    let before = database.counters();
    let writes = behind_a_held_flush(&disk, &database, async || {
        let fail = |transaction: &WriteTransaction| {
            put(1, 666)(transaction)?;
            put(2, 666)(transaction)?;
            Err::<(), _>(StoreError::PreconditionFailed)
        };
        let panic = |transaction: &WriteTransaction| -> Result<(), _> {
            put(1, 777)(transaction)?;
            let mut table = transaction.open_table(TABLE).unwrap();
            table.insert(3, 777).unwrap();
            panic!("halfway")
        };
        let see = |transaction: &WriteTransaction| {
            let table = transaction.open_table(TABLE).unwrap();
            let seen = table.iter().unwrap().map(|entry| entry.unwrap().0.value());
            Ok(seen.collect::<Vec<_>>())
        };
        (
            [put(4, 4), put(5, 5)].map(|op| spawn(database.clone(), op)),
            spawn(database.clone(), fail),
            spawn(database.clone(), panic),
            spawn(database.clone(), see),
            spawn(database.clone(), fail),
        )
    });
    let (kept, failed, panicked, seen, last) = writes.await;
    for write in kept {
        write.await.unwrap().unwrap();
    }
    for failed in [failed, last] {
        let result = failed.await.unwrap();
        assert!(matches!(result, Err(StoreError::PreconditionFailed)));
    }
    let result = panicked.await.unwrap();
    assert!(matches!(result, Err(StoreError::Unavailable { .. })));
    assert_eq!(seen.await.unwrap().unwrap(), [1, 4, 5, u64::MAX]);
    assert_eq!(database.counters().commits - before.commits, 2);
    let values = [1, 2, 3, 4, 5].map(|key| get(&database, key));
    assert_eq!(values, [Some(1), None, None, Some(4), Some(5)]);
    drop(database);
    let values = [1, 2, 3, 4, 5].map(|key| get(&on(&disk), key));
    assert_eq!(values, [Some(1), None, None, Some(4), Some(5)]);
}

#[tokio::test]
async fn a_write_goes_on_when_nobody_waits_for_it() {
    let disk = Disk::default();
    let database = on(&disk);
    behind_a_held_flush(&disk, &database, async || {
        let write = spawn(database.clone(), put(1, 1));
        yield_now().await;
        write.abort();
    })
    .await;
    drop(database);
    assert_eq!(get(&on(&disk), 1), Some(1));
}

#[tokio::test]
async fn a_second_server_is_refused_until_the_first_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let first = Database::open(dir.path()).unwrap();
    let clone = first.clone();
    drop(first);
    let refusal = Database::open(dir.path()).unwrap_err();
    assert!(matches!(refusal, OpenError::InUse(_)));
    clone.write(put(1, 1)).await.unwrap();
    drop(clone);
    assert_eq!(get(&Database::open(dir.path()).unwrap(), 1), Some(1));
}

#[tokio::test]
async fn a_database_of_a_newer_format_is_refused() {
    const FORMAT: TableDefinition<'_, (), u32> = TableDefinition::new("format");
    let disk = Disk::default();
    let mark = |transaction: &WriteTransaction| {
        let mut format = transaction.open_table(FORMAT).unwrap();
        format.insert((), 2).unwrap();
        Ok(())
    };
    on(&disk).write(mark).await.unwrap();
    let refusal = Database::on_storage(disk.opener()).unwrap_err();
    assert!(matches!(
        refusal,
        OpenError::Newer {
            found: 2,
            known: 1,
            ..
        }
    ));
    assert!(refusal.to_string().contains("has format 2"), "{refusal}");
}

#[test]
fn a_first_start_that_was_interrupted_is_begun_anew() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notewarden.redb.new"), [0; 5_000]).unwrap();
    drop(Database::open(dir.path()).unwrap());
    assert!(!dir.path().join("notewarden.redb.new").exists());
}

#[test]
fn what_is_not_a_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("notewarden.redb");
    std::fs::write(&file, "a diary, not a database").unwrap();
    let refusal = Database::open(dir.path()).unwrap_err();
    assert!(matches!(refusal, OpenError::Database { .. }));
    assert_eq!(std::fs::read(&file).unwrap(), b"a diary, not a database");
}

async fn fails(write: impl Future<Output = Result<(), StoreError>>) {
    let result = write.await;
    assert!(matches!(result, Err(StoreError::Unavailable { .. })));
}

#[tokio::test]
async fn a_full_disk_refuses_writes_until_there_is_space() {
    let disk = Disk::default();
    let database = on(&disk);
    let fill = |transaction: &WriteTransaction| {
        const BIG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("big");
        let mut table = transaction.open_table(BIG).unwrap();
        table
            .insert(1, &[1; 4 << 20][..])
            .map_err(StoreError::unavailable)?;
        Ok(())
    };
    database.write(put(1, 1)).await.unwrap();
    database.health().unwrap();

    disk.set_full(true);
    fails(database.write(fill)).await;
    assert_eq!(get(&database, 1), Some(1));

    disk.set_full(false);
    let mut tries = 0;
    while let Err(error) = database.write(fill).await {
        assert!(matches!(error, StoreError::Unavailable { .. }));
        tries += 1;
        assert!(tries < 1_000_000, "it does not recover");
    }
    database.health().unwrap();
    database.write(put(1, 2)).await.unwrap();
    assert_eq!(get(&database, 1), Some(2));
}

#[tokio::test]
async fn after_a_failed_flush_nothing_is_written_until_it_is_opened_anew() {
    let disk = Disk::default();
    let database = on(&disk);
    database.write(put(1, 1)).await.unwrap();
    disk.break_flushes();
    fails(database.write(put(1, 2))).await;
    let health = database.health().unwrap_err();
    let cause = std::error::Error::source(&health).unwrap().to_string();
    assert!(cause.contains("input/output error"), "{cause}");
    fails(database.write(put(2, 2))).await;
    fails(database.write(put(3, 3))).await;
    assert_eq!(get(&database, 1), Some(1));
}

#[test]
fn a_database_is_shared_between_threads() {
    fn is_shared<T: Send + Sync>(_: Option<&Arc<T>>) {}
    is_shared::<Database>(None);
}
