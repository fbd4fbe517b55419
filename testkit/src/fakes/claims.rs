//! Claims on idempotency keys that all stores of a test share, as all tables of a deployment do.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError, Timestamp,
    idempotency::{Creation, IdempotencyClaim, IdempotencyKey, RequestHash},
    ports::IdempotencyStore,
};
use uuid::Uuid;

/// Claims in memory.
#[derive(Debug, Default)]
pub struct MemoryClaims(Mutex<Claims>);

/// The claims, locked by whoever stores something with one of them.
#[derive(Debug, Default)]
pub(super) struct Claims(HashMap<(IdentityId, IdempotencyKey), Held>);

#[derive(Clone, Copy, Debug)]
struct Held {
    request: RequestHash,
    id: Uuid,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl MemoryClaims {
    /// Stores lock their own tables first.
    pub(super) fn lock(&self) -> MutexGuard<'_, Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claims {
    /// What an earlier request makes of this claim at `now`.
    pub(super) fn held(&self, claim: &IdempotencyClaim, now: Timestamp) -> Option<Creation> {
        let held = self.0.get(&(claim.owner.clone(), claim.key.clone()))?;
        if held.expires_at <= now {
            None
        } else if held.request == claim.request {
            Some(Creation::Replayed {
                id: held.id,
                created_at: held.created_at,
            })
        } else {
            Some(Creation::KeyReused)
        }
    }

    /// The claim is held by what has this id.
    pub(super) fn hold(&mut self, claim: &IdempotencyClaim, id: Uuid, created_at: Timestamp) {
        let held = Held {
            request: claim.request,
            id,
            created_at,
            expires_at: claim.expires_at,
        };
        self.0
            .insert((claim.owner.clone(), claim.key.clone()), held);
    }
}

#[async_trait]
impl IdempotencyStore for MemoryClaims {
    async fn claim(
        &self,
        claim: &IdempotencyClaim,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Creation, StoreError> {
        let mut claims = self.lock();
        if let Some(earlier) = claims.held(claim, now) {
            return Ok(earlier);
        }
        claims.hold(claim, id, now);
        Ok(Creation::Stored)
    }

    async fn claimed(
        &self,
        claim: &IdempotencyClaim,
        now: Timestamp,
    ) -> Result<Option<Creation>, StoreError> {
        Ok(self.lock().held(claim, now))
    }
}
