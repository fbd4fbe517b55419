//! A bucket, and how it is reached.

use aws_sdk_s3::{Client, config::Builder};
use aws_types::SdkConfig;
use notewarden_aws::Tuning;

/// A bucket and a client for it. Clones share the client's connections.
#[derive(Clone, Debug)]
pub struct Bucket {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl Bucket {
    /// The bucket `name` of the account and region of `config`.
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        Self::tuned(config, name, &Tuning::default())
    }

    /// The bucket, tried as often and as long as `tuning` says.
    ///
    /// Where `config` names an endpoint of its own, the bucket goes into the path and not into the host's name, which
    /// nobody may have set up there.
    pub fn tuned(config: &SdkConfig, name: impl Into<String>, tuning: &Tuning) -> Self {
        let has_own_endpoint = config.endpoint_url().is_some();
        let config = Builder::from(&tuning.applied_to(config))
            .force_path_style(has_own_endpoint)
            .build();
        Self {
            client: Client::from_conf(config),
            name: name.into(),
        }
    }
}
