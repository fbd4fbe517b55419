//! The tables of messages, of when each may be received, and of those that were given up.

use notewarden_domain::{StoreError, Timestamp};
use redb::{
    ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};
use uuid::Uuid;

use super::Delivery;
use crate::database::{Fault, existing};

/// Message → when it may be received, how often it was, and what it says.
const MESSAGES: TableDefinition<'_, u128, (u64, u32, &str)> = TableDefinition::new("queue");

/// (when it may be received, message).
const VISIBLE: TableDefinition<'_, (u64, u128), ()> = TableDefinition::new("queue_visible");

/// The messages that are in a worker's hands, or were when their visibility ended.
const IN_HAND: TableDefinition<'_, u128, ()> = TableDefinition::new("queue_in_hand");

/// Message → when it was given up, how often it was received, and what it says.
const DEAD: TableDefinition<'_, u128, (u64, u32, &str)> = TableDefinition::new("queue_dead");

/// A message that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// By which the queue knew it: a UUID.
    pub message_id: String,
    /// When it was given up.
    pub at: Timestamp,
    /// How often it was received.
    pub receives: u32,
    /// What it says.
    pub body: String,
}

/// What came of receiving.
pub(super) struct Received {
    pub(super) delivery: Option<Delivery>,
    /// The ids of the messages that were given up on the way.
    pub(super) dead: Vec<Uuid>,
}

pub(super) fn send(
    transaction: &WriteTransaction,
    id: u128,
    at: Timestamp,
    body: &str,
) -> Result<(), Fault> {
    let at = at.as_millis();
    transaction
        .open_table(MESSAGES)?
        .insert(id, (at, 0, body))?;
    transaction.open_table(VISIBLE)?.insert((at, id), ())?;
    Ok(())
}

/// Takes the message that has waited longest, and gives up those that were received `most` times.
pub(super) fn receive(
    transaction: &WriteTransaction,
    now: Timestamp,
    hidden_until: Timestamp,
    most: u32,
) -> Result<Received, Fault> {
    let mut messages = transaction.open_table(MESSAGES)?;
    let mut visible = transaction.open_table(VISIBLE)?;
    let mut received = Received {
        delivery: None,
        dead: Vec::new(),
    };
    loop {
        let first = visible.first()?.map(|(key, _)| key.value());
        let Some((at, id)) = first.filter(|(at, _)| *at <= now.as_millis()) else {
            return Ok(received);
        };
        visible.remove((at, id))?;
        let Some((receives, body)) = messages.remove(id)?.map(|message| {
            let (_, receives, body) = message.value();
            (receives, body.to_owned())
        }) else {
            let what = format!("message `{}`", Uuid::from_u128(id));
            return Err(StoreError::corrupt(what, "it is due and not there").into());
        };
        if receives >= most {
            transaction.open_table(IN_HAND)?.remove(id)?;
            let mut dead = transaction.open_table(DEAD)?;
            dead.insert(id, (now.as_millis(), receives, body.as_str()))?;
            received.dead.push(Uuid::from_u128(id));
            continue;
        }
        let receives = receives.saturating_add(1);
        let until = hidden_until.as_millis();
        messages.insert(id, (until, receives, body.as_str()))?;
        visible.insert((until, id), ())?;
        transaction.open_table(IN_HAND)?.insert(id, ())?;
        received.delivery = Some(Delivery { id, receives, body });
        return Ok(received);
    }
}

pub(super) fn remove(transaction: &WriteTransaction, id: u128) -> Result<(), Fault> {
    let mut messages = transaction.open_table(MESSAGES)?;
    if let Some(message) = messages.remove(id)? {
        let (at, _, _) = message.value();
        transaction.open_table(VISIBLE)?.remove((at, id))?;
        transaction.open_table(IN_HAND)?.remove(id)?;
    }
    Ok(())
}

/// The worker that has received a message `receives` times lays it down until it comes again.
pub(super) fn lay_down(
    transaction: &WriteTransaction,
    id: u128,
    receives: u32,
    until: Timestamp,
) -> Result<(), Fault> {
    hide(transaction, id, receives, until)?;
    transaction.open_table(IN_HAND)?.remove(id)?;
    Ok(())
}

/// Whatever is in a worker's hands may be received from `now` on. Answers how many messages that are.
pub(super) fn take_back(transaction: &WriteTransaction, now: Timestamp) -> Result<usize, Fault> {
    let mut in_hand = transaction.open_table(IN_HAND)?;
    let mut taken = 0;
    while let Some(id) = in_hand.pop_first()?.map(|(id, _)| id.value()) {
        let messages = transaction.open_table(MESSAGES)?;
        let receives = messages.get(id)?.map(|message| message.value().1);
        drop(messages);
        if let Some(receives) = receives {
            hide(transaction, id, receives, now)?;
            taken += 1;
        }
    }
    Ok(taken)
}

/// Moves the moment at which a message that was received `receives` times may be received again.
pub(super) fn hide(
    transaction: &WriteTransaction,
    id: u128,
    receives: u32,
    until: Timestamp,
) -> Result<(), Fault> {
    let mut messages = transaction.open_table(MESSAGES)?;
    let (at, times, body) = {
        let message = messages.get(id)?.ok_or(StoreError::NotFound)?;
        let (at, times, body) = message.value();
        (at, times, body.to_owned())
    };
    if times != receives {
        return Err(StoreError::PreconditionFailed.into());
    }
    let until = until.as_millis();
    messages.insert(id, (until, times, body.as_str()))?;
    let mut visible = transaction.open_table(VISIBLE)?;
    visible.remove((at, id))?;
    visible.insert((until, id), ())?;
    Ok(())
}

pub(super) fn next_at(transaction: &ReadTransaction) -> Result<Option<Timestamp>, Fault> {
    let Some(visible) = existing(transaction.open_table(VISIBLE))? else {
        return Ok(None);
    };
    let first = visible.first()?;
    Ok(first.map(|(key, _)| Timestamp::from_millis(key.value().0)))
}

pub(super) fn count(transaction: &ReadTransaction) -> Result<u64, Fault> {
    let messages = existing(transaction.open_table(MESSAGES))?;
    Ok(messages.map_or(Ok(0), |messages| messages.len())?)
}

pub(super) fn count_dead(transaction: &ReadTransaction) -> Result<u64, Fault> {
    let dead = existing(transaction.open_table(DEAD))?;
    Ok(dead.map_or(Ok(0), |dead| dead.len())?)
}

pub(super) fn dead(transaction: &ReadTransaction, limit: usize) -> Result<Vec<DeadLetter>, Fault> {
    let Some(dead) = existing(transaction.open_table(DEAD))? else {
        return Ok(Vec::new());
    };
    let letters = dead.iter()?.take(limit).map(|entry| {
        let (id, letter) = entry?;
        let (at, receives, body) = letter.value();
        Ok(DeadLetter {
            message_id: Uuid::from_u128(id.value()).to_string(),
            at: Timestamp::from_millis(at),
            receives,
            body: body.to_owned(),
        })
    });
    letters.collect()
}
