//! What the whole server costs: starting, reading a note, by each way in, durable writes, pages of long lists, memory;
//! and how it stands beside its peers.
//!
//! `cargo bench -p notewarden --bench server [-- FIGURE…]`, where a figure is one of `start`, `read`, `ways`,
//! `write`, `pages`, `memory`, `archives` and `peers`; all of them by default.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking, and prints its figures"
)]

mod archives;
mod bare;
mod memory;
mod pages;
mod peers;
mod read;
mod start;
mod support;
mod ways;
mod write;

const FIGURES: [&str; 8] = [
    "start", "read", "ways", "write", "pages", "memory", "archives", "peers",
];

fn main() {
    // `--bench` comes from cargo.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    if words == [bare::ARGUMENT] {
        return bare::serve();
    }
    for word in &words {
        assert!(FIGURES.contains(&word.as_str()), "no figure is `{word}`");
    }
    let load = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for figure in FIGURES {
        if !words.is_empty() && !words.iter().any(|word| word == figure) {
            continue;
        }
        match figure {
            "start" => start::measure(),
            "read" => load.block_on(read::measure()),
            "ways" => load.block_on(ways::measure()),
            "write" => load.block_on(write::measure()),
            "pages" => load.block_on(pages::measure()),
            "memory" => load.block_on(memory::measure()),
            "archives" => load.block_on(archives::measure()),
            _ => load.block_on(peers::measure()),
        }
    }
}

/// A new directory on the disk that the build is on.
fn new_dir() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}
