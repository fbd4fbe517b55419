//! Identities of logins that tests make up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, StoreError,
    ports::{IdentityBroker, LoginOutcome},
};

use super::SeededIds;
use crate::fixtures::identity;

/// An identity broker in memory: it takes the tokens that it gave out itself.
#[derive(Debug)]
pub struct MemoryIdentities {
    ids: SeededIds,
    tables: Mutex<Tables>,
}

/// A provider and what it calls a person.
type Person = (String, String);

#[derive(Debug, Default)]
struct Tables {
    tokens: BTreeSet<(Person, String)>,
    identities: BTreeMap<Person, IdentityId>,
}

impl MemoryIdentities {
    /// A broker whose identities follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            ids: SeededIds::new(seed),
            tables: Mutex::default(),
        }
    }

    /// An ID token of the person whom `provider` calls `subject`, different each time.
    pub fn token(&self, provider: &str, subject: &str) -> String {
        let mut tables = self.lock();
        let person = (provider.to_owned(), subject.to_owned());
        let token = format!("token-{}", tables.tokens.len());
        tables.tokens.insert((person, token.clone()));
        token
    }

    /// Takes `token` for an ID token of the person whom `provider` calls `subject`.
    pub fn add(&self, provider: &str, subject: &str, token: &str) {
        let person = (provider.to_owned(), subject.to_owned());
        self.lock().tokens.insert((person, token.to_owned()));
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl IdentityBroker for MemoryIdentities {
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError> {
        let Tables { tokens, identities } = &mut *self.lock();
        let login = tokens
            .iter()
            .find(|((of, _), given)| of == provider && given == token);
        let Some((person, _)) = login else {
            return Ok(LoginOutcome::Refused);
        };
        let known = identities.entry(person.clone());
        let id = known.or_insert_with(|| identity(&self.ids));
        Ok(LoginOutcome::Identity(id.clone()))
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        self.lock().identities.retain(|_, id| id != identity);
        Ok(())
    }
}
