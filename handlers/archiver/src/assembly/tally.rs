//! What an archive has taken so far, counted by all who work on it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use notewarden_domain::archive::{Expected, Missing, Progress, Terms, Toll};

/// Counters of one attempt.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    puts: AtomicU64,
    copies: AtomicU64,
    gets: AtomicU64,
    bytes_through: AtomicU64,
    bytes_copied: AtomicU64,
    uploads: AtomicU64,
    files: AtomicU64,
    bytes: AtomicU64,
    missing: Mutex<Missing>,
}

impl Tally {
    /// A request to begin an upload.
    pub fn begun(&self) {
        self.uploads.fetch_add(1, Relaxed);
        self.put();
    }

    /// A PUT or POST request.
    pub fn put(&self) {
        self.puts.fetch_add(1, Relaxed);
    }

    /// A part copy.
    pub fn copy(&self) {
        self.copies.fetch_add(1, Relaxed);
    }

    /// A GET request.
    pub fn get(&self) {
        self.gets.fetch_add(1, Relaxed);
    }

    /// Bytes that have passed through the worker.
    pub fn through(&self, bytes: u64) {
        self.bytes_through.fetch_add(bytes, Relaxed);
    }

    /// Bytes that the store has copied.
    pub fn copied(&self, bytes: u64) {
        self.bytes_copied.fetch_add(bytes, Relaxed);
    }

    /// Bytes of files that are done.
    pub fn progressed(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Relaxed);
    }

    /// A file is done.
    pub fn file(&self) {
        self.files.fetch_add(1, Relaxed);
    }

    /// The archive is begun anew, with these files known to be missing.
    pub fn restart(&self, missing: Missing) {
        self.files.store(missing.count(), Relaxed);
        self.bytes.store(0, Relaxed);
        *self.missing.lock().unwrap_or_else(PoisonError::into_inner) = missing;
    }

    /// The files that are not there.
    pub fn missing(&self) -> Missing {
        let missing = self.missing.lock();
        missing.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many uploads were asked for.
    pub fn uploads(&self) -> u64 {
        self.uploads.load(Relaxed)
    }

    /// The files and bytes that are done.
    pub fn progress(&self) -> Progress {
        Progress {
            files: self.files.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
        }
    }

    /// What it has taken in `time`.
    pub fn toll(&self, terms: &Terms, time: Duration) -> Toll {
        let prices = &terms.prices;
        let [puts, copies, gets] =
            [&self.puts, &self.copies, &self.gets].map(|counter| counter.load(Relaxed));
        let dollars = (puts + copies) as f64 * prices.put
            + gets as f64 * prices.get
            + time.as_secs_f64() * terms.worker.gigabytes * prices.gigabyte_second;
        Toll {
            puts,
            copies,
            gets,
            bytes_through_worker: self.bytes_through.load(Relaxed),
            bytes_copied: self.bytes_copied.load(Relaxed),
            nanodollars: nanodollars(dollars),
        }
    }
}

/// What a plan expects to take.
pub(crate) fn toll_of(expected: &Expected) -> Toll {
    Toll {
        puts: expected.puts,
        copies: expected.copies,
        gets: expected.gets,
        bytes_through_worker: expected.bytes_through_worker,
        bytes_copied: expected.bytes_copied,
        nanodollars: nanodollars(expected.dollars),
    }
}

/// Billionths, rounded.
fn nanodollars(dollars: f64) -> u64 {
    // A float that is too large or no number becomes the nearest integer.
    (dollars * 1e9).round() as u64
}
