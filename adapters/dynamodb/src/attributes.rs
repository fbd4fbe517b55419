//! Attributes of items: how values are written, and how they are taken out of what was stored.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use notewarden_domain::{Invalid, Timestamp};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::notes::content::NotPacked;

/// What a table holds under one key; also a key alone, and the values of a condition.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Why a stored item cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it has no attribute `{0}`")]
    Missing(&'static str),
    #[error("its attribute `{0}` is not of type {1}")]
    Type(&'static str, &'static str),
    #[error("its attribute `{0}` is not a whole number from 0 to 2^64 - 1")]
    Number(&'static str),
    #[error("its attribute `{0}` is not a UUID")]
    Uuid(&'static str),
    #[error("its attribute `{0}` cannot be read")]
    Json(&'static str, #[source] serde_json::Error),
    #[error("its attribute `{0}` is not 32 bytes long")]
    Hash(&'static str),
    #[error("its attribute `{0}` is not packed text")]
    Packed(&'static str, #[source] NotPacked),
    #[error("its attribute `{0}` breaks a rule")]
    Invalid(&'static str, #[source] Invalid),
    #[error("it has a scope that this version does not know")]
    Scope,
    #[error("{found} of its {expected} parts are there")]
    Parts { found: u64, expected: u64 },
    #[error("its key is not one that is written here")]
    Key,
}

/// The item with these attributes.
pub(crate) fn item<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn bytes(value: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn millis(value: Timestamp) -> AttributeValue {
    number(value.as_millis())
}

/// A moment as a table's time to live looks at it: in whole seconds, rounded up, so that nothing goes too early.
pub(crate) fn time_to_live(moment: Timestamp) -> AttributeValue {
    number(moment.plus(Duration::from_millis(999)).as_secs())
}

/// Takes the attribute `name` out of the item.
pub(crate) fn take(item: &mut Item, name: &'static str) -> Result<AttributeValue, Unreadable> {
    item.remove(name).ok_or(Unreadable::Missing(name))
}

pub(crate) fn take_text(item: &mut Item, name: &'static str) -> Result<String, Unreadable> {
    match take(item, name)? {
        AttributeValue::S(text) => Ok(text),
        _ => Err(Unreadable::Type(name, "S")),
    }
}

/// Takes a text that is the spelling of a value of the domain.
pub(crate) fn take_parsed<T>(item: &mut Item, name: &'static str) -> Result<T, Unreadable>
where
    T: std::str::FromStr<Err = Invalid>,
{
    let text = take_text(item, name)?;
    text.parse()
        .map_err(|invalid| Unreadable::Invalid(name, invalid))
}

/// Takes a UUID.
pub(crate) fn take_uuid(item: &mut Item, name: &'static str) -> Result<Uuid, Unreadable> {
    let text = take_text(item, name)?;
    Uuid::try_parse(&text).map_err(|_| Unreadable::Uuid(name))
}

/// Takes JSON.
pub(crate) fn take_json<T: DeserializeOwned>(
    item: &mut Item,
    name: &'static str,
) -> Result<T, Unreadable> {
    let text = take_text(item, name)?;
    serde_json::from_str(&text).map_err(|error| Unreadable::Json(name, error))
}

pub(crate) fn take_number(item: &mut Item, name: &'static str) -> Result<u64, Unreadable> {
    match take(item, name)? {
        AttributeValue::N(number) => number.parse().map_err(|_| Unreadable::Number(name)),
        _ => Err(Unreadable::Type(name, "N")),
    }
}

pub(crate) fn take_millis(item: &mut Item, name: &'static str) -> Result<Timestamp, Unreadable> {
    take_number(item, name).map(Timestamp::from_millis)
}

/// Takes a SHA-256.
pub(crate) fn take_hash(item: &mut Item, name: &'static str) -> Result<[u8; 32], Unreadable> {
    match take(item, name)? {
        AttributeValue::B(hash) => {
            <[u8; 32]>::try_from(hash.as_ref()).map_err(|_| Unreadable::Hash(name))
        }
        _ => Err(Unreadable::Type(name, "B")),
    }
}
