//! CRC-32 of any range of a blob, of which no more is read than half a [`STRIDE`] at either end: the checksums of the
//! blob's beginnings are kept, and those of its stretches follow from them.

use std::ops::Range;

use notewarden_domain::archive::Crc32;
use serde::{Deserialize, Serialize};

use crate::checksums::{ChecksumAlgorithm, Hasher};

/// How far apart the beginnings end whose checksums are kept: 4 bytes for as many of a blob.
pub(crate) const STRIDE: u64 = 4 << 20;

/// The order of x in the field of CRC-32's polynomial, which is primitive: so many bytes of zeros change nothing.
const PERIOD: u64 = u32::MAX as u64;

/// The checksums of a blob's beginnings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sums {
    length: u64,
    whole: Crc32,
    /// Of the first [`STRIDE`] bytes, of twice as many, and so on.
    beginnings: Vec<Crc32>,
}

impl Sums {
    /// The checksum of all of the blob.
    pub(crate) fn whole(&self) -> Crc32 {
        self.whole
    }

    /// The checksum of the bytes `range`, which are within the blob; `read` gives that of a stretch of it by reading.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn of<E>(
        &self,
        range: Range<u64>,
        mut read: impl FnMut(Range<u64>) -> Result<Crc32, E>,
    ) -> Result<Crc32, E> {
        let length = range.end.saturating_sub(range.start);
        let cost = |at| self.nearest(at).0.abs_diff(at);
        if length <= cost(range.start) + cost(range.end) {
            return read(range);
        }
        let head = self.beginning(range.start, &mut read)?;
        let both = self.beginning(range.end, &mut read)?;
        Ok(without_head(both, head, length))
    }

    /// The checksum of the first `end` bytes.
    fn beginning<E>(
        &self,
        end: u64,
        read: &mut impl FnMut(Range<u64>) -> Result<Crc32, E>,
    ) -> Result<Crc32, E> {
        let (at, known) = self.nearest(end);
        Ok(if at < end {
            known.followed_by(read(at..end)?, end - at)
        } else if at > end {
            without_tail(known, read(end..at)?, at - end)
        } else {
            known
        })
    }

    /// The end of the beginning with a known checksum that is nearest to `at`, and that checksum.
    fn nearest(&self, at: u64) -> (u64, Crc32) {
        let below = at / STRIDE;
        let ends = [
            self.end(below),
            self.end(below + 1),
            Some((self.length, self.whole)),
        ];
        let ends = ends.into_iter().flatten();
        ends.min_by_key(|(end, _)| end.abs_diff(at))
            .unwrap_or((0, Crc32::EMPTY))
    }

    fn end(&self, strides: u64) -> Option<(u64, Crc32)> {
        let Some(place) = strides.checked_sub(1) else {
            return Some((0, Crc32::EMPTY));
        };
        let sum = self.beginnings.get(usize::try_from(place).ok()?)?;
        Some((strides * STRIDE, *sum))
    }
}

/// The checksum of the last `tail` bytes of what has the checksum `whole` and begins with what has the checksum `head`.
fn without_head(whole: Crc32, head: Crc32, tail: u64) -> Crc32 {
    let moved = head.followed_by(Crc32::EMPTY, tail);
    Crc32::new(whole.get() ^ moved.get())
}

/// The checksum of all but the last `length` bytes of what has the checksum `whole`, which have the checksum `tail`.
fn without_tail(whole: Crc32, tail: Crc32, length: u64) -> Crc32 {
    let moved = Crc32::new(whole.get() ^ tail.get());
    moved.followed_by(Crc32::EMPTY, PERIOD - length % PERIOD)
}

/// [`Sums`] under way.
#[derive(Debug)]
pub(crate) struct SumsHasher {
    hasher: Hasher,
    length: u64,
    beginnings: Vec<Crc32>,
}

impl SumsHasher {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            hasher: Hasher::new(ChecksumAlgorithm::Crc32),
            length: 0,
            beginnings: Vec::new(),
        }
    }

    /// Takes in more bytes.
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(STRIDE - self.length % STRIDE).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.hasher.update(now);
            self.length += now.len() as u64;
            bytes = later;
            if self.length.is_multiple_of(STRIDE) {
                self.beginnings.extend(self.hasher.crc32());
            }
        }
    }

    /// What they are.
    pub(crate) fn finish(self) -> Sums {
        Sums {
            length: self.length,
            // INVARIANT: a CRC-32 is a number.
            whole: self.hasher.crc32().unwrap_or_default(),
            beginnings: self.beginnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn crc32(bytes: &[u8]) -> Crc32 {
        let mut hasher = Hasher::new(ChecksumAlgorithm::Crc32);
        hasher.update(bytes);
        hasher.crc32().unwrap()
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length as u32)
            .map(|at| (at.wrapping_mul(0x9e37_79b9) >> 21) as u8)
            .collect()
    }

    #[test]
    fn heads_and_tails_are_taken_away() {
        let bytes = pattern(100_000);
        for cut in [0, 1, 7, 50_000, 99_999, 100_000] {
            let (head, tail) = bytes.split_at(cut);
            let length = tail.len() as u64;
            assert_eq!(
                without_head(crc32(&bytes), crc32(head), length),
                crc32(tail)
            );
            assert_eq!(
                without_tail(crc32(&bytes), crc32(tail), length),
                crc32(head)
            );
        }
    }

    proptest! {
        #[test]
        fn lengths_beyond_memory_are_taken_away(head: u32, tail: u32, length: u64) {
            let (head, tail) = (Crc32::new(head), Crc32::new(tail));
            let whole = head.followed_by(tail, length);
            prop_assert_eq!(without_head(whole, head, length), tail);
            prop_assert_eq!(without_tail(whole, tail, length), head);
        }
    }

    /// Whatever the range, its checksum is right and hardly anything is read.
    #[test]
    fn ranges_are_known_by_reading_their_ends() {
        let stride = STRIDE as usize;
        let bytes = pattern(2 * stride + stride / 3);
        let mut hasher = SumsHasher::new();
        for chunk in bytes.chunks(700_001) {
            hasher.update(chunk);
        }
        let sums = hasher.finish();
        assert_eq!(sums.whole(), crc32(&bytes));
        let places = [
            0,
            1,
            stride / 2,
            stride - 1,
            stride,
            stride + 9,
            2 * stride,
            bytes.len() - 1,
            bytes.len(),
        ];
        for (at, start) in places.iter().enumerate() {
            for end in &places[at..] {
                let mut cost = 0;
                let sum = sums.of(*start as u64..*end as u64, |range| {
                    cost += range.end - range.start;
                    Ok::<_, Infallible>(crc32(&bytes[range.start as usize..range.end as usize]))
                });
                assert_eq!(sum.unwrap(), crc32(&bytes[*start..*end]), "{start}..{end}");
                assert!(cost <= STRIDE, "{cost} bytes of {start}..{end} are read");
            }
        }
        let whole = sums.of(0..bytes.len() as u64, |_| Err("nothing is to be read"));
        assert_eq!(whole, Ok(crc32(&bytes)));
    }
}
