//! Clients that a start does not make.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
};

/// A client of the SDK that its first use makes: to make one is to read the table of AWS's partitions, and a function
/// that serves one event may need none of most services. Clones share it.
pub struct Deferred<C>(Arc<LazyLock<C, Make<C>>>);

type Make<C> = Box<dyn FnOnce() -> C + Send>;

impl<C> Deferred<C> {
    /// What `make` will make.
    pub fn new(make: impl FnOnce() -> C + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<C> Deref for Deferred<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C> Clone for Deferred<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: fmt::Debug> fmt::Debug for Deferred<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_client_is_made_by_its_first_use_and_once_for_all_clones() {
        let made = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&made);
        let client = Deferred::new(move || counted.fetch_add(1, Ordering::Relaxed));
        let clone = client.clone();
        assert_eq!(made.load(Ordering::Relaxed), 0);
        assert_eq!((*client, *clone), (0, 0));
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }
}
