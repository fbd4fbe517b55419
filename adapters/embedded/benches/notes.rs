//! What notes cost: durable writes alone and in company, pages and single notes among few and many, and opening
//! the database again after a kill.
//!
//! `cargo bench -p notewarden-embedded --bench notes [-- NOTES]`, where NOTES (a million by default) is how many
//! notes "many" are.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking, and prints its figures"
)]

use std::{
    env, fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use notewarden_domain::{
    IdentityId, NoteId,
    ports::{NoteQuery, NoteStore, Order},
};
use notewarden_embedded::{Database, EmbeddedNotes};
use notewarden_testkit::{
    SeededIds,
    fixtures::{NOON, identity, note},
};
use tokio::task::JoinSet;

const FEW: usize = 1_000;

#[tokio::main]
async fn main() {
    let many = env::args().find_map(|arg| arg.parse().ok());
    let many = many.unwrap_or(1_000_000);
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let dir = dir.path();
    println!("{:<44} {:>9.0?}", "flush of one block", flush(dir));

    let database = Database::open(&dir.join("few")).unwrap();
    for writers in [1, 2, 16, 64, 256] {
        write(&database, writers, Duration::from_secs(2)).await;
    }
    drop(database);

    let few = read(&dir.join("pages"), FEW).await;
    let path = dir.join("many");
    let much = read(&path, many).await;
    for (what, few, much) in [
        ("the newest 20 notes", few[0], much[0]),
        ("any 20 notes", few[1], much[1]),
        ("any note", few[2], much[2]),
    ] {
        let ratio = much.as_secs_f64() / few.as_secs_f64();
        println!("{what} among {FEW}: {few:.2?}, among {many}: {much:.2?}, {ratio:.2} times");
    }
    reopen(&path, &dir.join("copy")).await;
}

/// The time of a write and a flush of the file system, for comparison.
fn flush(dir: &Path) -> Duration {
    use std::io::Write;

    let mut file = fs::File::create(dir.join("flush")).unwrap();
    let start = Instant::now();
    for _ in 0..200 {
        file.write_all(&[1; 4_096]).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed() / 200
}

/// Writers who each wait for an answer before they write again.
async fn write(database: &Database, writers: usize, time: Duration) {
    let notes = Arc::new(EmbeddedNotes::new(database.clone()));
    let ids = Arc::new(SeededIds::new(writers as u64));
    let before = database.counters();
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..writers {
        let (notes, ids) = (Arc::clone(&notes), Arc::clone(&ids));
        tasks.spawn(async move {
            let owner = identity(ids.as_ref());
            let mut latencies = Vec::new();
            while start.elapsed() < time {
                let note = note(&owner, ids.as_ref(), NOON, &"x".repeat(200));
                let sent = Instant::now();
                notes.create(&note, None).await.unwrap();
                latencies.push(sent.elapsed());
            }
            latencies
        });
    }
    let mut latencies = tasks.join_all().await.concat();
    let elapsed = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let after = database.counters();
    let (writes, flushes, commits) = (
        after.writes - before.writes,
        after.flushes - before.flushes,
        after.commits - before.commits,
    );
    println!(
        "{writers:>3} writers: {:>7.0} writes/s, {:>6.2} writes a commit, {:.3} flushes a commit, median {:.2?}, 99 % {:.2?}",
        writes as f64 / elapsed,
        writes as f64 / commits as f64,
        flushes as f64 / commits as f64,
        latencies[latencies.len() / 2],
        latencies[latencies.len() * 99 / 100],
    );
}

/// The times of the first page of 20, of any page and of any note, with `count` notes of one person stored.
async fn read(dir: &Path, count: usize) -> [Duration; 3] {
    let database = Database::open(dir).unwrap();
    let notes = Arc::new(EmbeddedNotes::new(database));
    let ids = SeededIds::new(1);
    let owner = identity(&ids);
    let mut stored = Vec::with_capacity(count);
    let mut tasks = JoinSet::new();
    let start = Instant::now();
    for _ in 0..count {
        let note = note(&owner, &ids, NOON, &"x".repeat(200));
        stored.push(note.id);
        let notes = Arc::clone(&notes);
        tasks.spawn(async move { notes.create(&note, None).await.unwrap() });
        if tasks.len() == 512 {
            tasks.join_next().await.unwrap().unwrap();
        }
    }
    tasks.join_all().await;
    println!("{count} notes stored in {:.1?}", start.elapsed());
    let any = |i: usize| stored[i * 7_919 % count];
    let newest = time(async |_| list(&notes, &owner, None).await).await;
    let page = time(async |i| list(&notes, &owner, Some(any(i))).await).await;
    let get = async |i: usize| {
        notes.get(&owner, any(i)).await.unwrap().unwrap();
    };
    [newest, page, time(get).await]
}

async fn list(notes: &EmbeddedNotes, owner: &IdentityId, after: Option<NoteId>) {
    let query = NoteQuery {
        order: Order::Newest,
        after,
        limit: 20,
        max_bytes: 1 << 20,
    };
    notes.list(owner, &query).await.unwrap();
}

/// The mean time of a call, the first ones apart.
async fn time(call: impl AsyncFn(usize)) -> Duration {
    const CALLS: u32 = 20_000;
    for i in 0..1_000 {
        call(i).await;
    }
    let start = Instant::now();
    for i in 0..CALLS {
        call(i as usize).await;
    }
    start.elapsed() / CALLS
}

/// Opens a copy of a database that was not closed, as after a kill, and then one that was.
async fn reopen(path: &Path, copy: &Path) {
    let database = Database::open(path).unwrap();
    let notes = EmbeddedNotes::new(database.clone());
    let ids = SeededIds::new(9);
    let note = note(&identity(&ids), &ids, NOON, "the last before the kill");
    notes.create(&note, None).await.unwrap();
    fs::create_dir(copy).unwrap();
    let bytes = fs::copy(path.join("notewarden.redb"), copy.join("notewarden.redb")).unwrap();
    println!("{} MiB of database", bytes >> 20);
    for what in ["after a kill", "after a clean stop"] {
        let start = Instant::now();
        let database = Database::open(copy).unwrap();
        println!("opened {what} in {:.1?}", start.elapsed());
        let notes = EmbeddedNotes::new(database);
        assert!(notes.get(&note.owner, note.id).await.unwrap().is_some());
    }
}
