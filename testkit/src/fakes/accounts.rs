//! Users without passwords.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    StoreError,
    ports::{Accounts, IdSource},
};
use uuid::{Builder, Uuid};

use super::SeededIds;

/// The users of a pool, and their sessions, in memory.
#[derive(Debug)]
pub struct MemoryAccounts {
    ids: SeededIds,
    users: Mutex<BTreeMap<Uuid, User>>,
}

#[derive(Debug, Default)]
struct User {
    is_disabled: bool,
    sessions: Vec<String>,
}

impl MemoryAccounts {
    /// A pool whose users follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            ids: SeededIds::new(seed),
            users: Mutex::default(),
        }
    }

    /// A new user.
    pub fn sign_up(&self) -> Uuid {
        let subject = self.random();
        self.lock().insert(subject, User::default());
        subject
    }

    /// A new session of the user, if they may sign in.
    pub fn sign_in(&self, subject: Uuid) -> Option<String> {
        let session = self.random().to_string();
        let mut users = self.lock();
        let user = users.get_mut(&subject).filter(|user| !user.is_disabled)?;
        user.sessions.push(session.clone());
        Some(session)
    }

    /// Whether the session has not ended.
    pub fn is_open(&self, session: &str) -> bool {
        let users = self.lock();
        let mut sessions = users.values().flat_map(|user| &user.sessions);
        sessions.any(|open| open == session)
    }

    fn random(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uuid, User>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Accounts for MemoryAccounts {
    async fn disable(&self, subject: Uuid) -> Result<(), StoreError> {
        if let Some(user) = self.lock().get_mut(&subject) {
            user.is_disabled = true;
            user.sessions.clear();
        }
        Ok(())
    }

    async fn delete(&self, subject: Uuid) -> Result<(), StoreError> {
        self.lock().remove(&subject);
        Ok(())
    }
}
