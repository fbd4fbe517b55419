//! The functions: what runs on AWS, and as whom. The local server runs none; their roles are held to what the code
//! asks for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Number, Value};

use crate::{
    RoleSettings, TemplateError,
    resources::{FUNCTION, Properties, Resources},
    role,
};

/// A function, with the role that it runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionSettings {
    /// Its logical id.
    pub logical_id: String,
    /// The entry point.
    pub handler: String,
    /// Its environment's variables.
    pub environment: BTreeMap<String, String>,
    /// The name of the log group that it writes to.
    pub log_group: String,
    /// Logical id of its role.
    pub role_id: String,
    /// Its role, which is no other function's.
    pub role: RoleSettings,
}

/// Every function.
pub(crate) fn all(resources: &Resources<'_>) -> Result<Vec<FunctionSettings>, TemplateError> {
    let mut roles = BTreeSet::new();
    resources
        .of_kind(FUNCTION)
        .zip(resources.all::<Function>()?)
        .map(|((logical_id, properties), function)| {
            let path = format!("Resources.{logical_id}.Properties.Role");
            let role_id = role_id(properties, &path)?;
            if !roles.insert(role_id.clone()) {
                return Err(TemplateError::property(
                    path,
                    format!("`{role_id}` is another function's role"),
                ));
            }
            let Function {
                handler,
                environment,
                logging_config,
            } = function.properties;
            Ok(FunctionSettings {
                logical_id: function.logical_id,
                handler,
                environment: environment
                    .unwrap_or_default()
                    .variables
                    .into_iter()
                    .map(|(name, value)| (name, value.into_text()))
                    .collect(),
                log_group: logging_config.log_group,
                role: role::named(resources, &role_id, &path)?,
                role_id,
            })
        })
        .collect()
}

/// Logical ids of the functions' roles, which nobody but a function has.
pub(crate) fn roles(resources: &Resources<'_>) -> Result<BTreeSet<String>, TemplateError> {
    resources
        .of_kind(FUNCTION)
        .map(|(id, properties)| role_id(properties, &format!("Resources.{id}.Properties.Role")))
        .collect()
}

/// The logical id in a function's `Role`, which must be a role of the template.
fn role_id(function: &Value, path: &str) -> Result<String, TemplateError> {
    let call = function.get("Role").and_then(|role| role.get("Fn::GetAtt"));
    call.and_then(Value::as_str)
        .and_then(|target| target.strip_suffix(".Arn"))
        .map(str::to_owned)
        .ok_or_else(|| TemplateError::property(path, "must be `!GetAtt` of a role's `Arn`"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Function {
    handler: String,
    environment: Option<Environment>,
    logging_config: LoggingConfig,
}

impl Properties for Function {
    const KIND: &'static str = FUNCTION;
    // Not `Policies`: with a role of its own a function has no others.
    const UNREAD: &'static [&'static str] = &[
        "Architectures",
        "CodeUri",
        "DeadLetterQueue",
        "Description",
        "EventInvokeConfig",
        "Events",
        "MemorySize",
        "Role",
        "Runtime",
        "Timeout",
    ];
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Environment {
    variables: BTreeMap<String, Variable>,
}

/// A variable's value, which CloudFormation takes for text also if it is a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Variable {
    Text(String),
    Number(Number),
}

impl Variable {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LoggingConfig {
    log_group: String,
    #[serde(rename = "LogFormat")]
    _log_format: IgnoredAny,
    #[serde(rename = "SystemLogLevel")]
    _system_log_level: IgnoredAny,
}

#[cfg(test)]
mod tests {
    use crate::{Deployment, FunctionSettings, Template};

    /// The functions of a template with one role, `Role`, and the resources in `functions`.
    fn functions(functions: &str) -> Result<Vec<FunctionSettings>, String> {
        let text = format!(
            "AWSTemplateFormatVersion: '2010-09-09'\n\
             Transform: x\n\
             Description: x\n\
             Resources:\n  \
               Role: {{Type: 'AWS::IAM::Role', Properties: {{AssumeRolePolicyDocument: {{}}, Policies: []}}}}\n\
             {functions}\n\
             Outputs: {{}}"
        );
        let place = Deployment::new("us-east-1", "000000000000").with("Role", "the-role");
        Template::parse(&text)
            .and_then(|template| template.functions(&place))
            .map_err(|error| error.to_string())
    }

    fn function(id: &str, more: &str) -> String {
        format!(
            "  {id}: {{Type: 'AWS::Serverless::Function', Properties: \
             {{Handler: h, LoggingConfig: {{LogGroup: l, LogFormat: JSON, SystemLogLevel: WARN}}{more}}}}}\n"
        )
    }

    #[test]
    fn a_function_runs_as_the_role_that_it_names() {
        let found = functions(&function("F", ", Role: !GetAtt Role.Arn")).unwrap();
        assert_eq!(found[0].role_id, "Role");
        assert_eq!(found[0].role.arn, "arn:aws:iam::000000000000:role/the-role");
    }

    #[test]
    fn a_role_that_is_not_the_functions_own_is_refused() {
        let role = ", Role: !GetAtt Role.Arn";
        let path = "Resources.F.Properties.Role";
        let cases = [
            (
                function("F", ""),
                format!("{path}: must be `!GetAtt` of a role's `Arn`"),
            ),
            (
                function("F", ", Role: 'arn:aws:iam::000000000000:role/x'"),
                format!("{path}: must be `!GetAtt` of a role's `Arn`"),
            ),
            (
                function("F", ", Role: !GetAtt Rule.Arn"),
                format!("{path}: nothing is known as `Rule`"),
            ),
            (
                function("E", role) + &function("F", role),
                format!("{path}: `Role` is another function's role"),
            ),
        ];
        for (template, message) in cases {
            assert_eq!(functions(&template), Err(message));
        }
        let shortcut = function("F", &format!("{role}, Policies: [AWSLambdaExecute]"));
        let refusal = functions(&shortcut).unwrap_err();
        assert!(refusal.contains("unknown field `Policies`"), "{refusal}");
    }
}
