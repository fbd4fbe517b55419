//! Intrinsic functions evaluated for a deployment, as CloudFormation defines them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Deployment, TemplateError};

/// The pseudo parameter that removes the member or the item that it is the value of.
const NO_VALUE: &str = "AWS::NoValue";

/// Evaluates functions in parts of one template, for one deployment.
pub(crate) struct Resolver<'a> {
    /// Where the template is deployed.
    pub(crate) deployment: &'a Deployment,
    /// What each parameter stands for.
    pub(crate) parameters: BTreeMap<String, Value>,
    /// Whether each condition holds.
    pub(crate) conditions: BTreeMap<String, bool>,
    /// Types by logical id of the resources that exist.
    pub(crate) kinds: BTreeMap<String, String>,
}

impl<'a> Resolver<'a> {
    /// One that knows the deployment, and nothing of a template.
    pub(crate) fn new(deployment: &'a Deployment) -> Self {
        Self {
            deployment,
            parameters: BTreeMap::new(),
            conditions: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// `value` with every function in it replaced by its result; `path` says in errors where it stands.
    pub(crate) fn resolve(&self, value: &Value, path: &str) -> Result<Value, TemplateError> {
        self.evaluate(value, path)?
            .ok_or_else(|| TemplateError::property(path, format!("`{NO_VALUE}` has no place here")))
    }

    /// Whether `condition` holds, if there is one; `path` says in errors who asks.
    pub(crate) fn holds(&self, condition: Option<&str>, path: &str) -> Result<bool, TemplateError> {
        condition.map_or(Ok(true), |name| {
            let holds = self.conditions.get(name).copied();
            holds.ok_or_else(|| unresolved(name, path))
        })
    }

    /// The value of a function or a literal; nothing for `AWS::NoValue`, which its container leaves out.
    fn evaluate(&self, value: &Value, path: &str) -> Result<Option<Value>, TemplateError> {
        Ok(Some(match value {
            Value::Object(members) => match function(members) {
                Some((name, argument)) => return self.call(name, argument, path),
                None => {
                    let mut result = Map::new();
                    for (key, value) in members {
                        if let Some(value) = self.evaluate(value, &format!("{path}.{key}"))? {
                            result.insert(key.clone(), value);
                        }
                    }
                    Value::Object(result)
                }
            },
            Value::Array(items) => items
                .iter()
                .enumerate()
                .filter_map(|(index, item)| {
                    self.evaluate(item, &format!("{path}[{index}]")).transpose()
                })
                .collect::<Result<_, _>>()?,
            scalar => scalar.clone(),
        }))
    }

    fn call(
        &self,
        name: &str,
        argument: &Value,
        path: &str,
    ) -> Result<Option<Value>, TemplateError> {
        let arguments = argument.as_array().map(Vec::as_slice);
        Ok(Some(match (name, argument, arguments) {
            ("Ref", Value::String(target), _) if target == NO_VALUE => return Ok(None),
            ("Ref", Value::String(target), _) => self.reference(target, path)?,
            ("Fn::If", _, Some([Value::String(condition), then, otherwise])) => {
                let holds = self.holds(Some(condition), path)?;
                return self.evaluate(if holds { then } else { otherwise }, path);
            }
            ("Fn::GetAtt", Value::String(target), _) => self.attribute(target, path)?.into(),
            ("Fn::GetAtt", _, Some([Value::String(id), Value::String(name)])) => {
                self.attribute(&format!("{id}.{name}"), path)?.into()
            }
            ("Fn::Join", _, Some([Value::String(separator), parts])) => {
                let Value::Array(parts) = self.resolve(parts, path)? else {
                    return Err(TemplateError::property(path, "`Fn::Join` needs a list"));
                };
                let parts = parts.iter().map(|part| text(part, path));
                parts.collect::<Result<Vec<_>, _>>()?.join(separator).into()
            }
            ("Fn::Split", _, Some([Value::String(separator), whole])) if !separator.is_empty() => {
                let whole = text(&self.resolve(whole, path)?, path)?;
                whole.split(separator.as_str()).map(Value::from).collect()
            }
            ("Fn::Sub", Value::String(template), _) => self.substitute(template, path)?.into(),
            _ => return Err(unsupported(name, path)),
        }))
    }

    fn reference(&self, target: &str, path: &str) -> Result<Value, TemplateError> {
        if let Some(value) = self.parameters.get(target) {
            return Ok(value.clone());
        }
        let id = if self.kinds.contains_key(target) {
            self.deployment.id(target)
        } else {
            self.deployment.pseudo_parameter(target)
        };
        id.map(Value::from).ok_or_else(|| unresolved(target, path))
    }

    fn attribute(&self, target: &str, path: &str) -> Result<String, TemplateError> {
        let found = target.split_once('.').and_then(|(logical_id, attribute)| {
            let kind = self.kinds.get(logical_id)?;
            let id = self.deployment.id(logical_id)?;
            self.deployment.attribute(kind, id, attribute)
        });
        found.ok_or_else(|| unresolved(target, path))
    }

    /// `Fn::Sub`: `${Name}` and `${Name.Attribute}` are replaced, `${!Name}` stands for a literal `${Name}`.
    fn substitute(&self, template: &str, path: &str) -> Result<String, TemplateError> {
        let mut result = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                return Err(TemplateError::property(path, "`${` without its `}`"));
            };
            result.push_str(before);
            match name.strip_prefix('!') {
                Some(literal) => {
                    result.push_str("${");
                    result.push_str(literal);
                    result.push('}');
                }
                None if name.contains('.') => result.push_str(&self.attribute(name, path)?),
                None => result.push_str(&text(&self.reference(name, path)?, path)?),
            }
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }
}

/// The function and its argument, if the object is a call: one member, whose key is `Ref` or begins with `Fn::`.
fn function(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next().filter(|_| members.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name, argument))
}

