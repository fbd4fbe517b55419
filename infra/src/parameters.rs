//! Parameters: their declarations, and what they stand for in one deployment.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Number, Value};

use crate::{Deployment, TemplateError};

/// A parameter as the template declares it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Parameter {
    #[serde(rename = "Type")]
    kind: Kind,
    default: Option<Scalar>,
    allowed_values: Option<Vec<Scalar>>,
    min_value: Option<Number>,
    max_value: Option<Number>,
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Kind {
    String,
    Number,
}

/// A value in a declaration, which CloudFormation reads as text whatever its YAML type.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Number(Number),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// What each parameter stands for: the deployment's value, or else the default.
pub(crate) fn values(
    declared: &BTreeMap<String, Parameter>,
    deployment: &Deployment,
) -> Result<BTreeMap<String, Value>, TemplateError> {
    if let Some(name) = deployment
        .parameters()
        .keys()
        .find(|name| !declared.contains_key(*name))
    {
        return Err(TemplateError::Unresolved {
            path: "Parameters".to_owned(),
            name: name.clone(),
        });
    }
    declared
        .iter()
        .map(|(name, parameter)| {
            let given = deployment.parameters().get(name).cloned();
            let value = given
                .or_else(|| parameter.default.as_ref().map(Scalar::text))
                .ok_or_else(|| "has neither a value nor a default".to_owned())
                .and_then(|text| parameter.read(text))
                .map_err(|message| {
                    TemplateError::property(format!("Parameters.{name}"), message)
                })?;
            Ok((name.clone(), value))
        })
        .collect()
}

impl Parameter {
    /// The value that `text` stands for.
    fn read(&self, text: String) -> Result<Value, String> {
        if let Some(allowed) = &self.allowed_values
            && !allowed.iter().any(|value| value.text() == text)
        {
            let allowed: Vec<_> = allowed.iter().map(Scalar::text).collect();
            return Err(format!("`{text}` is none of `{}`", allowed.join("`, `")));
        }
        if self.kind == Kind::String {
            return Ok(Value::String(text));
        }
        let number: Number = text
            .parse()
            .map_err(|_| format!("`{text}` is not a number"))?;
        if let Some(least) = &self.min_value
            && number.as_f64() < least.as_f64()
        {
            return Err(format!("`{text}` is less than {least}"));
        }
        if let Some(most) = &self.max_value
            && number.as_f64() > most.as_f64()
        {
            return Err(format!("`{text}` is more than {most}"));
        }
        Ok(Value::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(declaration: Value, given: Option<&str>) -> Result<Value, String> {
        let declared = BTreeMap::from([(
            "P".to_owned(),
            serde_json::from_value(declaration).map_err(|error| error.to_string())?,
        )]);
        let deployment = Deployment::new("us-east-1", "000000000000");
        let deployment = match given {
            Some(text) => deployment.with_parameter("P", text),
            None => deployment,
        };
        values(&declared, &deployment)
            .map(|mut values| values.remove("P").unwrap())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_given_value_goes_before_the_default() {
        let text = json!({"Type": "String", "Default": "a"});
        assert_eq!(value(text.clone(), None), Ok(json!("a")));
        assert_eq!(value(text, Some("b")), Ok(json!("b")));
        let number = json!({"Type": "Number", "Default": 30, "AllowedValues": [7, 30]});
        assert_eq!(value(number.clone(), None), Ok(json!(30)));
        assert_eq!(value(number, Some("7")), Ok(json!(7)));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_name() {
        let cases = [
            (
                json!({"Type": "String"}),
                None,
                "Parameters.P: has neither a value nor a default",
            ),
            (
                json!({"Type": "String", "AllowedValues": ["dev", "prod"]}),
                Some("test"),
                "Parameters.P: `test` is none of `dev`, `prod`",
            ),
            (
                json!({"Type": "Number"}),
                Some("many"),
                "Parameters.P: `many` is not a number",
            ),
            (
                json!({"Type": "Number", "MinValue": 1}),
                Some("0"),
                "Parameters.P: `0` is less than 1",
            ),
            (
                json!({"Type": "Number", "MaxValue": 10}),
                Some("11"),
                "Parameters.P: `11` is more than 10",
            ),
        ];
        for (declaration, given, message) in cases {
            assert_eq!(value(declaration, given), Err(message.to_owned()));
        }
        let unknown = value(json!({"Type": "String", "AllowedPattern": "x"}), None).unwrap_err();
        assert!(
            unknown.contains("unknown field `AllowedPattern`"),
            "{unknown}"
        );
    }

    #[test]
    fn a_value_for_no_parameter_is_refused() {
        let deployment =
            Deployment::new("us-east-1", "000000000000").with_parameter("Stgae", "dev");
        let error = values(&BTreeMap::new(), &deployment).unwrap_err();
        assert_eq!(error.to_string(), "Parameters: nothing is known as `Stgae`");
    }
}
