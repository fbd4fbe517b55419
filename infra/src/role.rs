//! Roles: who may assume them, and what they may do, as JSON policy documents.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{TemplateError, template::Resources};

/// A role with its policies; the documents are the template's, with its functions resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleSettings {
    /// The role's name.
    pub name: String,
    /// The role's ARN.
    pub arn: String,
    /// JSON document that says who may assume the role.
    pub trust_policy: String,
    /// What the role may do.
    pub permissions: Vec<NamedPolicy>,
}

/// An inline policy of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedPolicy {
    /// Its name within the role.
    pub name: String,
    /// JSON document.
    pub document: String,
}

pub(crate) fn all(resources: &Resources<'_>) -> Result<Vec<RoleSettings>, TemplateError> {
    resources
        .all::<Role>("AWS::IAM::Role")?
        .into_iter()
        .map(|role| {
            Ok(RoleSettings {
                name: resources.id(&role.logical_id)?,
                arn: resources.arn(&role.logical_id)?,
                trust_policy: role.properties.assume_role_policy_document.to_string(),
                permissions: role
                    .properties
                    .policies
                    .into_iter()
                    .map(|policy| NamedPolicy {
                        name: policy.policy_name,
                        document: policy.policy_document.to_string(),
                    })
                    .collect(),
            })
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Role {
    #[serde(rename = "Description")]
    _description: Option<IgnoredAny>,
    assume_role_policy_document: Value,
    policies: Vec<InlinePolicy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct InlinePolicy {
    policy_name: String,
    policy_document: Value,
}
