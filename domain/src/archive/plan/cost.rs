//! What a plan takes: requests, bytes, seconds and dollars, each a sum over its steps.

use super::{Method, Piece, Source, Step, Terms, Upload};
use crate::archive::{Layout, record};

/// What a plan is expected to take.
///
/// Seconds are reckoned as if bytes and deflating had the worker to themselves and waiting were shared by the
/// requests under way; dollars are the requests and the worker's memory for so long.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected {
    /// PUT and POST requests: parts, and the beginning and end of an upload.
    pub puts: u64,
    /// Part copies.
    pub copies: u64,
    /// GET requests.
    pub gets: u64,
    /// Bytes that pass through the worker; of deflated entries, before deflating.
    pub bytes_through_worker: u64,
    /// Bytes that are deflated.
    pub bytes_deflated: u64,
    /// Bytes that the store copies.
    pub bytes_copied: u64,
    /// Seconds of the worker.
    pub seconds: f64,
    /// US dollars.
    pub dollars: f64,
}

impl Expected {
    pub(super) fn of(
        sources: &[Source],
        layout: &Layout,
        steps: &[Step],
        upload: Upload,
        terms: &Terms,
    ) -> Self {
        let mut sum = Self::default();
        if matches!(upload, Upload::Multipart { .. }) {
            sum.puts += Rates::MULTIPART_PUTS;
        }
        for step in steps {
            match step {
                Step::Write { parts, pieces, .. } => {
                    sum.puts += u64::from(parts.end() - parts.start()) + 1;
                    for piece in pieces {
                        sum.add_piece(sources, layout, piece);
                    }
                }
                Step::Copy { range, .. } => {
                    sum.copies += 1;
                    sum.bytes_copied += range.end - range.start;
                }
            }
        }
        let worker = &terms.worker;
        let waiting = sum.gets as f64 * worker.get_seconds
            + sum.puts as f64 * worker.put_seconds
            + sum.copies as f64 * worker.copy_seconds
            + sum.bytes_copied as f64 / worker.copy_bandwidth;
        sum.seconds = sum.bytes_through_worker as f64 / worker.bandwidth
            + sum.bytes_deflated as f64 / worker.deflate_bandwidth
            + waiting / f64::from(worker.in_flight);
        sum.dollars = (sum.puts + sum.copies) as f64 * terms.prices.put
            + sum.gets as f64 * terms.prices.get
            + sum.seconds * worker.gigabytes * terms.prices.gigabyte_second;
        sum
    }

    fn add_piece(&mut self, sources: &[Source], layout: &Layout, piece: &Piece) {
        match piece {
            Piece::Whole(entries) => {
                for source in sources.get(entries.clone()).unwrap_or_default() {
                    self.gets += u64::from(source.needs_get());
                    self.bytes_through_worker += bytes_read_whole(source);
                    if source.entry.method() == Method::Deflated {
                        self.bytes_deflated += source.entry.size();
                    }
                }
            }
            Piece::Head { entry, bytes } => {
                self.gets += u64::from(*bytes > 0);
                let header = sources
                    .get(*entry)
                    .map_or(0, |source| record::local_header_length(&source.entry));
                self.bytes_through_worker += header + bytes;
            }
            Piece::Tail { range, .. } => {
                self.gets += 1;
                self.bytes_through_worker += range.end - range.start;
            }
            Piece::Directory => self.bytes_through_worker += layout.directory_length().max,
        }
    }
}

/// The bytes of an entry that pass through the worker if it is read, with its records.
pub(super) fn bytes_read_whole(source: &Source) -> u64 {
    let entry = &source.entry;
    record::local_header_length(entry) + entry.size() + record::descriptor_length(entry)
}

/// What one more of each costs in US dollars, the worker's time included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    /// A written part, or any other PUT.
    pub put: f64,
    /// A part copy.
    pub copy: f64,
    /// A GET.
    pub get: f64,
    /// A byte through the worker.
    pub byte: f64,
    /// A byte that is copied.
    pub copied_byte: f64,
}

impl Rates {
    /// The requests that begin and end an upload in parts.
    pub const MULTIPART_PUTS: u64 = 2;

    pub fn of(terms: &Terms) -> Self {
        let worker = &terms.worker;
        let second = worker.gigabytes * terms.prices.gigabyte_second;
        let shared_second = second / f64::from(worker.in_flight);
        Self {
            put: terms.prices.put + shared_second * worker.put_seconds,
            copy: terms.prices.put + shared_second * worker.copy_seconds,
            get: terms.prices.get + shared_second * worker.get_seconds,
            byte: second / worker.bandwidth,
            copied_byte: shared_second / worker.copy_bandwidth,
        }
    }

    /// The rates when each part costs `dollars` more.
    pub fn with_dearer_parts(self, dollars: f64) -> Self {
        Self {
            put: self.put + dollars,
            copy: self.copy + dollars,
            ..self
        }
    }
}
