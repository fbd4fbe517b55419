//! The checksums of objects that are put together from copies and reads, as they come in.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use notewarden_domain::archive::{Body, Crc32, Plan};

use super::Halt;

/// A stretch of an object: the entry's number and the first byte.
type Start = (usize, u64);

/// What is known of the stretches of each object.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<BTreeMap<Start, (u64, Crc32)>>);

impl Ledger {
    /// The bytes `range` of the entry's object have this checksum.
    pub fn note(&self, entry: usize, range: &Range<u64>, crc: Crc32) {
        if !range.is_empty() {
            let length = range.end - range.start;
            self.lock().insert((entry, range.start), (length, crc));
        }
    }

    /// The checksum of the first `size` bytes of the entry's object, if all their stretches are known.
    pub fn body(&self, entry: usize, size: u64) -> Option<Body> {
        let stretches = self.lock();
        let mut crc = Crc32::EMPTY;
        let mut end = 0;
        for (&(_, start), &(length, next)) in stretches.range((entry, 0)..=(entry, size)) {
            if start != end {
                return None;
            }
            crc = crc.followed_by(next, length);
            end += length;
        }
        (end == size).then_some(Body { crc, length: size })
    }

    /// Compares what was said of objects beforehand with what has come in.
    pub fn check(&self, plan: &Plan) -> Result<(), Halt> {
        let mut entries: Vec<usize> = self.lock().keys().map(|(entry, _)| *entry).collect();
        entries.dedup();
        for entry in entries {
            let said = plan.sources().get(entry).map(|source| &source.entry);
            let Some(said) = said.and_then(|said| said.known_body()) else {
                continue;
            };
            let found = self.body(entry, said.length);
            if found.is_some_and(|found| found != said) {
                return Err(Halt::Mistaken { entry });
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Start, (u64, Crc32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crc(bytes: &[u8]) -> Crc32 {
        super::super::reading::crc(bytes)
    }

    #[test]
    fn stretches_in_any_order_make_the_whole_and_a_gap_does_not() {
        let ledger = Ledger::default();
        ledger.note(7, &(5..9), crc(b"6789"));
        ledger.note(7, &(0..0), crc(b""));
        ledger.note(8, &(0..1), crc(b"x"));
        assert_eq!(ledger.body(7, 9), None);
        ledger.note(7, &(0..5), crc(b"12345"));
        let whole = Body {
            crc: Crc32::new(0xCBF4_3926),
            length: 9,
        };
        assert_eq!(ledger.body(7, 9), Some(whole));
        assert_eq!(ledger.body(7, 10), None);
    }
}
