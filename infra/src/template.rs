//! The template as a whole: parsed once, then resolved for a deployment into typed settings.

use std::collections::BTreeMap;

use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use crate::{
    ApiSettings, BucketSettings, ClientSettings, Deployment, IdentityPoolSettings, RoleSettings,
    TemplateError, UserPoolSettings, api, bucket, identity_pool, resolve::Resolver, role,
    user_pool, yaml,
};

/// A parsed template.
#[derive(Debug, Clone)]
pub struct Template {
    resources: BTreeMap<String, Resource>,
    outputs: BTreeMap<String, Output>,
}

/// What a template says for one deployment.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Who may sign up, and with which passwords.
    pub user_pool: UserPoolSettings,
    /// How clients sign in, and how long their tokens last.
    pub client: ClientSettings,
    /// Whose tokens are exchanged for credentials, and of which role.
    pub identity_pool: IdentityPoolSettings,
    /// Every role with its trust and permissions.
    pub roles: Vec<RoleSettings>,
    /// The API's routes and CORS.
    pub api: ApiSettings,
    /// The bucket's rules.
    pub bucket: BucketSettings,
    /// The stack's outputs, by the names under which clients are told of them.
    pub outputs: BTreeMap<String, String>,
}

impl Template {
    /// The `template.yaml` that this library was built with.
    pub fn bundled() -> Result<Self, TemplateError> {
        Self::parse(include_str!("../template.yaml"))
    }

    /// Parses the text of a template. Sections and resource attributes that would change the meaning of others and
    /// are not evaluated here (`Conditions`, `Mappings`, `Globals`, …) are refused.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let document: Document = read(yaml::parse(text)?, "template")?;
        Ok(Self {
            resources: document.resources,
            outputs: document.outputs,
        })
    }

    /// The settings for one deployment, in which every resource that the settings refer to must have its id.
    pub fn deploy(&self, deployment: &Deployment) -> Result<Stack, TemplateError> {
        let kinds = self
            .resources
            .iter()
            .map(|(id, resource)| (id.clone(), resource.kind.clone()))
            .collect();
        let resources = Resources {
            resources: &self.resources,
            resolver: Resolver {
                kinds: &kinds,
                deployment,
            },
        };
        let outputs = self
            .outputs
            .iter()
            .map(|(name, output)| {
                let path = format!("Outputs.{name}.Value");
                let value = resources.resolver.resolve(&output.value, &path)?;
                Ok((name.clone(), read(value, &path)?))
            })
            .collect::<Result<_, TemplateError>>()?;
        Ok(Stack {
            user_pool: user_pool::pool(&resources)?,
            client: user_pool::client(&resources)?,
            identity_pool: identity_pool::settings(&resources)?,
            roles: role::all(&resources)?,
            api: api::settings(&resources)?,
            bucket: bucket::settings(&resources)?,
            outputs,
        })
    }
}

impl Stack {
    /// The role with this ARN.
    pub fn role(&self, arn: &str) -> Option<&RoleSettings> {
        self.roles.iter().find(|role| role.arn == arn)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    #[serde(rename = "AWSTemplateFormatVersion")]
    _format_version: IgnoredAny,
    #[serde(rename = "Transform")]
    _transform: IgnoredAny,
    #[serde(rename = "Description")]
    _description: IgnoredAny,
    resources: BTreeMap<String, Resource>,
    outputs: BTreeMap<String, Output>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    properties: Value,
    #[serde(rename = "DeletionPolicy")]
    _deletion_policy: Option<IgnoredAny>,
    #[serde(rename = "UpdateReplacePolicy")]
    _update_replace_policy: Option<IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Output {
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    value: Value,
}

/// The template's resources, their properties resolved as they are asked for.
pub(crate) struct Resources<'a> {
    resources: &'a BTreeMap<String, Resource>,
    resolver: Resolver<'a>,
}

/// A resource of the type asked for.
pub(crate) struct Found<T> {
    pub(crate) logical_id: String,
    pub(crate) properties: T,
}

impl Resources<'_> {
    /// Every resource of type `kind`, in the order of their logical ids.
    pub(crate) fn all<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<Found<T>>, TemplateError> {
        self.of_kind(kind)
            .map(|(logical_id, resource)| {
                let path = format!("Resources.{logical_id}.Properties");
                self.read(logical_id, &resource.properties, &path)
            })
            .collect()
    }

