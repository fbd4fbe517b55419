//! Writes zips of many kinds into a folder, each with a list of what is in it, for other programs to open:
//! `sample_zips FOLDER`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "it shares a world with the tests, and fails as they do"
)]

#[path = "../tests/it/names.rs"]
mod names;
#[path = "../tests/it/world.rs"]
mod world;

use std::{
    fs::{self, File},
    path::Path,
};

use notewarden_domain::{
    FileName,
    archive::{Compression, Selection},
    ports::NoteStore,
};
use notewarden_testkit::{
    fakes::{Content, SeededIds},
    fixtures::{self, NOON},
};
use serde_json::json;

use world::{World, noise};

const MIB: usize = 1 << 20;

#[tokio::main]
async fn main() {
    let folder = std::env::args().nth(1).expect("a folder is named");
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    mixed(folder).await;
    hostile_names(folder).await;
    many(folder).await;
    sparse(folder).await;
    missing(folder).await;
    export(folder).await;
}

fn text(length: usize) -> Vec<u8> {
    let lines = (0..).flat_map(|number: u64| format!("line {number} of a text\n").into_bytes());
    lines.take(length).collect()
}

/// Makes the zip of `selection` and writes it as `name`.
async fn write(folder: &Path, name: &str, world: &World, selection: Selection) {
    let id = world.job_of(&selection);
    world.run(id).await.unwrap();
    world.assert_ready(id);
    let content = world.zip_content(id).unwrap();
    let mut file = File::create(folder.join(format!("{name}.zip"))).unwrap();
    content.write_sparse(&mut file).unwrap();
    // By the files themselves, not by the zip.
    let known = selection.names.iter().filter_map(|name| {
        let file = world.objects.content(&world.key(name.as_str()))?;
        Some(json!({ "size": file.len(), "crc32": file.crc32().get() }))
    });
    let list = json!(known.collect::<Vec<_>>());
    fs::write(folder.join(format!("{name}.json")), list.to_string()).unwrap();
}

fn of_files(names: &[&str]) -> Selection {
    Selection {
        names: names.iter().map(|name| name.parse().unwrap()).collect(),
        with_notes: false,
    }
}

/// Stored, deflated, copied, empty, with and without descriptors.
async fn mixed(folder: &Path) {
    let world = World::new();
    world.put("empty", Vec::new());
    world.put("text.txt", text(200_000));
    world.put("long text.txt", [text(9 * MIB), noise(1, MIB)].concat());
    world.put("photo.jpg", noise(2, 40 * MIB));
    world.put("small.jpg", noise(3, 70_000));
    let known = world.key("known.jpg");
    world.objects.store(&known, noise(4, 45 * MIB), NOON);
    let names = [
        "empty",
        "text.txt",
        "long text.txt",
        "photo.jpg",
        "small.jpg",
        "known.jpg",
    ];
    write(folder, "mixed", &world, of_files(&names)).await;
}

async fn hostile_names(folder: &Path) {
    let world = World::new();
    let names = names::names();
    for name in &names {
        world.put(name.as_str(), name.as_str().as_bytes().to_vec());
    }
    let names: Vec<&str> = names.iter().map(FileName::as_str).collect();
    write(folder, "names", &world, of_files(&names)).await;
}

/// More entries than zip had room for.
async fn many(folder: &Path) {
    let mut world = World::new();
    world.archiver.settings.limits.files = 100_000;
    let names: Vec<String> = (0..70_000)
        .map(|n| format!("{}/{n}.txt", n / 1_000))
        .collect();
    for name in &names {
        world.put(name, name.clone().into_bytes());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    write(folder, "many", &world, of_files(&names)).await;
}

/// A file longer than zip had room for, and one behind it.
async fn sparse(folder: &Path) {
    let mut world = World::new();
    world.archiver.settings.compression = Compression::NONE;
    world.put("disk.img", Content::zeros(5 << 30));
    world.put("behind.txt", b"behind\n".to_vec());
    write(
        folder,
        "sparse",
        &world,
        of_files(&["disk.img", "behind.txt"]),
    )
    .await;
}

async fn missing(folder: &Path) {
    let world = World::new();
    world.put("there.txt", text(1_000));
    write(
        folder,
        "missing",
        &world,
        of_files(&["gone.txt", "there.txt"]),
    )
    .await;
}

async fn export(folder: &Path) {
    let world = World::new();
    let ids = SeededIds::new(1);
    for number in 0..300 {
        let text = format!("note {number} ").repeat(number);
        let note = fixtures::note(&world.owner, &ids, fixtures::NOON, &text);
        world.notes.create(&note, None).await.unwrap();
    }
    world.put("file.txt", text(1_000));
    let selection = Selection {
        with_notes: true,
        ..of_files(&["file.txt"])
    };
    write(folder, "export", &world, selection).await;
}
