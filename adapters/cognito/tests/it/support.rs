//! Pools of several services, and their users.

mod local;
mod users;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_cognitoidentityprovider::config::BehaviorVersion;
use aws_smithy_http_client::Builder as HttpClient;
use aws_types::{SdkConfig, region::Region};

pub use self::{local::LocalServer, users::PoolUsers};

/// Where a service is and who asks.
pub fn config(endpoint: &str, key_id: &str, secret: &str) -> SdkConfig {
    let keys = Credentials::from_keys(key_id, secret, None);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .http_client(HttpClient::new().build_http())
        .build()
}
