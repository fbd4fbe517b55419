//! The template as a whole: parsed once, then resolved for a deployment into typed settings.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    ApiSettings, BucketSettings, ClientSettings, Deployment, FunctionSettings, GraphQlSettings,
    IdentityPoolSettings, RoleSettings, TemplateError, TokenApiSettings, UserPoolSettings, api,
    bucket, conditions, function, graphql, identity_pool,
    parameters::{self, Parameter},
    policy_text::{PolicyText, PolicyTextError},
    resolve::Resolver,
    resources::{Resource, Resources, read},
    role,
    source::Source,
    token_api, user_pool, yaml,
};

/// Types of the resources whose settings are read.
const READ: [&str; 13] = [
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Route",
    "AWS::Cognito::IdentityPool",
    "AWS::Cognito::IdentityPoolPrincipalTag",
    "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::IAM::Role",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::Serverless::GraphQLApi",
    "AWS::Serverless::HttpApi",
];

/// A parsed template.
#[derive(Debug, Clone)]
pub struct Template {
    parameters: BTreeMap<String, Parameter>,
    conditions: BTreeMap<String, Value>,
    resources: BTreeMap<String, Resource>,
    outputs: BTreeMap<String, Output>,
    source: Source,
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
    /// The API for callers with tokens and keys, if there is one.
    pub token_api: Option<TokenApiSettings>,
    /// The GraphQL API, if there is one.
    pub graphql: Option<GraphQlSettings>,
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
    /// are not evaluated here (`Mappings`, `Globals`, `DependsOn`, …) are refused.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let (document, marks) = yaml::parse(text)?;
        let document: Document = read(document, "template")?;
        Ok(Self {
            source: Source {
                text: text.to_owned(),
                marks,
            },
            parameters: document.parameters,
            conditions: document.conditions,
            resources: document.resources,
            outputs: document.outputs,
        })
    }

    /// The settings for one deployment, in which every resource that the settings refer to must have its id.
    pub fn deploy(&self, deployment: &Deployment) -> Result<Stack, TemplateError> {
        let resources = self.resources(deployment)?;
        let outputs = self.outputs(&resources)?;
        Ok(Stack {
            user_pool: user_pool::pool(&resources)?,
            client: user_pool::client(&resources)?,
            identity_pool: identity_pool::settings(&resources)?,
            roles: role::all(&resources)?,
            api: api::settings(&resources)?,
            token_api: token_api::settings(&resources)?,
            graphql: graphql::settings(&resources)?,
            bucket: bucket::settings(&resources)?,
            outputs,
        })
    }

    /// The functions, for a deployment in which everything that they and their roles refer to has its id.
    pub fn functions(
        &self,
        deployment: &Deployment,
    ) -> Result<Vec<FunctionSettings>, TemplateError> {
        function::all(&self.resources(deployment)?)
    }

    /// Reads `text`, a policy as it would stand in this template: YAML, with the template's functions.
    ///
    /// # Errors
    /// It cannot be read, or its functions have no value here; with the place in `text`.
    pub fn policy(
        &self,
        text: &str,
        deployment: &Deployment,
    ) -> Result<PolicyText, PolicyTextError> {
        PolicyText::read(text, &self.resources(deployment)?.resolver)
    }

    /// Logical ids and types of every resource, whether or not it exists in a deployment.
    pub fn resource_types(&self) -> impl Iterator<Item = (&str, &str)> {
        self.resources
            .iter()
            .map(|(id, resource)| (id.as_str(), resource.kind.as_str()))
    }

    fn resources<'a>(&'a self, deployment: &'a Deployment) -> Result<Resources<'a>, TemplateError> {
        let mut resolver = Resolver::new(deployment);
        resolver.parameters = parameters::values(&self.parameters, deployment)?;
        resolver.conditions = conditions::evaluate(&self.conditions, &resolver)?;
        Resources::new(&self.resources, &READ, &self.source, resolver)
    }

    /// The outputs whose condition holds.
    fn outputs(
        &self,
        resources: &Resources<'_>,
    ) -> Result<BTreeMap<String, String>, TemplateError> {
        let mut values = BTreeMap::new();
        for (name, output) in &self.outputs {
            if resources
                .resolver
                .holds(output.condition.as_deref(), &format!("Outputs.{name}"))?
            {
                let value = resources.read(&output.value, &format!("Outputs.{name}.Value"))?;
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
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
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    conditions: BTreeMap<String, Value>,
    resources: BTreeMap<String, Resource>,
    outputs: BTreeMap<String, Output>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Output {
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    condition: Option<String>,
    value: Value,
}

#[cfg(test)]
mod tests {
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
        let section = refusal("Resources: {}\nMappings: {}");
        assert!(section.contains("unknown field `Mappings`"), "{section}");

        let attribute = refusal("Resources: {R: {Type: T, DependsOn: C, Properties: {}}}");
        assert!(
            attribute.contains("unknown field `DependsOn`"),
            "{attribute}"
        );

        let kind = refusal("Resources: {R: {Type: 'AWS::IAM::Policy', Properties: {}}}");
        assert_eq!(
            kind,
            "Resources.R: a resource of type `AWS::IAM::Policy` is not understood here"
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
    fn a_resource_without_its_condition_does_not_exist() {
        let pool = |condition: &str| {
            format!(
                "Conditions: {{Never: !Equals [a, b]}}\n\
                 Resources: {{Pool: {{Type: 'AWS::Cognito::UserPool', Condition: {condition}, Properties: {{}}}}}}"
            )
        };
        assert_eq!(
            refusal(&pool("Never")),
            "there must be exactly one `AWS::Cognito::UserPool`, and there are 0"
        );
        assert_eq!(
            refusal(&pool("Nevr")),
            "Resources.Pool: nothing is known as `Nevr`"
        );
    }
}
