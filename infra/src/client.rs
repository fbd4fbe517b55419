//! What the web client needs of whoever serves it: `/config.json`, which tells one build where it runs, and the headers
//! that keep its pages from running or sending anything that is not their own.

use std::collections::BTreeMap;

use http::Uri;
use serde::Serialize;
use thiserror::Error;

/// What every file of the web client is served with besides its [content security policy](content_security_policy).
pub const CLIENT_HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Only what the page's own origin serves may run or be shown, and only it and `connect`, a list of origins, be called.
/// Pictures may come from memory too: previews.
pub fn content_security_policy(connect: &[&str]) -> String {
    let others: String = connect.iter().flat_map(|origin| [" ", origin]).collect();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
         connect-src 'self'{others}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// `/config.json`: where one build of the web client runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientConfig {
    /// The region, as `us-east-1`.
    pub region: String,
    /// The user pool's id.
    pub user_pool: String,
    /// The app client's id.
    pub user_pool_client: String,
    /// The identity pool's id.
    pub identity_pool: String,
    /// The bucket's name.
    pub bucket: String,
    /// The API's base URL, which may be relative to the page's origin.
    pub api: String,
    /// Where Cognito and S3 are reached, where that is not AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

impl ClientConfig {
    /// The configuration for a deployment with these outputs, by the names that the template gives them; a local
    /// server's have its `Endpoint` besides.
    ///
    /// # Errors
    /// The outputs are not those of the template.
    pub fn of_outputs(outputs: &BTreeMap<String, String>) -> Result<Self, NoSuchOutput> {
        let output = |name| outputs.get(name).cloned().ok_or(NoSuchOutput(name));
        Ok(Self {
            region: output("Region")?,
            user_pool: output("UserPool")?,
            user_pool_client: output("UserPoolClient")?,
            identity_pool: output("IdentityPool")?,
            bucket: output("Bucket")?,
            api: output("Api")?,
            endpoint: outputs.get("Endpoint").cloned(),
        })
    }

    /// The origins that the client calls apart from its own, for its [policy](content_security_policy).
    pub fn origins(&self) -> Vec<String> {
        let Self { region, bucket, .. } = self;
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let mut origins: Vec<_> = origin(&self.api).into_iter().collect();
        match &self.endpoint {
            Some(endpoint) => origins.extend(origin(endpoint)),
            None => origins.extend([
                format!("https://cognito-idp.{region}.{suffix}"),
                format!("https://cognito-identity.{region}.{suffix}"),
                format!("https://{bucket}.s3.{region}.{suffix}"),
            ]),
        }
        origins.dedup();
        origins
    }
}

/// The origin of an absolute URL.
fn origin(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    Some(format!("{}://{}", url.scheme_str()?, url.authority()?))
}

/// The outputs lack one that the web client needs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the outputs have no `{0}`")]
pub struct NoSuchOutput(&'static str);

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let all = [
            ("Api", "https://a1b2c3.execute-api.eu-west-1.amazonaws.com"),
            ("Region", "eu-west-1"),
            ("UserPool", "eu-west-1_AbCdEfGhI"),
            ("UserPoolClient", "client"),
            (
                "IdentityPool",
                "eu-west-1:1f1d2c3b-0000-4000-8000-000000000000",
            ),
            ("Bucket", "notes-bucket-1"),
        ];
        let pairs = all.iter().chain(more);
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn on_aws_the_client_calls_the_api_both_pools_and_the_bucket() {
        let config = ClientConfig::of_outputs(&outputs(&[])).unwrap();
        assert_eq!(
            config.origins(),
            [
                "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
                "https://cognito-idp.eu-west-1.amazonaws.com",
                "https://cognito-identity.eu-west-1.amazonaws.com",
                "https://notes-bucket-1.s3.eu-west-1.amazonaws.com",
            ]
        );
        let json = serde_json::to_value(&config).unwrap();
        assert_eq!(json["userPool"], "eu-west-1_AbCdEfGhI");
        assert!(json.get("endpoint").is_none());
    }

    #[test]
    fn a_local_server_is_one_origin() {
        let local = "http://127.0.0.1:8787";
        let config = ClientConfig::of_outputs(&outputs(&[("Api", local), ("Endpoint", local)]));
        assert_eq!(config.unwrap().origins(), [local]);
    }

    #[test]
    fn a_missing_output_is_named() {
        let mut incomplete = outputs(&[]);
        incomplete.remove("Bucket");
        let error = ClientConfig::of_outputs(&incomplete).unwrap_err();
        assert_eq!(error.to_string(), "the outputs have no `Bucket`");
    }

    #[test]
    fn nothing_inline_may_run() {
        let policy = content_security_policy(&["https://a.example", "https://b.example"]);
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(policy.contains("connect-src 'self' https://a.example https://b.example;"));
        assert!(!policy.contains("unsafe"));
    }
}
