//! What the parts of archives cost: composed of parts that are put and copied, beside reading and writing the same
//! bytes; and what a message of the queue costs.
//!
//! `cargo bench -p notewarden-embedded --bench archives [-- GIB]`, where GIB (1 by default) is the length of the file
//! that an archive has once or ten times.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking, and prints its figures"
)]

use std::{
    convert::Infallible,
    env,
    fs::File,
    io::{Read, Write},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream;
use notewarden_domain::{
    ObjectKey,
    archive::ArchiveId,
    ports::{ArchiveObjects, ByteSource, IdSource, WorkQueue},
    work::Work,
};
use notewarden_embedded::{
    Database, EmbeddedArchiveObjects, EmbeddedQueue, Objects, objects::PutOptions,
};
use notewarden_testkit::{
    FixedClock, SeededIds,
    fixtures::{NOON, file, identity},
};

const MIB: u64 = 1 << 20;

/// The first bytes of a file, which go into a part with what is before them: S3's smallest part.
const GLUE: u64 = 5 * MIB;

#[tokio::main]
async fn main() {
    let gib = env::args().find_map(|arg| arg.parse::<u64>().ok());
    let size = gib.unwrap_or(1) << 30;
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let database = Database::open(dir.path()).unwrap();
    let ids = Arc::new(SeededIds::new(1));
    let clock = Arc::new(FixedClock::at(NOON));
    let opened = Objects::open(database.clone(), dir.path(), clock.clone(), ids.clone());
    let objects = opened.await.unwrap();
    let source = ObjectKey::private(&identity(ids.as_ref()), &file("large"));

    let start = Instant::now();
    let etag = store(&objects, &source, size).await;
    tell("the file taken in", size, start.elapsed());

    let archives = EmbeddedArchiveObjects::new(objects.clone());
    let start = Instant::now();
    drain(archives.read(&source, &etag, 0..size).await.unwrap()).await;
    tell("read", size, start.elapsed());
    tell(
        "copied by reading and writing, as `cat` does",
        size,
        cat(dir.path(), size),
    );
    for _ in 0..3 {
        for files in [1, 10] {
            let zip =
                ObjectKey::archive(&identity(ids.as_ref()), ArchiveId::new(ids.uuid_v7(NOON)));
            let start = Instant::now();
            compose(&archives, &zip, &source, &etag, size, files).await;
            let what = format!("composed of {files} of it");
            tell(&what, size * u64::from(files), start.elapsed());
        }
    }
    messages(&EmbeddedQueue::new(database, clock, ids.clone(), 5), &ids).await;
}

fn tell(what: &str, bytes: u64, time: Duration) {
    let rate = bytes as f64 / MIB as f64 / time.as_secs_f64();
    println!(
        "{what:<46} {:>6} MiB {time:>10.2?} {rate:>9.0} MiB/s",
        bytes / MIB
    );
}

async fn store(objects: &Objects, key: &ObjectKey, size: u64) -> String {
    let chunk: Bytes = (0..MIB as u32)
        .map(|at| (at.wrapping_mul(0x9e37_79b9) >> 24) as u8)
        .collect();
    let chunks = (0..size / MIB).map(move |_| Ok::<_, Infallible>(chunk.clone()));
    let put = objects.put(key.as_str(), stream::iter(chunks), PutOptions::default());
    put.await.unwrap().etag
}

async fn drain(mut source: Box<dyn ByteSource>) -> Vec<Bytes> {
    let mut last = Vec::new();
    while let Some(chunk) = source.next().await.unwrap() {
        last = vec![chunk];
    }
    last
}

/// Of the file that the object is in, the largest there is.
fn cat(dir: &Path, size: u64) -> Duration {
    let blobs = std::fs::read_dir(dir.join("blobs")).unwrap();
    let mut blobs = blobs.map(|blob| blob.unwrap().path());
    let blob = blobs
        .find(|blob| blob.metadata().unwrap().len() == size)
        .unwrap();
    let start = Instant::now();
    let mut from = File::open(blob).unwrap();
    let mut to = File::create(dir.join("copy")).unwrap();
    let mut buffer = vec![0; 128 << 10];
    loop {
        let length = from.read(&mut buffer).unwrap();
        if length == 0 {
            break;
        }
        to.write_all(buffer.get(..length).unwrap()).unwrap();
    }
    let time = start.elapsed();
    std::fs::remove_file(dir.join("copy")).unwrap();
    time
}

/// As an archive is: a header with the first bytes of each file, the others by reference, and a directory at the end.
async fn compose(
    archives: &EmbeddedArchiveObjects,
    zip: &ObjectKey,
    source: &ObjectKey,
    etag: &str,
    size: u64,
    files: u16,
) {
    let upload = archives.begin(zip).await.unwrap();
    let mut parts = Vec::new();
    for place in 0..files {
        let mut glue = vec![Bytes::from_static(&[0; 100])];
        let mut head = archives.read(source, etag, 0..GLUE).await.unwrap();
        while let Some(chunk) = head.next().await.unwrap() {
            glue.push(chunk);
        }
        parts.push(
            archives
                .put_part(&upload, 2 * place + 1, glue)
                .await
                .unwrap(),
        );
        let copied = archives
            .copy_part(&upload, 2 * place + 2, source, etag, GLUE..size)
            .await;
        let copied = copied.unwrap();
        assert!(copied.crc32.is_some());
        parts.push(copied);
    }
    let directory = vec![Bytes::from_static(&[0; 200])];
    parts.push(
        archives
            .put_part(&upload, 2 * files + 1, directory)
            .await
            .unwrap(),
    );
    archives.complete(&upload, &parts).await.unwrap();
}

/// A lone worker: each call with a flush of its own.
async fn messages(queue: &EmbeddedQueue, ids: &SeededIds) {
    const MESSAGES: u32 = 300;
    let work = Work::Archive {
        identity_id: identity(ids),
        archive_id: ArchiveId::new(ids.uuid_v7(NOON)),
    };
    let start = Instant::now();
    for _ in 0..MESSAGES {
        queue.send(&work, Duration::ZERO).await.unwrap();
        let delivery = queue.next(Duration::from_secs(60)).await.unwrap();
        queue.done(&delivery).await.unwrap();
    }
    println!(
        "a message sent, received and done: {:.2?}",
        start.elapsed() / MESSAGES
    );
}
