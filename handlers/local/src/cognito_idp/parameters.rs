//! The parameters of a flow or challenge, by name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::exception::missing_parameter;
use crate::json_protocol::Exception;

/// `AuthParametersType` and `ChallengeResponsesType`.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// The parameter `name`.
    ///
    /// # Errors
    /// It is missing or empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, Exception> {
        self.optional(name).ok_or_else(|| missing_parameter(name))
    }

    /// The parameter `name`, if it is there and not empty.
    pub(super) fn optional(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    /// The parameters whose names begin with `prefix`, without it.
    pub(super) fn with_prefix(&self, prefix: &str) -> Vec<(String, String)> {
        let stripped = |(name, value): (&String, &String)| {
            let name = name.strip_prefix(prefix)?;
            Some((name.to_owned(), value.clone()))
        };
        self.0.iter().filter_map(stripped).collect()
    }
}
