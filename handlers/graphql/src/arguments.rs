//! The arguments of a field, taken one by one: what nobody takes is refused, so that nothing is asked for in vain.

use serde_json::{Map, Number, Value};

/// Why arguments are not those of the field. The schema holds for whoever comes through AppSync.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("`{0}` is missing")]
    Missing(&'static str),
    #[error("`{0}` is of another type")]
    Type(&'static str),
    #[error("`{0}` has a character that cannot be sent on")]
    Character(&'static str),
    #[error("nothing is known as `{0}`")]
    Unknown(String),
    #[error("there is no such field")]
    Field,
}

/// What is left of the arguments.
pub(crate) struct Arguments(pub(crate) Map<String, Value>);

impl Arguments {
    /// An argument as it is, `null` included.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// The text of an argument that may be left out.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, ArgumentError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ArgumentError::Type(name)),
        }
    }

    /// The text of an argument that must be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, ArgumentError> {
        self.text(name)?.ok_or(ArgumentError::Missing(name))
    }

    /// The text of a number, `true` or `false`.
    pub(crate) fn scalar(&mut self, name: &'static str) -> Result<Option<String>, ArgumentError> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(value.to_string())),
            Some(_) => Err(ArgumentError::Type(name)),
        }
    }

    /// A JSON body of these arguments, in this order whatever the order they came in: a repeated request has the same.
    pub(crate) fn body(&mut self, names: &[&str]) -> Map<String, Value> {
        let members = names.iter().filter_map(|name| {
            let value = self.take(name)?;
            Some(((*name).to_owned(), whole(value)))
        });
        members.collect()
    }

    /// Nothing may be left.
    pub(crate) fn done(self) -> Result<(), ArgumentError> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(ArgumentError::Unknown(name)),
            None => Ok(()),
        }
    }
}

/// A `Float` that is a whole number as one: GraphQL has no integers of more than 32 bits.
fn whole(value: Value) -> Value {
    let Value::Number(number) = &value else {
        return value;
    };
    let float = number.as_f64().filter(|_| number.is_f64());
    let is_whole = |float: &f64| float.fract() == 0.0 && (0.0..=MAX_EXACT).contains(float);
    match float.filter(is_whole) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole, not negative and exact"
        )]
        Some(float) => Value::Number(Number::from(float as u64)),
        None => value,
    }
}

/// The largest number up to which every whole one is an `f64`.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_floats_become_integers_and_nothing_else_changes() {
        for (given, expected) in [
            (json!(5.0), json!(5)),
            (json!(0.0), json!(0)),
            (json!(5), json!(5)),
            (json!(5.5), json!(5.5)),
            (json!(-5.0), json!(-5.0)),
            (json!(1e300), json!(1e300)),
            (json!("5.0"), json!("5.0")),
        ] {
            assert_eq!(whole(given), expected);
        }
    }
}
