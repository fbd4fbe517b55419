//! Links of logins in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{IdentityId, StoreError, ports::IdentityLinks, sign_ins::Login};

/// Links of logins to identities in memory.
#[derive(Debug, Default)]
pub struct MemoryLinks(Mutex<BTreeMap<Login, IdentityId>>);

impl MemoryLinks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Login, IdentityId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl IdentityLinks for MemoryLinks {
    async fn find(&self, login: &Login) -> Result<Option<IdentityId>, StoreError> {
        Ok(self.lock().get(login).cloned())
    }

    async fn link(&self, login: &Login, identity: &IdentityId) -> Result<IdentityId, StoreError> {
        let mut links = self.lock();
        let linked = links.entry(login.clone());
        Ok(linked.or_insert_with(|| identity.clone()).clone())
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        self.lock().retain(|_, linked| linked != identity);
        Ok(())
    }
}
