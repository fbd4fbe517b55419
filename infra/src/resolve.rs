//! Intrinsic functions evaluated for a deployment: `Ref`, `Fn::GetAtt` and `Fn::Sub`, as CloudFormation defines them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{Deployment, TemplateError};

/// Evaluates functions in parts of one template.
pub(crate) struct Resolver<'a> {
    /// Resource types by logical id.
    pub(crate) kinds: &'a BTreeMap<String, String>,
    /// What the references stand for.
    pub(crate) deployment: &'a Deployment,
}

impl Resolver<'_> {
    /// `value` with every function in it replaced by its result; `path` says in errors where it stands.
    pub(crate) fn resolve(&self, value: &Value, path: &str) -> Result<Value, TemplateError> {
        match value {
            Value::Object(members) => match function(members) {
                Some((name, argument)) => self.call(name, argument, path).map(Value::String),
                None => members
                    .iter()
                    .map(|(key, value)| {
                        Ok((key.clone(), self.resolve(value, &format!("{path}.{key}"))?))
                    })
                    .collect(),
            },
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.resolve(item, &format!("{path}[{index}]")))
                .collect(),
            scalar => Ok(scalar.clone()),
        }
    }

    fn call(&self, name: &str, argument: &Value, path: &str) -> Result<String, TemplateError> {
        match (name, argument) {
            ("Ref", Value::String(target)) => self.reference(target, path),
            ("Fn::GetAtt", Value::String(target)) => self.attribute(target, path),
            ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(id), Value::String(name)] => {
                    self.attribute(&format!("{id}.{name}"), path)
                }
                _ => Err(unsupported(name, path)),
            },
            ("Fn::Sub", Value::String(text)) => self.substitute(text, path),
            _ => Err(unsupported(name, path)),
        }
    }

    fn reference(&self, target: &str, path: &str) -> Result<String, TemplateError> {
        let id = if self.kinds.contains_key(target) {
            self.deployment.id(target)
        } else {
            self.deployment.pseudo_parameter(target)
        };
        id.map(str::to_owned)
            .ok_or_else(|| unresolved(target, path))
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
    fn substitute(&self, text: &str, path: &str) -> Result<String, TemplateError> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
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
                None => result.push_str(&self.reference(name, path)?),
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
        let kinds = BTreeMap::from([
            ("Bucket".to_owned(), "AWS::S3::Bucket".to_owned()),
            ("Notes".to_owned(), "AWS::DynamoDB::Table".to_owned()),
        ]);
        let deployment = Deployment::new("eu-central-1", "111122223333").with("Bucket", "files");
        let resolver = Resolver {
            kinds: &kinds,
            deployment: &deployment,
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
    fn variables_outside_sub_stay() {
        let value = json!({"s3:prefix": "private/${aws:userid}/*"});
        assert_eq!(resolve(&value), Ok(value));
    }

    #[test]
    fn what_is_not_known_is_named() {
        let cases = [
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
