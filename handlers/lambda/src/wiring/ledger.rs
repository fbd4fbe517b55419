//! The index of files in DynamoDB, as what hears of the bucket's changes.

use async_trait::async_trait;
use notewarden_domain::{
    StoreError, Timestamp,
    file::{Noted, ObjectChange},
    ports::FileMeta,
    quota::{OverQuota, Quota},
};
use notewarden_dynamodb::DynamoFiles;

use crate::indexer::Ledger;

#[async_trait]
impl Ledger for DynamoFiles {
    async fn arrived<'a>(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        quota: Option<&'a Quota>,
    ) -> Result<Noted, StoreError> {
        Self::arrived(self, change, meta, quota).await
    }

    async fn refused(
        &self,
        change: &ObjectChange,
        meta: &FileMeta,
        over: OverQuota,
        now: Timestamp,
    ) -> Result<Noted, StoreError> {
        Self::refused(self, change, meta, over, now).await
    }

    async fn removed(&self, change: &ObjectChange, now: Timestamp) -> Result<Noted, StoreError> {
        Self::removed(self, change, now).await
    }
}
