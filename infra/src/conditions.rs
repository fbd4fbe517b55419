//! Conditions: what the template's `Conditions` section says for the parameters of one deployment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    TemplateError,
    resolve::{Resolver, text},
};

/// How many operands `Fn::And` and `Fn::Or` take.
const OPERANDS: std::ops::RangeInclusive<usize> = 2..=10;

/// Whether each condition holds. Conditions know parameters and pseudo parameters, and no resources.
pub(crate) fn evaluate(
    written: &BTreeMap<String, Value>,
    values: &Resolver<'_>,
) -> Result<BTreeMap<String, bool>, TemplateError> {
    let mut evaluation = Evaluation {
        written,
        values,
        known: BTreeMap::new(),
    };
    for name in written.keys() {
        evaluation.named(name, "Conditions")?;
    }
    Ok(evaluation
        .known
        .into_iter()
        .filter_map(|(name, holds)| Some((name, holds?)))
        .collect())
}

struct Evaluation<'a> {
    written: &'a BTreeMap<String, Value>,
    values: &'a Resolver<'a>,
    /// Nothing while the condition is being evaluated.
    known: BTreeMap<String, Option<bool>>,
}

impl Evaluation<'_> {
    fn named(&mut self, name: &str, path: &str) -> Result<bool, TemplateError> {
        match self.known.get(name) {
            Some(Some(holds)) => return Ok(*holds),
            Some(None) => {
                return Err(TemplateError::property(
                    path,
                    format!("the condition `{name}` depends on itself"),
                ));
            }
            None => {}
        }
        let condition = self
            .written
            .get(name)
            .ok_or_else(|| TemplateError::Unresolved {
                path: path.to_owned(),
                name: name.to_owned(),
            })?;
        self.known.insert(name.to_owned(), None);
        let holds = self.holds(condition, &format!("Conditions.{name}"))?;
        self.known.insert(name.to_owned(), Some(holds));
        Ok(holds)
    }

    fn holds(&mut self, condition: &Value, path: &str) -> Result<bool, TemplateError> {
        let Some((function, argument)) = condition.as_object().and_then(only_member) else {
            return Err(TemplateError::property(path, "there is no condition"));
        };
        match (function, argument) {
            ("Condition", Value::String(name)) => self.named(name, path),
            ("Fn::Equals", Value::Array(operands)) if operands.len() == 2 => {
                let mut sides = operands
                    .iter()
                    .map(|operand| text(&self.values.resolve(operand, path)?, path));
                Ok(sides.next().transpose()? == sides.next().transpose()?)
            }
            ("Fn::Not", Value::Array(operands)) if operands.len() == 1 => {
                Ok(!self.all(operands, path)?.contains(&true))
            }
            ("Fn::And", Value::Array(operands)) if OPERANDS.contains(&operands.len()) => {
                Ok(!self.all(operands, path)?.contains(&false))
            }
            ("Fn::Or", Value::Array(operands)) if OPERANDS.contains(&operands.len()) => {
                Ok(self.all(operands, path)?.contains(&true))
            }
            _ => Err(TemplateError::Unsupported {
                path: path.to_owned(),
                function: function.to_owned(),
            }),
        }
    }

    /// Every operand is evaluated, so that a mistake in one is found whatever the others are.
    fn all(&mut self, operands: &[Value], path: &str) -> Result<Vec<bool>, TemplateError> {
        operands
            .iter()
            .map(|operand| self.holds(operand, path))
            .collect()
    }
}

fn only_member(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next().filter(|_| members.len() == 1)?;
    Some((name, argument))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Deployment;

    fn holds(conditions: Value) -> Result<BTreeMap<String, bool>, String> {
        let written = serde_json::from_value(conditions).unwrap();
        let deployment = Deployment::new("us-east-1", "000000000000");
        let values = Resolver {
            parameters: BTreeMap::from([
                ("Stage".to_owned(), json!("prod")),
                ("Days".to_owned(), json!(30)),
            ]),
            ..Resolver::new(&deployment)
        };
        evaluate(&written, &values).map_err(|error| error.to_string())
    }

    #[test]
    fn conditions_are_combined_as_cloudformation_does() {
        let yes = json!({"Fn::Equals": [{"Ref": "Stage"}, "prod"]});
        let no = json!({"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-central-1"]});
        let found = holds(json!({
            "Yes": yes, "No": no,
            "Number": {"Fn::Equals": [{"Ref": "Days"}, "30"]},
            "Not": {"Fn::Not": [{"Condition": "Yes"}]},
            "And": {"Fn::And": [{"Condition": "Yes"}, yes, {"Condition": "Not"}]},
            "Or": {"Fn::Or": [{"Condition": "And"}, {"Condition": "Yes"}]},
        }));
        let expected = [
            ("And", false),
            ("No", false),
            ("Not", false),
            ("Number", true),
            ("Or", true),
            ("Yes", true),
        ];
        assert_eq!(
            found,
            Ok(expected
                .map(|(name, holds)| (name.to_owned(), holds))
                .into())
        );
    }

    #[test]
    fn what_is_no_condition_is_named_with_its_place() {
        let cases = [
            (
                json!({"A": {"Condition": "B"}}),
                "Conditions.A: nothing is known as `B`",
            ),
            (
                json!({"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}),
                "Conditions.B: the condition `A` depends on itself",
            ),
            (json!({"A": "prod"}), "Conditions.A: there is no condition"),
            (
                json!({"A": {"Fn::Equals": ["x"]}}),
                "Conditions.A: `Fn::Equals` is not understood here",
            ),
            (
                json!({"A": {"Fn::And": [{"Fn::Equals": ["x", "x"]}]}}),
                "Conditions.A: `Fn::And` is not understood here",
            ),
            (
                json!({"A": {"Fn::Equals": [{"Ref": "Bucket"}, ""]}}),
                "Conditions.A: nothing is known as `Bucket`",
            ),
            (
                json!({"A": {"Fn::Equals": [["x"], ""]}}),
                "Conditions.A: a text is needed",
            ),
        ];
        for (conditions, message) in cases {
            assert_eq!(holds(conditions), Err(message.to_owned()));
        }
    }
}
