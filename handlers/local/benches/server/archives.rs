//! Archives from the request until they are ready, beside other ways to make a zip of the same files, which start with the
//! files in a folder and write the zip into it. Ours starts with objects that a client has stored and ends with one that
//! is durable, and is looked at every few milliseconds, as a client does.

#[path = "../../../archiver/benches/archives/corpus.rs"]
#[expect(dead_code, reason = "it is shared with a benchmark of more kinds")]
mod corpus;
#[path = "../../../archiver/benches/archives/peers.rs"]
mod peers;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use self::{corpus::MB, peers::Figures};
use crate::{
    new_dir,
    support::{
        furnish::{Person, furnish},
        load::{Connection, field},
        process::{Process, RELEASE},
    },
};

const ROUNDS: usize = 3;
const LOOK: Duration = Duration::from_millis(2);
const ROOM: [&str; 4] = ["--max-bytes", "100000000000", "--max-files", "100000"];

/// A server with somebody's files in it.
struct Place {
    server: Process,
    person: Person,
    connection: Connection,
    _dir: tempfile::TempDir,
}

pub async fn measure() {
    println!("archives, from the request until they are ready:");
    let scratch = new_dir();
    let root = scratch.path();
    stored(root).await;
    composed_of_copies().await;
    small(root).await;
    deflated(root).await;
}

/// What is stored as it is, and long: put together from what lies there.
async fn stored(root: &Path) {
    let folder = root.join("stored");
    let files = corpus::noise(&folder, 20, 50 * MB);
    println!("  20 files of 50 MB, stored");
    let mut place = Place::with(&folder, &files).await;
    for _ in 0..ROUNDS {
        show("cat", peers::cat(&folder, &files));
        show("zip -0", peers::zip(&folder, &files, "-0"));
        show("notewarden", Some(place.archive("").await));
    }
    show("zipstream-ng", peers::zipstream(&folder, &files, root));
    show("archiver", peers::archiver(&folder, &files, root));
    fs::remove_dir_all(&folder).unwrap();
}

/// The same number of files ten times as long, made on the server from one that was sent.
async fn composed_of_copies() {
    let mut place = Place::new().await;
    let part = Bytes::from(vec![b'x'; 50_000_000]);
    place.put("part.jpg", part).await;
    for (folder, parts) in [("short", 1), ("long", 10)] {
        for number in 0..20 {
            place
                .put_together(&format!("{folder}/{number}.jpg"), parts)
                .await;
        }
    }
    for (folder, what) in [("short", "1 GB"), ("long", "10 GB")] {
        println!("  20 files of {what} together, stored");
        for _ in 0..ROUNDS {
            show("notewarden", Some(place.archive(folder).await));
        }
    }
}

/// Too short to be worth a copy each: all of it is read and written.
async fn small(root: &Path) {
    let folder = root.join("small");
    let files = corpus::noise(&folder, 5_000, MB / 20);
    println!("  5,000 files of 50 kB, stored");
    let mut place = Place::with(&folder, &files).await;
    for _ in 0..ROUNDS {
        show("cat", peers::cat(&folder, &files));
        show("zip -0", peers::zip(&folder, &files, "-0"));
        show("notewarden", Some(place.archive("").await));
    }
    show("zipstream-ng", peers::zipstream(&folder, &files, root));
    show("archiver", peers::archiver(&folder, &files, root));
    fs::remove_dir_all(&folder).unwrap();
}

