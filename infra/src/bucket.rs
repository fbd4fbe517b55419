//! The bucket's rules: who may read it from a browser, what expires, and its resource policy.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    PolicySource, TemplateError,
    resources::{Properties, Resources},
};

/// Rules of the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketSettings {
    /// The bucket's name.
    pub name: String,
    /// In order: the first rule that fits a browser's request answers it.
    pub cors: Vec<CorsRule>,
    /// What goes by itself.
    pub lifecycle: Vec<LifecycleRule>,
    /// JSON document of the bucket's own policy. It may ask for `aws:SecureTransport`, which holds for requests
    /// over TLS.
    pub policy: String,
    /// Where that policy stands in the template.
    pub policy_source: PolicySource,
}

/// What a browser's page may do with the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct CorsRule {
    /// Origins with at most one `*` each.
    pub allowed_origins: Vec<String>,
    /// HTTP methods.
    pub allowed_methods: Vec<String>,
    /// Request headers with at most one `*` each.
    pub allowed_headers: Vec<String>,
    /// Response headers that the page can read.
    pub exposed_headers: Vec<String>,
    /// Seconds for which the browser may remember the answer.
    pub max_age: u32,
}

/// What happens to objects by the passing of time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LifecycleRule {
    /// The rule's name.
    pub id: String,
    /// Keys that it is about; empty for all.
    pub prefix: String,
    /// Age at which objects go.
    pub expire_after: Option<Duration>,
    /// Age at which multipart uploads that were not completed go, with their parts.
    pub abort_uploads_after: Option<Duration>,
}

pub(crate) fn settings(resources: &Resources<'_>) -> Result<BucketSettings, TemplateError> {
    let bucket = resources.only::<Bucket>()?;
    let name = resources.id(&bucket.logical_id)?;
    let policy = resources.only::<BucketPolicy>()?;
    if policy.properties.bucket != name {
        return Err(TemplateError::property(
            format!("Resources.{}.Properties.Bucket", policy.logical_id),
            format!(
                "`{}` is not the template's bucket",
                policy.properties.bucket
            ),
        ));
    }
    let lifecycle = bucket.properties.lifecycle_configuration.rules;
    let document = "PolicyDocument";
    let written = resources.properties(&policy.logical_id).get(document);
    Ok(BucketSettings {
        policy_source: resources.source.policy(
            written.unwrap_or(&Value::Null),
            &format!("Resources.{}.Properties.{document}", policy.logical_id),
        ),
        name,
        cors: bucket.properties.cors_configuration.cors_rules,
        lifecycle: lifecycle
            .into_iter()
            .filter(|rule| rule.status == Status::Enabled)
            .map(LifecycleRule::from)
            .collect(),
        policy: policy.properties.policy_document.to_string(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Bucket {
    cors_configuration: CorsConfiguration,
    lifecycle_configuration: LifecycleConfiguration,
}

impl Properties for Bucket {
    const KIND: &'static str = "AWS::S3::Bucket";
    // What the local store is anyway: private, without ACLs, as encrypted as its disk, and its own index, which need
    // not be told of changes.
    const UNREAD: &'static [&'static str] = &[
        "BucketEncryption",
        "NotificationConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
    ];
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CorsConfiguration {
    cors_rules: Vec<CorsRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LifecycleConfiguration {
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    id: String,
    status: Status,
    #[serde(default)]
    prefix: String,
    expiration_in_days: Option<u32>,
    abort_incomplete_multipart_upload: Option<AbortUploads>,
}

#[derive(PartialEq, Deserialize)]
enum Status {
    Enabled,
    Disabled,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct AbortUploads {
    days_after_initiation: u32,
}

impl From<Rule> for LifecycleRule {
    fn from(rule: Rule) -> Self {
        let days = |count: u32| Duration::from_secs(24 * 60 * 60) * count;
        Self {
            id: rule.id,
            prefix: rule.prefix,
            expire_after: rule.expiration_in_days.map(days),
            abort_uploads_after: rule
                .abort_incomplete_multipart_upload
                .map(|abort| days(abort.days_after_initiation)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct BucketPolicy {
    bucket: String,
    policy_document: Value,
}

impl Properties for BucketPolicy {
    const KIND: &'static str = "AWS::S3::BucketPolicy";
}
