//! How long a commit waits for company: never for a lone writer, briefly for a crowd that was just answered.

use std::time::{Duration, Instant};

/// The crowd that the last flush served, which is likely to come back.
///
/// Without it, writers who wait for their answers before they write again would fall into two groups: one that
/// is being flushed while the other queues, or worse, one writer alone and then all the others.
#[derive(Debug)]
pub(super) struct Company {
    /// Those just answered, and those who had queued by then.
    expected: usize,
    /// When the ones who are not back count as gone.
    until: Instant,
    /// The time of a flush, smoothed.
    flush: Duration,
}

impl Company {
    /// Nobody is expected.
    pub(super) const fn none(now: Instant) -> Self {
        Self {
            expected: 0,
            until: now,
            flush: Duration::ZERO,
        }
    }

    /// A commit answers `answered` writers at `now`, while `queued` others wait. Its flush took `flush`, if there
    /// was anything to flush.
    pub(super) fn answered(
        &mut self,
        answered: usize,
        queued: usize,
        flush: Option<Duration>,
        now: Instant,
    ) {
        self.flush = match flush {
            Some(flush) if self.flush.is_zero() => flush,
            Some(flush) => (self.flush * 7 + flush) / 8,
            None => self.flush,
        };
        self.expected = answered + queued;
        self.until = now + self.flush / 2;
    }

    /// How long to wait at `now` for one more writer, when `gathered` are here and nobody is queued; `None`
    /// to commit at once.
    pub(super) fn patience(&self, gathered: usize, now: Instant) -> Option<Duration> {
        let left = self.until.checked_duration_since(now)?;
        (gathered < self.expected && !left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLUSH: Duration = Duration::from_millis(2);

    fn after(answered: usize, queued: usize) -> (Company, Instant) {
        let now = Instant::now();
        let mut company = Company::none(now);
        company.answered(answered, queued, Some(FLUSH), now);
        (company, now)
    }

    #[test]
    fn a_lone_writer_waits_for_nobody() {
        let now = Instant::now();
        assert_eq!(Company::none(now).patience(1, now), None);
        let (company, now) = after(1, 0);
        assert_eq!(company.patience(1, now), None);
    }

    #[test]
    fn a_crowd_is_waited_for_until_it_is_complete() {
        let (company, now) = after(63, 1);
        assert_eq!(company.patience(1, now), Some(FLUSH / 2));
        assert_eq!(company.patience(63, now), Some(FLUSH / 2));
        assert_eq!(company.patience(64, now), None);
    }

    #[test]
    fn a_crowd_that_left_costs_less_than_a_flush_and_only_once() {
        let (mut company, now) = after(64, 0);
        assert_eq!(company.patience(1, now + FLUSH / 4), Some(FLUSH / 4));
        assert_eq!(company.patience(1, now + FLUSH / 2), None);
        company.answered(1, 0, Some(FLUSH), now + FLUSH);
        assert_eq!(company.patience(1, now + FLUSH), None);
    }

    #[test]
    fn one_slow_flush_does_not_make_the_next_commit_wait_long() {
        let (mut company, now) = after(2, 0);
        company.answered(2, 0, Some(FLUSH * 8), now);
        assert!(company.patience(1, now).unwrap() < FLUSH);
    }
}
