//! `AttributeType`: how attributes stand in requests and answers.

use serde::{Deserialize, Serialize};

use super::exception::invalid_parameter;
use crate::json_protocol::Exception;

/// An attribute of a user.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    name: Option<String>,
    value: Option<String>,
}

/// Attributes as the pool writes them.
pub(super) fn of(attributes: Vec<(String, String)>) -> Vec<Attribute> {
    let attribute = |(name, value)| Attribute {
        name: Some(name),
        value: Some(value),
    };
    attributes.into_iter().map(attribute).collect()
}

/// Attributes as a client gives them.
///
/// # Errors
/// One has no name.
pub(super) fn read(
    member: &str,
    attributes: Option<Vec<Attribute>>,
) -> Result<Vec<(String, String)>, Exception> {
    let read = |(index, attribute): (usize, Attribute)| match attribute.name {
        Some(name) if !name.is_empty() => Ok((name, attribute.value.unwrap_or_default())),
        _ => Err(invalid_parameter(format!(
            "1 validation error detected: Value null at '{member}.{}.member.name' failed to satisfy constraint: \
             Member must not be null",
            index + 1
        ))),
    };
    attributes
        .into_iter()
        .flatten()
        .enumerate()
        .map(read)
        .collect()
}
