//! Clients that a start does not make: only some requests need them, and the SDK reads the table of AWS's partitions
//! for each that is made.

use std::{sync::OnceLock, time::Duration};

use async_trait::async_trait;
use notewarden_domain::{
    IdentityId, ObjectKey, StoreError,
    ports::{
        Accounts, DownloadTerms, IdentityBroker, LinkSigner, LoginOutcome, SignedLink, UploadTerms,
        WorkQueue,
    },
    work::Work,
};
use uuid::Uuid;

/// An adapter that is made when it is first asked for.
pub(super) struct Lazy<T> {
    make: Box<dyn Fn() -> T + Send + Sync>,
    made: OnceLock<T>,
}

impl<T> Lazy<T> {
    pub(super) fn new(make: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self {
            make: Box::new(make),
            made: OnceLock::new(),
        }
    }

    fn get(&self) -> &T {
        self.made.get_or_init(&self.make)
    }
}

#[async_trait]
impl<T: IdentityBroker> IdentityBroker for Lazy<T> {
    async fn identify(&self, provider: &str, token: &str) -> Result<LoginOutcome, StoreError> {
        self.get().identify(provider, token).await
    }

    async fn forget(&self, identity: &IdentityId) -> Result<(), StoreError> {
        self.get().forget(identity).await
    }
}

#[async_trait]
impl<T: Accounts> Accounts for Lazy<T> {
    async fn disable(&self, subject: Uuid) -> Result<(), StoreError> {
        self.get().disable(subject).await
    }

    async fn delete(&self, subject: Uuid) -> Result<(), StoreError> {
        self.get().delete(subject).await
    }
}

#[async_trait]
impl<T: LinkSigner> LinkSigner for Lazy<T> {
    async fn upload(&self, key: &ObjectKey, terms: &UploadTerms) -> Result<SignedLink, StoreError> {
        self.get().upload(key, terms).await
    }

    async fn download(
        &self,
        key: &ObjectKey,
        terms: &DownloadTerms,
    ) -> Result<SignedLink, StoreError> {
        self.get().download(key, terms).await
    }
}

#[async_trait]
impl<T: WorkQueue> WorkQueue for Lazy<T> {
    async fn send(&self, work: &Work, delay: Duration) -> Result<(), StoreError> {
        self.get().send(work, delay).await
    }
}
