//! Writes of one item or of several, all or none: a single one as a plain conditional write, which costs half of what
//! it would in a transaction.

use std::error::Error;

use aws_sdk_dynamodb::{
    Client,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError,
        transact_write_items::TransactWriteItemsError, update_item::UpdateItemError,
    },
    types::{
        CancellationReason, Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
        Update,
    },
};
use aws_smithy_runtime_api::client::result::CreateUnhandledError;
use notewarden_aws::{Failure, Tuning, store_error};
use notewarden_domain::StoreError;
use tokio::time::{Instant, sleep};

use crate::{
    attempts::{Attempts, pauses},
    attributes::Item,
};

const TRANSACTION: &str = "TransactWriteItems";

/// Makes a refusal tell what is stored, so that it need not be read.
const SHOW_WHAT_IS_THERE: ReturnValuesOnConditionCheckFailure =
    ReturnValuesOnConditionCheckFailure::AllOld;

/// The reason of a change whose condition was not met.
const NOT_MET: &str = "ConditionalCheckFailed";

/// The reason of a change that another transaction kept from being made.
const CONFLICT: &str = "TransactionConflict";

/// Reasons of changes that went over the throughput of a table or a partition.
const THROTTLING: [&str; 2] = ["ThrottlingError", "ProvisionedThroughputExceeded"];

/// One item's part of a write. It does not show itself: it may hold a note.
#[derive(Clone)]
pub(crate) struct Change<'a> {
    pub(crate) table: &'a str,
    pub(crate) effect: Effect,
    pub(crate) condition: Option<Condition>,
}

#[derive(Clone)]
pub(crate) enum Effect {
    /// Stores the item in place of what is there.
    Put(Item),
    /// Removes the item with this key.
    Delete(Item),
    /// Changes the item with this key, or makes one of it.
    Update {
        key: Item,
        expression: &'static str,
        /// The values that the expression names, none of which the condition names.
        values: Item,
    },
}

/// What must hold for the item that is there.
#[derive(Clone)]
pub(crate) struct Condition {
    pub(crate) expression: &'static str,
    /// The values that the expression names.
    pub(crate) values: Item,
}

/// A write that changed nothing, at least not in its last attempt.
pub(crate) struct Refused {
    /// Whether an earlier attempt may have changed everything, and only its answer was lost.
    pub(crate) is_uncertain: bool,
    verdicts: Vec<Verdict>,
}

/// What became of one change's condition.
enum Verdict {
    Met,
    NotMet(Option<Item>),
}

/// What is stored where a condition was not met.
pub(crate) enum Found {
    Nothing,
    Item(Item),
}

impl Refused {
    /// What is stored where the change at `index` was to be made, if its condition was not met.
    pub(crate) fn take(&mut self, index: usize) -> Option<Found> {
        match self.verdicts.get_mut(index)? {
            Verdict::Met => None,
            Verdict::NotMet(item) => Some(item.take().map_or(Found::Nothing, Found::Item)),
        }
    }
}

/// What DynamoDB answered to a write.
enum Answer {
    Done,
    NotMet(Vec<Verdict>),
    /// Nothing was changed, for a reason that passes and that the SDK does not try again for.
    Again(Passing),
}

/// A failure that passes.
enum Passing {
    Conflict(Failure),
    Throttling(Failure),
}

impl From<Passing> for StoreError {
    fn from(passing: Passing) -> Self {
        match passing {
            Passing::Conflict(failure) => Self::unavailable(failure),
            // The port's word has no room for a cause, so this is where it is told.
            Passing::Throttling(failure) => {
                tracing::warn!(%failure, "AWS throttles");
                Self::Throttled
            }
        }
    }
}

