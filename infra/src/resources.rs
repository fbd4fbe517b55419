//! The resources of a template in one deployment, their properties resolved as they are asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::DeserializeOwned, de::IgnoredAny};
use serde_json::Value;

use crate::{TemplateError, resolve::Resolver, source::Source};

/// A resource as the template has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Resource {
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    /// The condition without which it does not exist.
    pub(crate) condition: Option<String>,
    pub(crate) properties: Value,
    #[serde(rename = "DeletionPolicy")]
    _deletion_policy: Option<IgnoredAny>,
    #[serde(rename = "UpdateReplacePolicy")]
    _update_replace_policy: Option<IgnoredAny>,
    // For the tools that build and check.
    #[serde(rename = "Metadata")]
    _metadata: Option<IgnoredAny>,
}

/// The properties of one type of resource, as far as they mean something here.
pub(crate) trait Properties: DeserializeOwned {
    /// The type.
    const KIND: &'static str;
    /// Properties that mean nothing here: they are not even resolved, as the deployment may lack what they refer to.
    const UNREAD: &'static [&'static str] = &[];
}

/// Types without a counterpart here: how things are run, watched and reached on AWS. A resource of any other type
/// must be one whose settings are read, so that none is in force in only one of the two places.
const RUN_ON_AWS: [&str; 12] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    // Its events are routes.
    FUNCTION,
];

/// The type of functions.
pub(crate) const FUNCTION: &str = "AWS::Serverless::Function";

/// The resources that exist in a deployment.
pub(crate) struct Resources<'a> {
    resources: BTreeMap<&'a str, &'a Resource>,
    /// What the template was read from.
    pub(crate) source: &'a Source,
    pub(crate) resolver: Resolver<'a>,
}

/// A resource of the type asked for.
pub(crate) struct Found<T> {
    pub(crate) logical_id: String,
    pub(crate) properties: T,
}

impl<'a> Resources<'a> {
    /// Those of `resources` whose condition holds, all of types that are among `read` or mean nothing here.
    pub(crate) fn new(
        resources: &'a BTreeMap<String, Resource>,
        read: &[&str],
        source: &'a Source,
        mut resolver: Resolver<'a>,
    ) -> Result<Self, TemplateError> {
        let mut existing = BTreeMap::new();
        for (id, resource) in resources {
            let path = format!("Resources.{id}");
            let kind = resource.kind.as_str();
            if !read.contains(&kind) && !RUN_ON_AWS.contains(&kind) {
                return Err(TemplateError::property(
                    path,
                    format!("a resource of type `{kind}` is not understood here"),
                ));
            }
            if resolver.holds(resource.condition.as_deref(), &path)? {
                existing.insert(id.as_str(), resource);
            }
        }
        resolver.kinds = existing
            .iter()
            .map(|(id, resource)| ((*id).to_owned(), resource.kind.clone()))
            .collect();
        Ok(Self {
            resources: existing,
            source,
            resolver,
        })
    }

    /// Every resource of the type, in the order of their logical ids.
    pub(crate) fn all<T: Properties>(&self) -> Result<Vec<Found<T>>, TemplateError> {
        self.all_but(&BTreeSet::new())
    }

    /// Every resource of the type, without those that `left_out` names.
    pub(crate) fn all_but<T: Properties>(
        &self,
        left_out: &BTreeSet<String>,
    ) -> Result<Vec<Found<T>>, TemplateError> {
        self.of_kind(T::KIND)
            .filter(|(id, _)| !left_out.contains(*id))
            .map(|(id, properties)| self.found(id, properties))
            .collect()
    }

    /// The one resource of the type.
    pub(crate) fn only<T: Properties>(&self) -> Result<Found<T>, TemplateError> {
        let mut found = self.all()?;
        let count = found.len();
        found
            .pop()
            .filter(|_| count == 1)
            .ok_or_else(|| TemplateError::Count {
                kind: T::KIND.to_owned(),
                count,
            })
    }

    /// The resource with this logical id, which must be of the type.
    pub(crate) fn named<T: Properties>(
        &self,
        logical_id: &str,
        path: &str,
    ) -> Result<Found<T>, TemplateError> {
        let (_, properties) = self
            .of_kind(T::KIND)
            .find(|(id, _)| *id == logical_id)
            .ok_or_else(|| TemplateError::Unresolved {
                path: path.to_owned(),
                name: logical_id.to_owned(),
            })?;
        self.found(logical_id, properties)
    }

    /// Logical ids and unresolved properties of every resource of type `kind`.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(id, resource)| (*id, &resource.properties))
    }

    /// The unresolved properties of the resource with this logical id.
    pub(crate) fn properties(&self, logical_id: &str) -> &'a Value {
        let resource = self.resources.get(logical_id);
        resource.map_or(&Value::Null, |resource| &resource.properties)
    }

    fn found<T: Properties>(
        &self,
        logical_id: &str,
        properties: &Value,
    ) -> Result<Found<T>, TemplateError> {
        let path = format!("Resources.{logical_id}.Properties");
        let mut read = properties.clone();
        if let Some(members) = read.as_object_mut() {
            members.retain(|name, _| !T::UNREAD.contains(&name.as_str()));
        }
        Ok(Found {
            logical_id: logical_id.to_owned(),
            properties: self.read(&read, &path)?,
        })
    }

    /// A part of the template as its type, every function in it resolved.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        value: &Value,
        path: &str,
    ) -> Result<T, TemplateError> {
        read(self.resolver.resolve(value, path)?, path)
    }

    /// The physical id of a resource: what `!Ref` gives.
    pub(crate) fn id(&self, logical_id: &str) -> Result<String, TemplateError> {
        self.read(&serde_json::json!({ "Ref": logical_id }), logical_id)
    }

    /// The ARN of a resource: what `!GetAtt` of `Arn` gives.
    pub(crate) fn arn(&self, logical_id: &str) -> Result<String, TemplateError> {
        let call = serde_json::json!({ "Fn::GetAtt": [logical_id, "Arn"] });
        self.read(&call, logical_id)
    }
}

/// A value as its type, or an error that says where it stands.
pub(crate) fn read<T: DeserializeOwned>(value: Value, path: &str) -> Result<T, TemplateError> {
    serde_json::from_value(value).map_err(|error| TemplateError::property(path, error.to_string()))
}
