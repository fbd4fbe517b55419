//! The credentials in use, in memory, in two generations: when the young one is full it becomes the old
//! one and what the old one held is forgotten. A hit in the old one moves it to the young.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::Credential;

/// Credentials in a generation: about a kilobyte each, so the two hold 4 MiB at most.
const GENERATION: usize = 2_048;

#[derive(Default)]
pub(super) struct Cache {
    generations: RwLock<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<String, Arc<Credential>>,
    old: HashMap<String, Arc<Credential>>,
    removals: u64,
}

/// A moment in the order of removals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(u64);

impl Cache {
    pub(super) fn get(&self, access_key_id: &str) -> Option<Arc<Credential>> {
        let generations = self.read();
        if let Some(found) = generations.young.get(access_key_id) {
            return Some(Arc::clone(found));
        }
        if !generations.old.contains_key(access_key_id) {
            return None;
        }
        drop(generations);
        let mut generations = self.write();
        let found = generations.old.remove(access_key_id)?;
        generations.add(Arc::clone(&found));
        Some(found)
    }

    /// To be taken before reading from the database what is then inserted.
    pub(super) fn epoch(&self) -> Epoch {
        Epoch(self.read().removals)
    }

    /// Remembers `credential`, unless anything was removed after `epoch`: it might be this one, read just
    /// before it was revoked.
    pub(super) fn insert(&self, credential: Arc<Credential>, epoch: Epoch) -> Arc<Credential> {
        let mut generations = self.write();
        if epoch == Epoch(generations.removals) {
            generations.add(Arc::clone(&credential));
        }
        credential
    }

    /// Forgets `access_key_ids`, which are no longer in the database.
    pub(super) fn remove(&self, access_key_ids: &[String]) {
        if access_key_ids.is_empty() {
            return;
        }
        let mut generations = self.write();
        generations.removals += 1;
        for id in access_key_ids {
            generations.young.remove(id);
            generations.old.remove(id);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Generations> {
        self.generations
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Generations> {
        self.generations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn add(&mut self, credential: Arc<Credential>) {
        if self.young.len() >= GENERATION {
            self.old = mem::take(&mut self.young);
        }
        self.young
            .insert(credential.access_key_id.clone(), credential);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{principal::Principal, secret::Secret};

    fn credential(n: usize) -> Arc<Credential> {
        Arc::new(Credential {
            access_key_id: format!("ASIA{n:016}"),
            secret_access_key: Secret::new("secret"),
            session_token: None,
            expires_at: None,
            principal: Arc::new(Principal::admin("000000000000", "AIDA")),
        })
    }

    fn key(n: usize) -> String {
        format!("ASIA{n:016}")
    }

    #[test]
    fn what_is_in_use_stays_and_the_whole_is_bounded() {
        let cache = Cache::default();
        for n in 0..10 * GENERATION {
            cache.insert(credential(n), cache.epoch());
            assert!(cache.get(&key(0)).is_some(), "forgotten after {n}");
        }
        let held = (0..10 * GENERATION)
            .filter(|&n| cache.get(&key(n)).is_some())
            .count();
        assert!(held <= 2 * GENERATION, "{held} are held");
    }

    #[test]
    fn a_credential_read_before_a_removal_is_not_remembered_after_it() {
        let cache = Cache::default();
        let before = cache.epoch();
        cache.remove(&[key(1)]);
        cache.insert(credential(1), before);
        assert!(cache.get(&key(1)).is_none());
        cache.insert(credential(1), cache.epoch());
        assert!(cache.get(&key(1)).is_some());
    }

    #[test]
    fn a_removed_credential_is_gone_from_both_generations() {
        let cache = Cache::default();
        for n in 0..=GENERATION {
            cache.insert(credential(n), cache.epoch());
        }
        let keys = [key(0), key(GENERATION)];
        cache.remove(&keys);
        assert!(keys.iter().all(|key| cache.get(key).is_none()));
    }
}