/// Makes all the changes, or none if a condition is not met: then says which, and what is there instead.
///
/// When another transaction is under way on an item, or the table throttles the transaction, it is tried again as often
/// as `tuning` says, and for as long as one request may take.
pub(crate) async fn commit(
    client: &Client,
    tuning: &Tuning,
    changes: &[Change<'_>],
) -> Result<Option<Refused>, StoreError> {
    let end = Instant::now() + tuning.request_timeout;
    let mut pauses = pauses(tuning);
    let mut is_uncertain = false;
    loop {
        let attempts = Attempts::default();
        let answer = match changes {
            [change] => send_one(client, change.clone(), attempts.clone()).await?,
            several => send_transaction(client, several.to_vec(), attempts.clone()).await?,
        };
        is_uncertain |= attempts.are_several();
        match answer {
            Answer::Done => return Ok(None),
            Answer::NotMet(verdicts) => {
                return Ok(Some(Refused {
                    is_uncertain,
                    verdicts,
                }));
            }
            Answer::Again(passing) => match pauses.next() {
                Some(pause) if Instant::now() + pause < end => sleep(pause).await,
                _ => return Err(passing.into()),
            },
        }
    }
}

async fn send_one(
    client: &Client,
    change: Change<'_>,
    attempts: Attempts,
) -> Result<Answer, StoreError> {
    let (expression, values) = parts(change.condition);
    match change.effect {
        Effect::Put(item) => {
            let request = client
                .put_item()
                .table_name(change.table)
                .set_item(Some(item))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(SHOW_WHAT_IS_THERE);
            match request.customize().interceptor(attempts).send().await {
                Ok(_) => Ok(Answer::Done),
                Err(error) => refusal("PutItem", error, |error| match error {
                    PutItemError::ConditionalCheckFailedException(refusal) => refusal.item,
                    _ => None,
                }),
            }
        }
        Effect::Update {
            key,
            expression: update,
            values: more,
        } => {
            let request = client
                .update_item()
                .table_name(change.table)
                .set_key(Some(key))
                .update_expression(update)
                .set_condition_expression(expression)
                .set_expression_attribute_values(Some(joined(values, more)))
                .return_values_on_condition_check_failure(SHOW_WHAT_IS_THERE);
            match request.customize().interceptor(attempts).send().await {
                Ok(_) => Ok(Answer::Done),
                Err(error) => refusal("UpdateItem", error, |error| match error {
                    UpdateItemError::ConditionalCheckFailedException(refusal) => refusal.item,
                    _ => None,
                }),
            }
        }
        Effect::Delete(key) => {
            let request = client
                .delete_item()
                .table_name(change.table)
                .set_key(Some(key))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(SHOW_WHAT_IS_THERE);
            match request.customize().interceptor(attempts).send().await {
                Ok(_) => Ok(Answer::Done),
                Err(error) => refusal("DeleteItem", error, |error| match error {
                    DeleteItemError::ConditionalCheckFailedException(refusal) => refusal.item,
                    _ => None,
                }),
            }
        }
    }
}

/// What the error of a plain write means; `found` is the item that comes with a condition that was not met.
fn refusal<E>(
    operation: &'static str,
    error: SdkError<E>,
    found: impl FnOnce(E) -> Option<Item>,
) -> Result<Answer, StoreError>
where
    E: ProvideErrorMetadata + CreateUnhandledError + Error + Send + Sync + 'static,
{
    match error.code() {
        Some("ConditionalCheckFailedException") => {
            let item = found(error.into_service_error());
            Ok(Answer::NotMet(vec![Verdict::NotMet(item)]))
        }
        Some("TransactionConflictException") => Ok(Answer::Again(Passing::Conflict(
            Failure::of_sdk(operation, &error),
        ))),
        _ => Err(store_error(operation, &error)),
    }
}

async fn send_transaction(
    client: &Client,
    changes: Vec<Change<'_>>,
    attempts: Attempts,
) -> Result<Answer, StoreError> {
    let items: Result<Vec<_>, _> = changes.into_iter().map(member).collect();
    let items = items.map_err(StoreError::unavailable)?;
    // The SDK sends each attempt of this request with the same token, so that AWS makes the changes once.
    let request = client
        .transact_write_items()
        .set_transact_items(Some(items));
    let error = match request.customize().interceptor(attempts).send().await {
        Ok(_) => return Ok(Answer::Done),
        Err(error) => error,
    };
    let failure = Failure::of_sdk(TRANSACTION, &error);
    match error {
        SdkError::ServiceError(answer) if answer.err().is_transaction_canceled_exception() => {
            let reasons = match answer.into_err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    cancelled.cancellation_reasons.unwrap_or_default()
                }
                _ => Vec::new(),
            };
            cancellation(reasons, failure)
        }
        error => Err(store_error(TRANSACTION, &error)),
    }
}

/// What the reasons mean for which a transaction was cancelled, one for each of its changes.
fn cancellation(reasons: Vec<CancellationReason>, failure: Failure) -> Result<Answer, StoreError> {
    let has = |code| reasons.iter().any(|reason| reason.code() == Some(code));
    // What another transaction leaves behind decides whether the conditions are met.
    if has(CONFLICT) {
        Ok(Answer::Again(Passing::Conflict(failure)))
    } else if THROTTLING.into_iter().any(has) {
        Ok(Answer::Again(Passing::Throttling(failure)))
    } else if has(NOT_MET) {
        let verdict = |reason: CancellationReason| match reason.code() {
            Some(NOT_MET) => Verdict::NotMet(reason.item),
            _ => Verdict::Met,
        };
        Ok(Answer::NotMet(reasons.into_iter().map(verdict).collect()))
    } else {
        let messages: Vec<_> = reasons
            .iter()
            .filter_map(CancellationReason::message)
            .collect();
        let failure = failure.because(&messages.join("; "));
        Err(StoreError::unavailable(failure))
    }
}

/// The change as a transaction has it.
fn member(change: Change<'_>) -> Result<TransactWriteItem, BuildError> {
    let (expression, values) = parts(change.condition);
    let shown = expression.is_some().then_some(SHOW_WHAT_IS_THERE);
    let item = TransactWriteItem::builder();
    let item = match change.effect {
        Effect::Put(stored) => item.put(
            Put::builder()
                .table_name(change.table)
                .set_item(Some(stored))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values)
                .set_return_values_on_condition_check_failure(shown)
                .build()?,
        ),
        Effect::Update {
            key,
            expression: update,
            values: more,
        } => item.update(
            Update::builder()
                .table_name(change.table)
                .set_key(Some(key))
                .update_expression(update)
                .set_condition_expression(expression)
                .set_expression_attribute_values(Some(joined(values, more)))
                .set_return_values_on_condition_check_failure(shown)
                .build()?,
        ),
        Effect::Delete(key) => item.delete(
            Delete::builder()
                .table_name(change.table)
                .set_key(Some(key))
                .set_condition_expression(expression)
                .set_expression_attribute_values(values)
                .set_return_values_on_condition_check_failure(shown)
                .build()?,
        ),
    };
    Ok(item.build())
}

/// The values of a condition, and those of an update.
fn joined(condition: Option<Item>, update: Item) -> Item {
    let mut values = condition.unwrap_or_default();
    values.extend(update);
    values
}

/// The expression and its values; DynamoDB refuses values without a use, even no values at all.
fn parts(condition: Option<Condition>) -> (Option<String>, Option<Item>) {
    match condition {
        Some(Condition { expression, values }) => {
            let values = Some(values).filter(|values| !values.is_empty());
            (Some(expression.to_owned()), values)
        }
        None => (None, None),
    }
}