    /// One property of every resource of type `kind` that has it; the others are left unresolved, as the
    /// deployment may lack what they refer to.
    pub(crate) fn all_with<T: DeserializeOwned>(
        &self,
        kind: &str,
        property: &str,
    ) -> Result<Vec<Found<T>>, TemplateError> {
        self.of_kind(kind)
            .filter_map(|(logical_id, resource)| {
                let value = resource.properties.get(property)?;
                let path = format!("Resources.{logical_id}.Properties.{property}");
                Some(self.read(logical_id, value, &path))
            })
            .collect()
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&String, &Resource)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
    }

    fn read<T: DeserializeOwned>(
        &self,
        logical_id: &str,
        value: &Value,
        path: &str,
    ) -> Result<Found<T>, TemplateError> {
        Ok(Found {
            logical_id: logical_id.to_owned(),
            properties: read(self.resolver.resolve(value, path)?, path)?,
        })
    }

    /// The one resource of type `kind`.
    pub(crate) fn only<T: DeserializeOwned>(&self, kind: &str) -> Result<Found<T>, TemplateError> {
        let mut found = self.all(kind)?;
        let count = found.len();
        found
            .pop()
            .filter(|_| count == 1)
            .ok_or_else(|| TemplateError::Count {
                kind: kind.to_owned(),
                count,
            })
    }

    /// The physical id of a resource: what `!Ref` gives.
    pub(crate) fn id(&self, logical_id: &str) -> Result<String, TemplateError> {
        let call = serde_json::json!({ "Ref": logical_id });
        read(self.resolver.resolve(&call, logical_id)?, logical_id)
    }

    /// The ARN of a resource: what `!GetAtt` of `Arn` gives.
    pub(crate) fn arn(&self, logical_id: &str) -> Result<String, TemplateError> {
        let call = serde_json::json!({ "Fn::GetAtt": [logical_id, "Arn"] });
        read(self.resolver.resolve(&call, logical_id)?, logical_id)
    }
}

/// A value as its type, or an error that says where it stands.
fn read<T: DeserializeOwned>(value: Value, path: &str) -> Result<T, TemplateError> {
    serde_json::from_value(value).map_err(|error| TemplateError::property(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use notewarden_domain::policy::{Policy, PolicyKind};

    use super::*;

    fn refusal(resources: &str) -> String {
        let text = format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nTransform: x\nDescription: x\n{resources}\nOutputs: {{}}"
        );
        match Template::parse(&text) {
            Err(error) => error.to_string(),
            Ok(template) => template
                .deploy(&Deployment::new("us-east-1", "000000000000").with("Pool", "p"))
                .unwrap_err()
                .to_string(),
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let conditions = refusal("Resources: {}\nConditions: {}");
        assert!(
            conditions.contains("unknown field `Conditions`"),
            "{conditions}"
        );

        let condition = refusal("Resources: {R: {Type: T, Condition: C, Properties: {}}}");
        assert!(
            condition.contains("unknown field `Condition`"),
            "{condition}"
        );

        let property =
            refusal("Resources: {Pool: {Type: 'AWS::Cognito::UserPool', Properties: {Mfa: x}}}");
        assert!(
            property.starts_with("Resources.Pool.Properties: unknown field `Mfa`"),
            "{property}"
        );
    }

    #[test]
    fn a_missing_resource_is_named() {
        assert_eq!(
            refusal("Resources: {}"),
            "there must be exactly one `AWS::Cognito::UserPool`, and there are 0"
        );
    }

    #[test]
    fn the_policies_of_every_function_pass_the_check_without_a_warning() {
        let template = Template::bundled().unwrap();
        let kinds: BTreeMap<_, _> = template
            .resources
            .iter()
            .map(|(id, resource)| (id.clone(), resource.kind.clone()))
            .collect();
        let place = Deployment::new("us-east-1", "000000000000");
        let place = kinds.keys().fold(place, |place, id| {
            place.with(id.as_str(), id.to_ascii_lowercase())
        });
        let resources = Resources {
            resources: &template.resources,
            resolver: Resolver {
                kinds: &kinds,
                deployment: &place,
            },
        };
        let functions: Vec<Found<Vec<Value>>> = resources
            .all_with("AWS::Serverless::Function", "Policies")
            .unwrap();
        assert!(!functions.is_empty());
        for function in functions {
            for policy in function.properties {
                let (_, warnings) =
                    Policy::check(&policy.to_string(), PolicyKind::Identity).unwrap();
                assert_eq!(warnings, [], "{}", function.logical_id);
            }
        }
    }
}
