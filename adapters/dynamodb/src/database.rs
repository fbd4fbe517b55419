//! The tables, and the client that all stores share: reads of one item, of several, and of a partition.

use std::sync::Arc;

use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::KeysAndAttributes,
};
use aws_types::SdkConfig;
use notewarden_aws::{Tuning, store_error};
use notewarden_domain::{IdentityId, StoreError};
use tokio::time::sleep;

use crate::{
    Tables, attempts,
    attributes::{Item, text},
    commit::{Change, Refused, commit},
    table::{self, Table},
};

/// How many items one `BatchGetItem` may ask for.
const BATCH: usize = 100;

/// DynamoDB in one account and region, with the tables that several stores have in common. Clones share one client.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    client: Client,
    pub(crate) tables: Arc<Tables>,
    tuning: Tuning,
}

impl Database {
    /// The `tables` in the account and region of `config`, where requests are tried as often and as long as `tuning`
    /// says.
    pub(crate) fn connected(config: &SdkConfig, tables: Tables, tuning: &Tuning) -> Self {
        Self {
            client: table::client(config, tuning),
            tables: Arc::new(tables),
            tuning: *tuning,
        }
    }

    /// Another table in the same place.
    pub(crate) fn table(&self, name: impl Into<String>) -> Table {
        Table::new(self.client.clone(), name.into(), self.tuning)
    }

    /// Makes the changes; if a condition is not met, says what is there instead.
    pub(crate) async fn commit(
        &self,
        changes: &[Change<'_>],
    ) -> Result<Option<Refused>, StoreError> {
        commit(&self.client, &self.tuning, changes).await
    }

    /// The item with this key, or of it what the expression `only` names.
    pub(crate) async fn read(
        &self,
        table: &str,
        key: Item,
        only: Option<String>,
    ) -> Result<Option<Item>, StoreError> {
        let request = self
            .client
            .get_item()
            .table_name(table)
            .set_key(Some(key))
            .set_projection_expression(only)
            .consistent_read(true);
        match request.send().await {
            Ok(answer) => Ok(answer.item),
            Err(error) => Err(store_error("GetItem", &error)),
        }
    }

    /// The items with these keys, each of which comes once, in no order; those that are not there are left out.
    ///
    /// DynamoDB leaves out what goes beyond 16 MB or beyond the throughput: it is asked for again, after pauses while
    /// nothing comes.
    pub(crate) async fn read_several(
        &self,
        table: &str,
        keys: Vec<Item>,
    ) -> Result<Vec<Item>, StoreError> {
        let mut found = Vec::new();
        let mut waiting = keys;
        let mut pauses = attempts::pauses(&self.tuning);
        while !waiting.is_empty() {
            let batch = waiting.split_off(waiting.len().saturating_sub(BATCH));
            let asked = batch.len();
            let request = KeysAndAttributes::builder()
                .set_keys(Some(batch))
                .consistent_read(true)
                .build()
                .map_err(StoreError::unavailable)?;
            let request = self.client.batch_get_item().request_items(table, request);
            let answer = match request.send().await {
                Ok(answer) => answer,
                Err(error) => return Err(store_error("BatchGetItem", &error)),
            };
            let items = answer.responses.and_then(|mut of| of.remove(table));
            found.extend(items.unwrap_or_default());
            let left = answer.unprocessed_keys.and_then(|mut of| of.remove(table));
            let left = left.map(|left| left.keys).unwrap_or_default();
            if left.len() < asked {
                pauses = attempts::pauses(&self.tuning);
            } else if let Some(pause) = pauses.next() {
                sleep(pause).await;
            } else {
                tracing::warn!(asked, "DynamoDB reads none of the items of a batch");
                return Err(StoreError::Throttled);
            }
            waiting.extend(left);
        }
        Ok(found)
    }

    /// A query of the partition of `owner`, whose value the condition `keys` calls `:owner`.
    pub(crate) fn query(&self, table: &str, owner: &IdentityId, keys: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(table)
            .key_condition_expression(keys)
            .expression_attribute_values(":owner", text(owner.as_str()))
            .consistent_read(true)
    }
}

/// What one request of a query found.
pub(crate) struct Found {
    /// The items: fewer than asked for, or none, wherever the megabyte that DynamoDB reads at a time is at its end.
    pub(crate) items: Vec<Item>,
    /// Behind which key there may be more.
    pub(crate) last: Option<Item>,
}

pub(crate) async fn next_page(request: QueryFluentBuilder) -> Result<Found, StoreError> {
    match request.send().await {
        Ok(answer) => Ok(Found {
            items: answer.items.unwrap_or_default(),
            last: answer.last_evaluated_key.filter(|key| !key.is_empty()),
        }),
        Err(error) => Err(store_error("Query", &error)),
    }
}

/// The number as DynamoDB takes limits.
pub(crate) fn at_most(limit: usize) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}