async fn deflated(root: &Path) {
    let folder = root.join("deflated");
    let files = corpus::mixed(&folder, 20, 25 * MB);
    println!("  12 files of text and 8 that are dense, of 25 MB, deflated");
    let mut place = Place::with(&folder, &files).await;
    for _ in 0..ROUNDS {
        show("zip -6", peers::zip(&folder, &files, "-6"));
        show("notewarden", Some(place.archive("").await));
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn show(name: &str, figures: Option<Figures>) {
    let Some(figures) = figures else {
        return println!("    {name:<14} is not here");
    };
    let resident = figures.resident.map_or_else(String::new, |kib| {
        format!(", {:.1} MiB resident at most", kib as f64 / 1024.0)
    });
    println!(
        "    {name:<14} {:>7.3} s, {:>6.2} s of processor, {:>7.1} MB{resident}",
        figures.wall,
        figures.cpu,
        figures.bytes as f64 / 1e6
    );
}

impl Place {
    async fn new() -> Self {
        let dir = new_dir();
        let person = furnish(dir.path(), 0).await;
        let server = Process::serve_with(Path::new(RELEASE), dir.path(), &ROOM);
        Self {
            connection: Connection::open(server.address).await,
            server,
            person,
            _dir: dir,
        }
    }

    /// With these files of a folder, stored by a client.
    async fn with(folder: &Path, files: &[String]) -> Self {
        let mut place = Self::new().await;
        for name in files {
            let bytes = fs::read(folder.join(name)).unwrap();
            place.put(name, bytes.into()).await;
        }
        place
    }

    async fn put(&mut self, name: &str, bytes: Bytes) {
        let request = self
            .person
            .file(self.server.address, Method::PUT, name, bytes);
        self.connection.exchange(&request).await.ok();
    }

    /// A file of so many copies of one that is there.
    async fn put_together(&mut self, name: &str, parts: usize) {
        let (address, folder) = (self.server.address, self.person.folder());
        let begin = format!("{name}?uploads=");
        let request = self
            .person
            .file(address, Method::POST, &begin, Bytes::new());
        let begun = self.connection.exchange(&request).await.ok();
        let id = between(begun.body, "UploadId");
        let mut tags = Vec::new();
        for number in 1..=parts {
            let target = format!("{name}?partNumber={number}&uploadId={id}");
            let source = format!("{folder}/part.jpg");
            let request = self.person.copy(address, &target, &source);
            let copied = self.connection.exchange(&request).await.ok();
            let tag = between(copied.body, "ETag");
            tags.push(format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
            ));
        }
        let body = format!(
            "<CompleteMultipartUpload>{}</CompleteMultipartUpload>",
            tags.concat()
        );
        let target = format!("{name}?uploadId={id}");
        let request = self
            .person
            .file(address, Method::POST, &target, body.into());
        self.connection.exchange(&request).await.ok();
    }

    /// Has an archive made of all files whose names start with `prefix`, and removes it.
    async fn archive(&mut self, prefix: &str) -> Figures {
        let (address, before) = (self.server.address, self.server.cpu());
        let wanted = json!({ "prefix": prefix }).to_string();
        let request = self.person.api(address, Method::POST, "/archives", &wanted);
        let start = Instant::now();
        let asked = self.connection.exchange(&request).await.ok();
        let location = field(asked.head, "location").unwrap();
        let path = location[location.find("/archives").unwrap()..].to_owned();
        let look = self.person.api(address, Method::GET, &path, "");
        let (wall, size) = loop {
            let answer = self.connection.exchange(&look).await.ok();
            let job: Value = serde_json::from_slice(answer.body).unwrap();
            match job["status"].as_str() {
                Some("ready") => break (start.elapsed(), job["size"].as_u64().unwrap()),
                Some("queued" | "running") => tokio::time::sleep(LOOK).await,
                _ => panic!("an archive is not made: {job}"),
            }
        };
        let cpu = self.server.cpu() - before;
        let delete = self.person.api(address, Method::DELETE, &path, "");
        self.connection.exchange(&delete).await.ok();
        Figures {
            wall: wall.as_secs_f64(),
            cpu: cpu.as_secs_f64(),
            bytes: size,
            resident: Some(self.server.memory().peak >> 10),
        }
    }
}

/// What an element of a document holds.
fn between(document: &[u8], element: &str) -> String {
    let text = std::str::from_utf8(document).unwrap();
    let (_, rest) = text.split_once(&format!("<{element}>")).unwrap();
    rest.split('<').next().unwrap().replace("&quot;", "\"")
}
