//! API keys in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    api_key::{ApiKey, ApiKeyId},
    ports::ApiKeyStore,
};

/// An API key store in memory.
#[derive(Debug, Default)]
pub struct MemoryApiKeys(Mutex<BTreeMap<ApiKeyId, ApiKey>>);

impl MemoryApiKeys {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ApiKeyId, ApiKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ApiKeyStore for MemoryApiKeys {
    async fn create(&self, key: &ApiKey) -> Result<(), StoreError> {
        let mut keys = self.lock();
        if keys.contains_key(&key.id) {
            return Err(StoreError::AlreadyExists);
        }
        keys.insert(key.id, key.clone());
        Ok(())
    }

    async fn find(&self, id: ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        Ok(self.lock().get(&id).cloned())
    }

    async fn list(&self, owner: &IdentityId) -> Result<Vec<ApiKey>, StoreError> {
        let keys = self.lock();
        let own = keys.values().filter(|key| key.owner == *owner);
        Ok(own.cloned().collect())
    }

    async fn note_use(
        &self,
        owner: &IdentityId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut keys = self.lock();
        let own = keys.get_mut(&id).filter(|key| key.owner == *owner);
        own.ok_or(StoreError::NotFound)?.last_used_at = Some(at);
        Ok(())
    }

    async fn delete(&self, owner: &IdentityId, id: ApiKeyId) -> Result<(), StoreError> {
        let mut keys = self.lock();
        let is_own = keys.get(&id).is_some_and(|key| key.owner == *owner);
        if !is_own {
            return Err(StoreError::NotFound);
        }
        keys.remove(&id);
        Ok(())
    }
}
