//! A leg of the way: a written stretch and the object that is copied after it.

use std::ops::Range;

use crate::archive::{
    Checksum, Extent, Layout, PartSize, Source,
    plan::cost::{Rates, bytes_read_whole},
    record,
};

/// An object that the store's rules may allow to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive::plan) struct Candidate {
    /// The entry's number.
    pub entry: usize,
    /// The length of its header.
    pub header: u64,
    /// Its length.
    pub size: u64,
    /// Its checksum is known, so its last bytes may be read after the header is written.
    pub may_have_tail: bool,
}

/// The objects that are long enough to be copied.
pub(super) fn candidates(sources: &[Source], min_part: u64) -> Vec<Candidate> {
    let candidate = |(entry, source): (usize, &Source)| {
        let size = source.entry.size();
        (source.is_copyable() && size >= min_part).then(|| Candidate {
            entry,
            header: record::local_header_length(&source.entry),
            size,
            may_have_tail: matches!(source.entry.checksum(), Checksum::Known(_)),
        })
    };
    sources.iter().enumerate().filter_map(candidate).collect()
}

/// An object that is copied but for its first and last bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive::plan) struct Choice {
    /// The object.
    pub candidate: Candidate,
    /// How many of its first bytes are read.
    pub head: u64,
    /// How many of its last bytes are read.
    pub tail: u64,
}

impl Choice {
    /// The bytes that are copied.
    pub fn copied(&self) -> Range<u64> {
        self.head..self.candidate.size.saturating_sub(self.tail)
    }

    /// How many part copies it takes.
    pub fn copies(&self, copy_bytes: u64) -> u64 {
        let copied = self.copied();
        copied
            .end
            .saturating_sub(copied.start)
            .div_ceil(copy_bytes.max(1))
    }
}

/// What it takes to read some entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretch {
    /// The bytes written.
    pub bytes: Extent,
    /// The bytes that pass through the worker.
    pub through: u64,
    /// The requests that read them.
    pub gets: u64,
}

impl Stretch {
    /// The stretch when the last bytes of the object before it are read too.
    pub fn after_tail(mut self, tail: u64) -> Self {
        if tail > 0 {
            self.bytes = self.bytes + Extent::exactly(tail);
            self.through = self.through.saturating_add(tail);
            self.gets += 1;
        }
        self
    }

    /// Without the parts that it becomes.
    pub fn cost(&self, rates: &Rates) -> f64 {
        self.through as f64 * rates.byte + self.gets as f64 * rates.get
    }
}

/// Sums from the first entry to each, so that every stretch is a difference.
pub(super) struct Stretches(Vec<Stretch>);

impl Stretches {
    pub fn of(sources: &[Source]) -> Self {
        let mut sum = Stretch::default();
        let mut sums = Vec::with_capacity(sources.len() + 1);
        sums.push(sum);
        for source in sources {
            sum.bytes = sum.bytes + Layout::local(&source.entry);
            sum.through = sum.through.saturating_add(bytes_read_whole(source));
            sum.gets += u64::from(source.needs_get());
            sums.push(sum);
        }
        Self(sums)
    }

    /// Of the entries from one number to before another, or to the last.
    pub fn between(&self, from: usize, to: usize) -> Stretch {
        let last = self.0.len().saturating_sub(1);
        let sum = |number: usize| self.0.get(number.min(last)).copied().unwrap_or_default();
        let (from, to) = (sum(from), sum(to));
        Stretch {
            bytes: Extent {
                min: to.bytes.min.saturating_sub(from.bytes.min),
                max: to.bytes.max.saturating_sub(from.bytes.max),
            },
            through: to.through.saturating_sub(from.through),
            gets: to.gets.saturating_sub(from.gets),
        }
    }
}

/// A stretch that is read, and an object that is copied after it but for its head and tail. What the tail takes
/// is the next stretch's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub stretch: Stretch,
    pub choice: Choice,
}

impl Leg {
    /// How many parts are written.
    pub fn written_parts(&self, part_size: PartSize) -> u64 {
        part_size.count(
            self.stretch
                .bytes
                .max
                .saturating_add(self.header_and_head()),
        )
    }

    pub fn cost(&self, part_size: PartSize, copy_bytes: u64, rates: &Rates) -> f64 {
        let copied = self.choice.copied();
        self.stretch.cost(rates)
            + self.header_and_head() as f64 * rates.byte
            + if self.choice.head > 0 { rates.get } else { 0.0 }
            + self.written_parts(part_size) as f64 * rates.put
            + self.choice.copies(copy_bytes) as f64 * rates.copy
            + copied.end.saturating_sub(copied.start) as f64 * rates.copied_byte
    }

    fn header_and_head(&self) -> u64 {
        let Choice {
            candidate, head, ..
        } = self.choice;
        candidate.header.saturating_add(head)
    }
}
