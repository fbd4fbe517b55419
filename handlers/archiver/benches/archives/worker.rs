//! The worker, in a process of its own: what making the zip takes is measured there, without the start.

use std::{
    env, fs,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use notewarden_archiver::{Archiver, Jobs, Settings};
use notewarden_domain::{
    archive::{ArchiveId, ArchiveName, Job, Progress, Selection, Terms},
    ports::{ArchiveStore, Clock},
    work::Work,
};
use notewarden_testkit::{
    fakes::{FixedClock, MemoryArchives, MemoryNotes, SeededIds},
    fixtures::{NOON, identity},
};
use uuid::Uuid;

use crate::{folder::Folder, peers::Figures};

/// Runs the worker of this way on the folder.
pub fn measured(way: &str, folder: &Path) -> Option<Figures> {
    let output = Command::new(env::current_exe().ok()?)
        .arg(way)
        .arg(folder)
        .output()
        .ok()?;
    for part in fs::read_dir(folder).ok()?.flatten() {
        if part.file_name().to_string_lossy().starts_with("part-") {
            fs::remove_file(part.path()).ok()?;
        }
    }
    let said = String::from_utf8(output.stdout).ok()?;
    let numbers: Vec<f64> = said
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect();
    match numbers[..] {
        [wall, cpu, bytes, resident] => Some(Figures {
            wall,
            cpu,
            bytes: bytes as u64,
            resident: Some(resident as u64),
        }),
        _ => panic!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

pub fn run(way: &str, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(make(way, folder));
}

async fn make(way: &str, folder: &Path) {
    let objects = Arc::new(Folder::open(folder, way != "worker-nowhere"));
    let mut settings = Settings {
        terms: Terms::EMBEDDED,
        ..Settings::default()
    };
    if way != "worker-composed" {
        // Nothing is copied where waiting for a copy is dear.
        settings.terms.worker.copy_seconds = 1e9;
    }
    let archives = Arc::new(MemoryArchives::default());
    let clock = Arc::new(FixedClock::at(NOON));
    let owner = identity(&SeededIds::new(1));
    let id = ArchiveId::new(Uuid::from_u128(1));
    let selection = Selection {
        names: objects.names(),
        with_notes: false,
    };
    let selected = Progress {
        files: selection.names.len() as u64,
        bytes: objects.bytes(),
    };
    let job = Job::queued(owner.clone(), id, ArchiveName::default(), selected, NOON);
    archives.create(&job, &selection, None, 1).await.unwrap();
    let archiver = Archiver {
        archives: archives.clone(),
        objects: objects.clone(),
        files: objects.clone(),
        index: objects.clone(),
        notes: Arc::new(MemoryNotes::default()),
        clock: clock.clone(),
        settings,
    };
    let work = Work::Archive {
        identity_id: owner.clone(),
        archive_id: id,
    };
    let until = clock.now().plus(Duration::from_secs(3_600));
    let (started, before) = (Instant::now(), cpu());
    archiver.run(&work, until).await.unwrap();
    let (wall, cpu) = (started.elapsed(), cpu() - before);
    let size = archives
        .get(&owner, id)
        .await
        .unwrap()
        .unwrap()
        .size()
        .expect("it is ready");
    println!("{} {cpu} {size} {}", wall.as_secs_f64(), most_resident());
}

/// Seconds of all cores that this process has taken (proc(5), fields 14 and 15, in hundredths).
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

/// The most memory that this process has had, in KiB.
fn most_resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
