//! From start to ready, with an empty data directory and with one that is there, optimized and not.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    new_dir,
    support::{
        median, millis,
        process::{Process, RELEASE},
    },
};

const STARTS: usize = 15;

pub fn measure() {
    println!("start to ready, median and worst of {STARTS}:");
    for (name, binary) in [("release", PathBuf::from(RELEASE)), ("debug", debug())] {
        let empty: Vec<_> = (0..STARTS)
            .map(|_| start(&binary, new_dir().path()))
            .collect();
        let dir = new_dir();
        start(&binary, dir.path());
        let existing: Vec<_> = (0..STARTS).map(|_| start(&binary, dir.path())).collect();
        for (what, times) in [("empty", empty), ("existing", existing)] {
            let worst = times.iter().max().unwrap();
            println!(
                "  {name:<7} {what:<8} data directory  {:>9} {:>9}",
                millis(median(&times)),
                millis(*worst)
            );
        }
    }
}

fn start(binary: &Path, dir: &Path) -> Duration {
    let start = Instant::now();
    let server = Process::serve(binary, dir);
    let elapsed = start.elapsed();
    assert!(dir.join("outputs.json").exists());
    drop(server);
    elapsed
}

/// Builds the server as `cargo run` does.
fn debug() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", "notewarden"]);
    assert!(
        cargo.status().unwrap().success(),
        "the server does not build"
    );
    let profiles = Path::new(RELEASE).ancestors().nth(2).unwrap();
    profiles.join("debug").join("notewarden")
}
