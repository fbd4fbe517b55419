//! The stores of a deployment, and the use cases over them that functions share.

use std::sync::Arc;

use notewarden_cognito::{CognitoAccounts, CognitoIdentities};
use notewarden_domain::{
    account::Account,
    notes::Notes,
    ports::{Clock, IdSource},
    quota::Quota,
};
use notewarden_dynamodb::{
    DynamoApiKeys, DynamoArchives, DynamoClaims, DynamoFiles, DynamoNotes, Tables,
};
use notewarden_s3::S3Files;
use notewarden_sqs::SqsQueue;
use notewarden_system::{SystemClock, SystemIds};

use super::sdk_config;
use crate::{aws_http::AwsHttp, environment::StoreSettings};

/// What is stored where, as one function reaches it. Clones share the clients.
#[derive(Clone)]
pub(super) struct Stores {
    pub notes: Arc<DynamoNotes>,
    pub archives: Arc<DynamoArchives>,
    pub claims: Arc<DynamoClaims>,
    pub index: Arc<DynamoFiles>,
    pub api_keys: Arc<DynamoApiKeys>,
    pub files: Arc<S3Files>,
    pub queue: Arc<SqsQueue>,
    pub identities: Arc<CognitoIdentities>,
    pub accounts: Arc<CognitoAccounts>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub quota: Quota,
}

impl Stores {
    pub(super) fn new(settings: &StoreSettings, http: &AwsHttp) -> Self {
        let aws = &settings.aws;
        let tables = Tables {
            notes: settings.notes_table.clone(),
            idempotency: settings.idempotency_table.clone(),
        };
        let dynamodb = sdk_config(aws, http, aws.dynamodb_endpoint.as_deref());
        let notes = DynamoNotes::new(&dynamodb, tables);
        let s3 = sdk_config(aws, http, aws.s3_endpoint.as_deref());
        let sqs = sdk_config(aws, http, aws.sqs_endpoint.as_deref());
        let pool = sdk_config(aws, http, aws.identity_endpoint.as_deref());
        let users = sdk_config(aws, http, aws.user_pool_endpoint.as_deref());
        Self {
            archives: Arc::new(DynamoArchives::beside(&notes, &settings.archives_table)),
            claims: Arc::new(DynamoClaims::beside(&notes)),
            index: Arc::new(DynamoFiles::beside(&notes, &settings.files_table)),
            api_keys: Arc::new(DynamoApiKeys::beside(&notes, &settings.api_keys_table)),
            notes: Arc::new(notes),
            files: Arc::new(S3Files::new(&s3, &settings.bucket)),
            queue: Arc::new(SqsQueue::new(&sqs, &settings.queue_url)),
            identities: Arc::new(CognitoIdentities::new(&pool, &settings.identity_pool)),
            accounts: Arc::new(CognitoAccounts::new(&users, &settings.user_pool)),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds::default()),
            quota: settings.allowances.quota,
        }
    }

    /// The use cases of notes.
    pub(super) fn notes(&self) -> Notes {
        Notes {
            store: self.notes.clone(),
            files: self.files.clone(),
            claims: self.claims.clone(),
            queue: self.queue.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        }
    }

    /// The use cases of accounts.
    pub(super) fn account(&self) -> Account {
        Account {
            api_keys: self.api_keys.clone(),
            notes: self.notes.clone(),
            files: self.files.clone(),
            index: self.index.clone(),
            archives: self.archives.clone(),
            identities: self.identities.clone(),
            accounts: self.accounts.clone(),
            queue: self.queue.clone(),
            clock: self.clock.clone(),
            quota: self.quota,
        }
    }
}
