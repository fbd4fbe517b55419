//! Members of JSON bodies, read one by one, so that a refusal names the one at fault.
//!
//! A member of a wrong type is malformed; one whose value breaks a rule is invalid.

use notewarden_domain::{FileName, Invalid};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::problem::{Kind, Problem};

/// For a member that may be missing, which `null` is not.
pub(crate) fn given<'de, D: Deserializer<'de>>(member: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(member).map(Some)
}

/// A value breaks a rule.
pub(crate) fn breaks(invalid: &Invalid) -> Problem {
    Problem::at(Kind::Invalid, invalid)
}

/// A member that must be there.
pub(crate) fn required<T>(field: &'static str, member: Option<T>) -> Result<T, Problem> {
    member.ok_or_else(|| breaks(&Invalid::new(field, "is required")))
}

/// The string that `field` is, as the value that it spells.
pub(crate) fn parsed<T>(field: &'static str, value: &Value) -> Result<T, Problem>
where
    T: std::str::FromStr<Err = Invalid>,
{
    let text = value
        .as_str()
        .ok_or_else(|| Problem::malformed(field, "must be a string"))?;
    text.parse()
        .map_err(|invalid: Invalid| breaks(&Invalid::new(field, invalid.rule)))
}

/// [`parsed`], or nothing for `null`.
pub(crate) fn optional<T>(field: &'static str, value: Option<Value>) -> Result<Option<T>, Problem>
where
    T: std::str::FromStr<Err = Invalid>,
{
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => parsed(field, &value).map(Some),
    }
}

/// The names of files that `field` lists; `null` lists none.
pub(crate) fn names(field: &'static str, value: Value) -> Result<Vec<FileName>, Problem> {
    let malformed = || Problem::malformed(field, "must be an array of strings");
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        _ => return Err(malformed()),
    };
    let mut names = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let name: Result<FileName, _> = item.as_str().ok_or_else(malformed)?.parse();
        names.push(name.map_err(|invalid| {
            let rule = format!("must be names of files: item {index} {}", invalid.rule);
            breaks(&Invalid::new(field, rule))
        })?);
    }
    Ok(names)
}
