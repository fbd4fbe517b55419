//! The GraphQL API: its schema, which fields are resolved, and its limits.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    TemplateError,
    resources::{Properties, Resources},
};

/// The GraphQL API, whose callers sign.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GraphQlSettings {
    /// The API's id.
    pub id: String,
    /// The API's ARN, before which nothing stands in those of its fields.
    pub arn: String,
    /// The schema, in GraphQL's own language.
    pub schema: String,
    /// The fields that a function resolves: type and name.
    pub resolvers: BTreeSet<(String, String)>,
    /// How deep a request may be nested.
    pub depth_limit: usize,
    /// How many fields of a request may have resolvers.
    pub resolver_limit: usize,
    /// Whether the API tells its schema.
    pub has_introspection: bool,
}

const KIND: &str = "AWS::Serverless::GraphQLApi";

/// The settings, if the deployment has this API.
pub(crate) fn settings(
    resources: &Resources<'_>,
) -> Result<Option<GraphQlSettings>, TemplateError> {
    let Some(found) = resources.all::<GraphQlApi>()?.pop() else {
        return Ok(None);
    };
    let path = format!("Resources.{}.Properties", found.logical_id);
    let api = found.properties;
    let refuse = |message: String| Err(TemplateError::property(&path, message));
    if api.auth.kind != "AWS_IAM" {
        return refuse(format!("`{}` is not understood here", api.auth.kind));
    }
    let mut resolvers = BTreeSet::new();
    for (type_name, fields) in api.resolvers {
        for (field, resolver) in fields {
            let [function] = resolver.pipeline.as_slice() else {
                return refuse(format!("`{type_name}.{field}` must have one function"));
            };
            if !api.functions.contains_key(function) {
                return refuse(format!("nothing is known as `{function}`"));
            }
            resolvers.insert((type_name.clone(), field));
        }
    }
    Ok(Some(GraphQlSettings {
        id: resources.id(&found.logical_id)?,
        arn: resources.arn(&found.logical_id)?,
        schema: api.schema_inline,
        resolvers,
        depth_limit: api.query_depth_limit,
        resolver_limit: api.resolver_count_limit,
        has_introspection: match api.introspection_config {
            Introspection::Enabled => true,
            Introspection::Disabled => false,
        },
    }))
}

/// Logical ids of the roles that AppSync runs as, which nobody else has.
pub(crate) fn roles(resources: &Resources<'_>) -> Result<BTreeSet<String>, TemplateError> {
    let mut roles = BTreeSet::new();
    for (id, properties) in resources.of_kind(KIND) {
        let sources = properties.pointer("/DataSources/Lambda");
        let sources = sources.and_then(Value::as_object).into_iter().flatten();
        let of_sources = sources.map(|(_, source)| source.get("ServiceRoleArn"));
        let of_logs = properties.pointer("/Logging/CloudWatchLogsRoleArn");
        for role in of_sources.chain([of_logs]) {
            let role = role.and_then(|role| role.get("Fn::GetAtt"));
            let role = role.and_then(Value::as_str);
            let role = role.and_then(|target| target.strip_suffix(".Arn"));
            // Without one the transform makes a role, with more than is needed.
            let role = role.ok_or_else(|| {
                TemplateError::property(
                    format!("Resources.{id}.Properties"),
                    "sources and logs must have `!GetAtt` of a role's `Arn`",
                )
            })?;
            roles.insert(role.to_owned());
        }
    }
    Ok(roles)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GraphQlApi {
    auth: Auth,
    functions: BTreeMap<String, IgnoredAny>,
    introspection_config: Introspection,
    query_depth_limit: usize,
    resolver_count_limit: usize,
    resolvers: BTreeMap<String, BTreeMap<String, FieldResolver>>,
    schema_inline: String,
}

impl Properties for GraphQlApi {
    const KIND: &'static str = KIND;
    // How the function is called and watched on AWS.
    const UNREAD: &'static [&'static str] = &["DataSources", "Logging", "Name", "XrayEnabled"];
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Auth {
    #[serde(rename = "Type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Introspection {
    Enabled,
    Disabled,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FieldResolver {
    pipeline: Vec<String>,
}
