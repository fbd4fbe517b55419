//! When a blob that nothing refers to any more may be removed: after the last reader that may have seen it.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::BlobId;

/// Who reads, and what waits for them to finish.
///
/// INVARIANT: a reader enters before it reads the database, and blobs retire after the commit that dropped
/// them; so only readers that entered at an earlier epoch than a blob's may still want it.
#[derive(Debug, Default)]
pub(super) struct Grace(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    epoch: u64,
    readers: BTreeMap<u64, usize>,
    retired: VecDeque<(u64, Vec<BlobId>)>,
}

impl Grace {
    /// A reader begins; the answer is for [`Grace::leave`].
    pub(super) fn enter(&self) -> u64 {
        let mut state = self.lock();
        let epoch = state.epoch;
        *state.readers.entry(epoch).or_default() += 1;
        epoch
    }

    /// A reader ends. Answers what may be removed now.
    pub(super) fn leave(&self, epoch: u64) -> Vec<BlobId> {
        let mut state = self.lock();
        if let Some(count) = state.readers.get_mut(&epoch) {
            *count -= 1;
            if *count == 0 {
                state.readers.remove(&epoch);
            }
        }
        state.removable()
    }

    /// Nothing refers to `blobs` any more. Answers what may be removed now.
    pub(super) fn retire(&self, blobs: Vec<BlobId>) -> Vec<BlobId> {
        let mut state = self.lock();
        state.epoch += 1;
        let epoch = state.epoch;
        state.retired.push_back((epoch, blobs));
        state.removable()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn removable(&mut self) -> Vec<BlobId> {
        let oldest = self.readers.keys().next().copied().unwrap_or(self.epoch);
        let mut free = Vec::new();
        while let Some((_, blobs)) = self.retired.pop_front_if(|(epoch, _)| *epoch <= oldest) {
            free.extend(blobs);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_outlives_the_readers_that_may_have_seen_it() {
        let [a, b] = [1, 2].map(BlobId);
        let grace = Grace::default();
        let early = grace.enter();
        assert_eq!(grace.retire(vec![a]), []);
        let late = grace.enter();
        assert_eq!(grace.retire(vec![b]), []);
        assert_eq!(
            grace.leave(early),
            [a],
            "`late` entered after `a` had retired"
        );
        assert_eq!(grace.leave(late), [b]);
        assert_eq!(grace.retire(vec![a]), [a], "nobody reads");
    }
}