/// A scalar as the text that CloudFormation makes of it.
pub(crate) fn text(value: &Value, path: &str) -> Result<String, TemplateError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(TemplateError::property(path, "a text is needed"))
        }
    }
}

fn unsupported(function: &str, path: &str) -> TemplateError {
    TemplateError::Unsupported {
        path: path.to_owned(),
        function: function.to_owned(),
    }
}

fn unresolved(name: &str, path: &str) -> TemplateError {
    TemplateError::Unresolved {
        path: path.to_owned(),
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolve(value: &Value) -> Result<Value, String> {
        let deployment = Deployment::new("eu-central-1", "111122223333").with("Bucket", "files");
        let resolver = Resolver {
            parameters: BTreeMap::from([
                ("Origins".to_owned(), json!("a,b")),
                ("Days".to_owned(), json!(30)),
            ]),
            conditions: BTreeMap::from([("Yes".to_owned(), true), ("No".to_owned(), false)]),
            kinds: BTreeMap::from([
                ("Bucket".to_owned(), "AWS::S3::Bucket".to_owned()),
                ("Notes".to_owned(), "AWS::DynamoDB::Table".to_owned()),
            ]),
            ..Resolver::new(&deployment)
        };
        resolver
            .resolve(value, "Here")
            .map_err(|error| error.to_string())
    }

    #[test]
    fn functions_give_the_values_of_the_deployment() {
        assert_eq!(resolve(&json!({"Ref": "Bucket"})), Ok(json!("files")));
        assert_eq!(
            resolve(&json!({"Ref": "AWS::Region"})),
            Ok(json!("eu-central-1"))
        );
        for argument in [json!("Bucket.Arn"), json!(["Bucket", "Arn"])] {
            assert_eq!(
                resolve(&json!({"Fn::GetAtt": argument})),
                Ok(json!("arn:aws:s3:::files"))
            );
        }
    }

    #[test]
    fn sub_keeps_escaped_variables_for_the_policy_language() {
        assert_eq!(
            resolve(
                &json!([{"Fn::Sub": "${Bucket.Arn}/private/${!aws:userid}/${AWS::AccountId}*"}])
            ),
            Ok(json!([
                "arn:aws:s3:::files/private/${aws:userid}/111122223333*"
            ]))
        );
    }

    #[test]
    fn parameters_are_values_and_texts() {
        assert_eq!(resolve(&json!({"Ref": "Days"})), Ok(json!(30)));
        assert_eq!(
            resolve(&json!({"Fn::Sub": "${Days} days"})),
            Ok(json!("30 days"))
        );
        assert_eq!(
            resolve(&json!({"Fn::Split": [",", {"Ref": "Origins"}]})),
            Ok(json!(["a", "b"]))
        );
        assert_eq!(
            resolve(&json!({"Fn::Join": ["-", [{"Ref": "Days"}, "x", {"Ref": "AWS::NoValue"}]]})),
            Ok(json!("30-x"))
        );
    }

    #[test]
    fn conditions_choose_and_remove() {
        let none = json!({"Ref": "AWS::NoValue"});
        assert_eq!(
            resolve(&json!({
                "kept": {"Fn::If": ["Yes", {"Ref": "Bucket"}, none]},
                "removed": {"Fn::If": ["No", {"Ref": "Bucket"}, none]},
                "items": [{"Fn::If": ["No", "a", none]}, {"Fn::If": ["Yes", ["b"], none]}],
                // What is not chosen need not exist.
                "chosen": {"Fn::If": ["No", {"Ref": "Nobody"}, 1]},
            })),
            Ok(json!({"kept": "files", "items": [["b"]], "chosen": 1}))
        );
    }

    #[test]
    fn variables_outside_sub_stay() {
        let value = json!({"s3:prefix": "private/${aws:userid}/*"});
        assert_eq!(resolve(&value), Ok(value));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let cases = [
            (
                json!({"Fn::If": ["Maybe", 1, 2]}),
                "Here: nothing is known as `Maybe`",
            ),
            (
                json!({"Ref": "AWS::NoValue"}),
                "Here: `AWS::NoValue` has no place here",
            ),
            (json!({"Fn::Join": ["", [["a"]]]}), "Here: a text is needed"),
            (
                json!({"Ref": "Bukcet"}),
                "Here: nothing is known as `Bukcet`",
            ),
            (json!({"Ref": "Notes"}), "Here: nothing is known as `Notes`"),
            (
                json!({"a": [{"Fn::GetAtt": "Bucket.DomainName"}]}),
                "Here.a[0]: nothing is known as `Bucket.DomainName`",
            ),
            (
                json!({"Fn::Sub": "${Nobody}"}),
                "Here: nothing is known as `Nobody`",
            ),
            (json!({"Fn::Sub": "${Bucket"}), "Here: `${` without its `}`"),
            (
                json!({"Fn::Sub": ["${x}", {"x": "1"}]}),
                "Here: `Fn::Sub` is not understood here",
            ),
            (
                json!({"Fn::Select": [0, []]}),
                "Here: `Fn::Select` is not understood here",
            ),
        ];
        for (value, message) in cases {
            assert_eq!(resolve(&value), Err(message.to_owned()));
        }
    }
}
