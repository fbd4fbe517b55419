//! The archive worker beside other ways to make a zip of the same files: `zip`, Python's zipstream-ng, Node's archiver,
//! and `cat`, which only copies the bytes. Each runs in a process of its own, ours included, and writes to the disk; our
//! store is a folder whose part copies refer to files and move no bytes, as the embedded store's do.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark prints and may fail"
)]

mod corpus;
mod folder;
mod peers;
mod worker;

use std::{env, fs, path::Path};

use corpus::{GB, MB};
use peers::Figures;

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, way, folder, ..] = &arguments[..]
        && way.starts_with("worker-")
    {
        return worker::run(way, Path::new(folder));
    }
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "../../target".to_owned());
    let root = Path::new(&target).join("bench-archives");
    fs::remove_dir_all(&root).ok();
    println!(
        "{:<44} {:>9} {:>9} {:>11} {:>9}",
        "", "wall", "CPU", "zip", "resident"
    );
    stored(&root);
    deflated(&root);
    without_end(&root);
    fs::remove_dir_all(&root).ok();
}

fn show(name: &str, figures: Option<&Figures>) {
    let Some(figures) = figures else {
        return println!("{name:<44} {:>9}", "not here");
    };
    let Figures {
        wall,
        cpu,
        bytes,
        resident,
    } = figures;
    let resident =
        resident.map_or_else(String::new, |kib| format!("{:.1} MiB", kib as f64 / 1024.0));
    println!(
        "{name:<44} {wall:>7.3} s {cpu:>7.2} s {:>8.1} MB {resident:>9}",
        *bytes as f64 / 1e6
    );
}

fn stored(root: &Path) {
    let folder = root.join("stored");
    let files = corpus::noise(&folder, 20, 50 * MB);
    println!("20 files of 50 MB, stored");
    for _ in 0..2 {
        show("  cat", peers::cat(&folder, &files).as_ref());
        show("  zip -0", peers::zip(&folder, &files, "-0").as_ref());
        show(
            "  ours, streamed",
            worker::measured("worker-streamed", &folder).as_ref(),
        );
        show(
            "  ours, composed",
            worker::measured("worker-composed", &folder).as_ref(),
        );
    }
    show(
        "  zipstream-ng",
        peers::zipstream(&folder, &files, root).as_ref(),
    );
    show(
        "  archiver",
        peers::archiver(&folder, &files, root).as_ref(),
    );
    fs::remove_dir_all(&folder).unwrap();
    for total in [GB, 10 * GB] {
        let folder = root.join("sparse");
        corpus::sparse(&folder, 20, total / 20);
        let name = format!("  ours, composed, sparse, {} GB", total / GB);
        show(&name, worker::measured("worker-composed", &folder).as_ref());
        fs::remove_dir_all(&folder).unwrap();
    }
}

fn deflated(root: &Path) {
    let folder = root.join("deflated");
    let files = corpus::mixed(&folder, 20, 25 * MB);
    println!("12 files of text and 8 that are dense, of 25 MB, deflated");
    for _ in 0..2 {
        show("  zip -6", peers::zip(&folder, &files, "-6").as_ref());
        show(
            "  ours",
            worker::measured("worker-streamed", &folder).as_ref(),
        );
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// The memory of a zip that is long, whose bytes nobody keeps.
fn without_end(root: &Path) {
    let folder = root.join("long");
    corpus::sparse(&folder, 20, 15 * GB / 20);
    println!("15 GB, streamed into nothing");
    show(
        "  ours",
        worker::measured("worker-nowhere", &folder).as_ref(),
    );
    fs::remove_dir_all(&folder).unwrap();
}
