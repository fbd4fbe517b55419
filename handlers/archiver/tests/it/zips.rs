//! Zips of all kinds of files, as the `zip` crate reads them.

use bytes::Bytes;
use notewarden_archiver::Settings;
use notewarden_domain::archive::{ArchiveId, Compression, Crc32, Failure, State};
use notewarden_testkit::{
    fakes::{Content, Reader},
    faults::Call,
    fixtures::NOON,
};

use crate::world::{World, noise};

const MIB: usize = 1 << 20;

/// Text that deflates well and is nowhere the same.
fn text(length: usize) -> Vec<u8> {
    let lines = (0..).flat_map(|number: u64| format!("line {number} of a text\n").into_bytes());
    lines.take(length).collect()
}

async fn zip_of(world: &World, files: &[(&str, Vec<u8>)]) -> ArchiveId {
    for (name, bytes) in files {
        world.put(name, bytes.clone());
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let id = world.job(&names);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let found = world.zip(id);
    assert_eq!(found.len(), files.len());
    for ((name, bytes), (found, unpacked)) in files.iter().zip(&found) {
        assert_eq!(name, found);
        assert!(bytes == unpacked, "`{name}` is not what it was");
    }
    id
}

#[tokio::test(start_paused = true)]
async fn one_file_is_one_put() {
    let world = World::new();
    zip_of(&world, &[("a.txt", b"hello\n".to_vec())]).await;
    let calls = world.faults.calls();
    let puts = calls.iter().filter(|call| **call == Call::PutObject);
    assert_eq!(puts.count(), 1);
    assert!(!calls.contains(&Call::BeginUpload) && !calls.contains(&Call::AbortUploads));
}

#[tokio::test(start_paused = true)]
async fn empty_small_and_deflated_files_come_back() {
    let world = World::new();
    let files = [
        ("empty", Vec::new()),
        ("short", b"x".to_vec()),
        ("text.txt", text(300_000)),
        ("noise.bin", noise(1, 300_000)),
        ("long.txt", text(2 * MIB + 1)),
    ];
    zip_of(&world, &files).await;
    let id = world.job(&["long.txt"]);
    world.run(id).await.unwrap();
    assert!(world.zip_content(id).unwrap().len() < 2 * MIB as u64 / 3);
}

#[tokio::test(start_paused = true)]
async fn long_files_are_deflated_on_the_way() {
    let mut mixed = text(7 * MIB);
    mixed.extend(noise(2, MIB));
    mixed.extend(text(100));
    let world = World::new();
    zip_of(
        &world,
        &[
            ("a", b"1".to_vec()),
            ("mixed.txt", mixed),
            ("z", b"2".to_vec()),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn long_files_are_copied_and_short_ones_gathered() {
    let world = World::new();
    let files = [
        ("a.jpg", noise(1, 40 * MIB)),
        ("b.jpg", noise(2, 3_000)),
        ("c.jpg", noise(3, 41 * MIB)),
        ("d.jpg", noise(4, 7 * MIB)),
    ];
    let id = zip_of(&world, &files).await;
    let toll = world.stored_job(id).actual.unwrap();
    assert!(toll.copies >= 2, "{toll:?}");
    let small = (7 * MIB + 3_000) as u64;
    let bound = 2 * small + 2 * (10 << 20);
    assert!(toll.bytes_through_worker <= bound, "{toll:?}");
}

#[tokio::test(start_paused = true)]
async fn what_the_store_does_not_sum_is_read_and_summed() {
    let world = World::with(Settings::default(), false);
    let files = [("a.jpg", noise(1, 12 * MIB)), ("b.jpg", noise(2, 13 * MIB))];
    zip_of(&world, &files).await;
}

#[tokio::test(start_paused = true)]
async fn known_checksums_save_the_copies_first() {
    let world = World::small();
    world.objects.store(&world.key("a"), noise(1, 3_000), NOON);
    let id = world.job(&["a"]);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    assert!(world.zip(id)[0].1 == noise(1, 3_000));
    assert!(world.faults.calls().contains(&Call::CopyPart));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_record_of_a_checksum_is_found_out() {
    for length in [100, 3_000] {
        let world = World::small();
        let key = world.key("a");
        let wrong = Some(Crc32::new(7));
        world.objects.store_as(&key, noise(1, length), wrong, NOON);
        let id = world.job(&["a"]);
        world.run(id).await.unwrap();
        world.assert_ready(id);
        assert!(world.zip(id)[0].1 == noise(1, length));
    }
}

#[tokio::test(start_paused = true)]
async fn five_gibibytes_of_a_sparse_file_are_composed() {
    let mut world = World::new();
    world.archiver.settings.compression = Compression::NONE;
    let length = 5 << 30;
    world.put("disk.img", Content::zeros(length));
    let id = world.job(&["disk.img"]);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let toll = world.stored_job(id).actual.unwrap();
    assert!(toll.bytes_through_worker < 10 << 20, "{toll:?}");
    let zip = Reader::new(world.zip_content(id).unwrap());
    let mut zip = zip::ZipArchive::new(zip).unwrap();
    let entry = zip.by_index_raw(0).unwrap();
    assert_eq!((entry.size(), entry.compressed_size()), (length, length));
    let crc = Content::zeros(length).crc32();
    assert_eq!(entry.crc32(), crc.get());
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_files_are_gathered() {
    let world = World::new();
    let names: Vec<String> = (0..10_000)
        .map(|number| format!("f/{number}.txt"))
        .collect();
    for name in &names {
        world.put(name, name.clone().into_bytes());
    }
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = world.job(&ids);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let zip = world.zip(id);
    assert_eq!(zip.len(), names.len());
    assert!(
        zip.iter()
            .zip(&names)
            .all(|((found, bytes), name)| found == name && bytes == name.as_bytes())
    );
}

/// ZIP-04: the number of entries needs zip64.
#[tokio::test(start_paused = true)]
async fn seventy_thousand_entries_are_one_zip() {
    let mut world = World::new();
    world.archiver.settings.limits.files = 100_000;
    let names: Vec<String> = (0..70_000).map(|number| number.to_string()).collect();
    for name in &names {
        world.put(name, Bytes::new());
    }
    let selected: Vec<&str> = names.iter().map(String::as_str).collect();
    let id = world.job(&selected);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let zip = Reader::new(world.zip_content(id).unwrap());
    assert_eq!(zip::ZipArchive::new(zip).unwrap().len(), names.len());
}

#[tokio::test(start_paused = true)]
async fn without_any_file_left_there_is_no_zip() {
    let world = World::new();
    let id = world.job(&["gone.txt"]);
    world.run(id).await.unwrap();
    let failure = Failure::NothingLeft;
    assert_eq!(world.stored_job(id).state, State::Failed { failure });
    world.assert_nothing_left(id);
}

/// ZIP-05
#[tokio::test(start_paused = true)]
async fn the_same_files_make_the_same_bytes() {
    let world = World::new();
    world.put("a.txt", text(3 * MIB));
    world.put("b.jpg", noise(1, 10_000));
    let ids = [
        world.job(&["a.txt", "b.jpg"]),
        world.job(&["a.txt", "b.jpg"]),
    ];
    let mut zips = Vec::new();
    for id in ids {
        world.run(id).await.unwrap();
        zips.push(world.zip_content(id).unwrap().to_bytes());
    }
    assert!(zips[0] == zips[1]);
}
