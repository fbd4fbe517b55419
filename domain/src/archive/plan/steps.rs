//! The steps of an upload, from the objects that were chosen to be copied.

use std::ops::Range;

use super::{Piece, Source, Step, choice::Choice};
use crate::archive::{Extent, Layout, PartSize};

/// The stretches of the zip of `sources`, in order.
pub(super) fn steps(
    sources: &[Source],
    choices: &[Choice],
    directory: Extent,
    part_size: PartSize,
    copy_bytes: u64,
) -> Vec<Step> {
    let mut steps = Steps {
        part_size,
        next_part: 1,
        steps: Vec::new(),
    };
    let mut next = 0;
    let mut tail = None;
    for choice in choices {
        let candidate = choice.candidate;
        let head = Piece::Head {
            entry: candidate.entry,
            bytes: choice.head,
        };
        let header_and_head = Extent::exactly(candidate.header + choice.head);
        steps.write(
            sources,
            tail,
            next..candidate.entry,
            (head, header_and_head),
        );
        let copied = choice.copied();
        steps.copy(candidate.entry, copied.clone(), copy_bytes);
        next = candidate.entry + 1;
        tail = (choice.tail > 0).then_some((candidate.entry, copied.end..candidate.size));
    }
    let last = (Piece::Directory, directory);
    steps.write(sources, tail, next..sources.len(), last);
    steps.steps
}

struct Steps {
    part_size: PartSize,
    next_part: u16,
    steps: Vec<Step>,
}

impl Steps {
    fn write(
        &mut self,
        sources: &[Source],
        tail: Option<(usize, Range<u64>)>,
        whole: Range<usize>,
        (last, length): (Piece, Extent),
    ) {
        let mut pieces = Vec::new();
        let mut bytes = length;
        if let Some((entry, range)) = tail {
            bytes = bytes + Extent::exactly(range.end - range.start);
            pieces.push(Piece::Tail { entry, range });
        }
        for source in sources.get(whole.clone()).unwrap_or_default() {
            bytes = bytes + Layout::local(&source.entry);
        }
        if !whole.is_empty() {
            pieces.push(Piece::Whole(whole));
        }
        pieces.push(last);
        let first = self.next_part;
        // INVARIANT: the chooser has counted the parts, and they are within the rules.
        let count = u16::try_from(self.part_size.count(bytes.max)).unwrap_or(u16::MAX);
        self.next_part = first.saturating_add(count);
        self.steps.push(Step::Write {
            parts: first..=self.next_part.saturating_sub(1),
            pieces,
            bytes,
        });
    }

    /// Copies `range` in equal shares.
    fn copy(&mut self, entry: usize, range: Range<u64>, copy_bytes: u64) {
        let length = range.end.saturating_sub(range.start);
        let shares = length.div_ceil(copy_bytes.max(1)).max(1);
        let (share, longer) = (length / shares, length % shares);
        let mut start = range.start;
        for number in 0..shares {
            let end = start + share + u64::from(number < longer);
            self.steps.push(Step::Copy {
                part: self.next_part,
                entry,
                range: start..end,
            });
            self.next_part = self.next_part.saturating_add(1);
            start = end;
        }
    }
}
