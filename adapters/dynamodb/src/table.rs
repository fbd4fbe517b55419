//! One table and how it is asked: what the stores share that keep two kinds of items in a table of their own.

use aws_sdk_dynamodb::{Client, config::Builder};
use aws_types::SdkConfig;
use notewarden_aws::{Tuning, store_error};
use notewarden_domain::StoreError;

use crate::{
    attributes::{Item, item, text},
    commit::{Change, Condition, Effect, Refused, commit},
};

/// The partition key of every table.
pub(crate) const OWNER: &str = "userId";

/// A table with `userId` as partition key.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    client: Client,
    name: String,
    tuning: Tuning,
}

/// A client in the account and region of `config`, which tries requests as often and as long as `tuning` says.
pub(crate) fn client(config: &SdkConfig, tuning: &Tuning) -> Client {
    let config = tuning.applied_to(config);
    let retries = config.retry_config().cloned();
    let mut builder = Builder::from(&config);
    // The conversion puts the client's own numbers in place of those of a shared configuration.
    builder.set_retry_config(retries);
    Client::from_conf(builder.build())
}

/// What must hold for an item that is there, or not.
pub(crate) const IS_NEW: &str = "attribute_not_exists(userId)";
/// The opposite.
pub(crate) const EXISTS: &str = "attribute_exists(userId)";

impl Table {
    /// The table `name` in the account and region of `config`.
    pub(crate) fn connected(config: &SdkConfig, name: impl Into<String>, tuning: &Tuning) -> Self {
        Self::new(client(config, tuning), name.into(), *tuning)
    }

    /// The table `name`, asked by `client` as often and as long as `tuning` says.
    pub(crate) const fn new(client: Client, name: String, tuning: Tuning) -> Self {
        Self {
            client,
            name,
            tuning,
        }
    }

    /// The item with this key.
    pub(crate) async fn get(&self, key: Item) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.name);
        let request = request.set_key(Some(key)).consistent_read(true);
        match request.send().await {
            Ok(answer) => Ok(answer.item),
            Err(error) => Err(store_error("GetItem", &error)),
        }
    }

    /// Every item of the partition `owner`.
    pub(crate) async fn partition(&self, owner: &str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut behind = None;
        loop {
            let request = self
                .client
                .query()
                .table_name(&self.name)
                .key_condition_expression("userId = :owner")
                .expression_attribute_values(":owner", text(owner))
                .consistent_read(true)
                .set_exclusive_start_key(behind);
            let answer = request.send().await;
            let answer = answer.map_err(|error| store_error("Query", &error))?;
            items.extend(answer.items.unwrap_or_default());
            behind = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if behind.is_none() {
                return Ok(items);
            }
        }
    }

    /// A change of this table on `condition`, or on none.
    pub(crate) fn change(&self, effect: Effect, condition: Option<&'static str>) -> Change<'_> {
        Change {
            table: &self.name,
            effect,
            condition: condition.map(|expression| Condition {
                expression,
                values: item([]),
            }),
        }
    }

    /// Makes the changes, or none if a condition is not met.
    pub(crate) async fn commit(
        &self,
        changes: &[Change<'_>],
    ) -> Result<Option<Refused>, StoreError> {
        commit(&self.client, &self.tuning, changes).await
    }
}
