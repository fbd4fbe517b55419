//! Roles: who may assume them, and what they may do, as JSON policy documents.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    PolicySource, TemplateError, function, graphql,
    resources::{Found, Properties, Resources},
};

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
    /// Where the trust policy stands in the template.
    pub trust_source: PolicySource,
    /// Seconds for which its sessions may live: 3,600 unless the template says otherwise.
    pub longest_session: u32,
}

/// An inline policy of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedPolicy {
    /// Its name within the role.
    pub name: String,
    /// JSON document.
    pub document: String,
    /// Where it stands in the template.
    pub source: PolicySource,
}

/// The roles that people may be given: all but the functions' and AppSync's.
pub(crate) fn all(resources: &Resources<'_>) -> Result<Vec<RoleSettings>, TemplateError> {
    let mut of_services = function::roles(resources)?;
    of_services.extend(graphql::roles(resources)?);
    resources
        .all_but(&of_services)?
        .into_iter()
        .map(|role| settings(resources, role))
        .collect()
}

/// The role with this logical id; `path` says in errors who names it.
pub(crate) fn named(
    resources: &Resources<'_>,
    logical_id: &str,
    path: &str,
) -> Result<RoleSettings, TemplateError> {
    settings(resources, resources.named(logical_id, path)?)
}

fn settings(resources: &Resources<'_>, role: Found<Role>) -> Result<RoleSettings, TemplateError> {
    let path = format!("Resources.{}.Properties", role.logical_id);
    let written = resources.properties(&role.logical_id);
    let written = |name: &str| written.get(name).unwrap_or(&Value::Null);
    let trust = "AssumeRolePolicyDocument";
    let source = resources.source;
    Ok(RoleSettings {
        trust_source: source.policy(written(trust), &format!("{path}.{trust}")),
        name: resources.id(&role.logical_id)?,
        arn: resources.arn(&role.logical_id)?,
        trust_policy: role.properties.assume_role_policy_document.to_string(),
        permissions: role
            .properties
            .policies
            .into_iter()
            .map(|policy| NamedPolicy {
                source: source.inline_policy(
                    &policy.policy_name,
                    written("Policies"),
                    &format!("{path}.Policies"),
                ),
                name: policy.policy_name,
                document: policy.policy_document.to_string(),
            })
            .collect(),
        longest_session: role.properties.max_session_duration.unwrap_or(3_600),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Role {
    assume_role_policy_document: Value,
    policies: Vec<InlinePolicy>,
    max_session_duration: Option<u32>,
}

impl Properties for Role {
    const KIND: &'static str = "AWS::IAM::Role";
    const UNREAD: &'static [&'static str] = &["Description"];
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct InlinePolicy {
    policy_name: String,
    policy_document: Value,
}
